"""A party's channel: an officer makes the bot its administrator, and what is posted there is seen."""

import logging
from collections.abc import Iterator

from telegram import Chat, ChatMember, ChatMemberUpdated, Message, MessageOriginChannel, Update
from telegram.constants import MessageEntityType
from telegram.error import TelegramError

from sharebot.bot.channel import links_of
from sharebot.bot.context import Context, bot_id_of, runtime_of, say
from sharebot.errors import RateLimited
from sharebot.store import groups, party_channels
from sharebot.store.officers import OfficerView
from sharebot.store.party_channels import Channel, ChannelPost, Standing
from sharebot.texts import party_channels as texts
from sharebot.values import messages
from sharebot.values.posts import Post
from sharebot.values.status import Network, PostKind

log = logging.getLogger(__name__)
_WORDS: list[str | None] = [MessageEntityType.HASHTAG, MessageEntityType.MENTION]


async def on_standing(change: ChatMemberUpdated, context: Context) -> None:
    """Follow the bot's coming to a channel, and its going."""
    new, old = change.new_chat_member.status, change.old_chat_member.status
    if new != ChatMember.ADMINISTRATOR:
        await _on_lost(change, context)
    elif old != ChatMember.ADMINISTRATOR:
        await _on_made_administrator(change, context)


async def _on_made_administrator(change: ChatMemberUpdated, context: Context) -> None:
    runtime, channel = runtime_of(context), _channel_of(change.chat)
    with runtime.database.write() as session:
        officer = groups.find_enrolled(session, change.from_user.id, bot_id=bot_id_of(context))
        standing = party_channels.find_standing(session, channel.chat_id)
        holder = party_channels.find_holder(session, officer.member_id, channel) if officer else None
        is_joined = officer is not None and holder is None
        if officer is not None and is_joined:
            party_channels.join_channel(session, officer, channel, now=runtime.now())
        elif officer is None and standing is Standing.WATCHED:
            # Whoever of the channel's owners brings the bot back: it stays the party's.
            party_channels.note_presence(session, channel, now=runtime.now())
    if officer is None and standing is not Standing.WATCHED:
        await context.bot.leave_chat(channel.chat_id)
    elif officer is not None and is_joined:
        log.info("channel watched officer=%d", officer.id)
        await _tell(context, change.from_user.id, texts.joined(officer.language, change.chat.title or channel.handle))
    elif officer is not None:
        await _refuse(context, channel, officer, address=change.from_user.id, holder=holder or "")


async def _refuse(context: Context, channel: Channel, officer: OfficerView, *, address: int, holder: str) -> None:
    """Leave a channel that is registered for somebody else, and tell the officer and staff."""
    log.warning("channel is another's officer=%d", officer.id)
    await context.bot.leave_chat(channel.chat_id)
    await _tell(context, address, texts.anothers(officer.language))
    settings = runtime_of(context).settings
    if (staff := settings.telegram.staff_chat) is not None:
        language, holder = settings.organisation.languages[0], holder or settings.organisation.name
        await _tell(context, staff, texts.tell_staff(language, party=officer.member_name, holder=holder))


async def _on_lost(change: ChatMemberUpdated, context: Context) -> None:
    """Note that a channel cannot be seen any more; a plain member of an unknown one has no business there."""
    runtime = runtime_of(context)
    with runtime.database.write() as session:
        standing = party_channels.find_standing(session, change.chat.id)
        parting = party_channels.lose_channel(session, change.chat.id, bot_id=bot_id_of(context))
    if change.new_chat_member.status not in {ChatMember.LEFT, ChatMember.BANNED} and standing is Standing.UNKNOWN:
        await context.bot.leave_chat(change.chat.id)
    if parting is not None and parting.officer is not None and parting.address is not None:
        told = texts.lost(parting.officer.language, change.chat.title or parting.handle, bot=context.bot.username)
        await _tell(context, parting.address, told)


async def _tell(context: Context, chat_id: int, words: messages.Message | str) -> None:
    """Say something where it may be that this bot cannot write: the officer's chat may be with another of ours."""
    try:
        await say(context, chat_id, words)
    except TelegramError as error:
        if isinstance(error.__cause__, RateLimited):
            raise
        log.warning("not told: %s", type(error.__cause__ or error).__name__)


async def on_party_post(update: Update, context: Context) -> None:
    """Take what a party's channel posted or edited; leave one that is not to be looked at any more."""
    runtime, message = runtime_of(context), update.effective_message
    if message is None:
        return
    channel, seen = _channel_of(message.chat), read_post(message)
    is_new = False
    with runtime.database.write() as session:
        standing = party_channels.find_standing(session, channel.chat_id)
        if standing is Standing.WATCHED:
            now, base = runtime.now(), f"{runtime.settings.web.public_url}/r"
            party_channels.note_presence(session, channel, now=now)
            is_new = party_channels.record_post(session, seen, short_base=base, now=now)
    if standing is Standing.DECLINED:
        await context.bot.leave_chat(channel.chat_id)
    elif standing is Standing.WATCHED:
        log.info("channel post id=%d counts=%s", message.message_id, is_new)


def read_post(message: Message) -> ChannelPost:
    """Return what a channel's message says as a post; an edited one is of the instant of its edit."""
    origin, is_edit = message.forward_origin, message.edit_date is not None
    is_forward = isinstance(origin, MessageOriginChannel)
    words = [entity.lower() for entity in _entities(message)]
    post = Post(
        Network.TELEGRAM,
        f"{message.chat.id}/{message.message_id}",
        str(message.chat.id),
        PostKind.REPOST if is_forward else PostKind.POST,
        message.edit_date or message.date,
        url=f"https://t.me/{_channel_of(message.chat).handle}/{message.message_id}",
        subject_id=f"{origin.chat.id}/{origin.message_id}" if isinstance(origin, MessageOriginChannel) else None,
        links=tuple(dict.fromkeys([*links_of(message), *_buttons(message)])),
        text=message.text or message.caption or "",
        hashtags=tuple(word[1:].partition("@")[0] for word in words if word.startswith("#")),
        mentions=tuple(word[1:] for word in words if word.startswith("@")),
        files=tuple(dict.fromkeys(_files(message))),
    )
    return ChannelPost(post, message.media_group_id, is_edit)


def _channel_of(chat: Chat) -> Channel:
    return Channel(chat.id, chat.username)


def _entities(message: Message) -> list[str]:
    return [*message.parse_entities(_WORDS).values(), *message.parse_caption_entities(_WORDS).values()]


def _buttons(message: Message) -> Iterator[str]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return (button.url for row in rows for button in row if button.url)


def _files(message: Message) -> Iterator[str]:
    """Name the files of a message as Telegram does for all its bots alike, each size of a picture too."""
    yield from (size.file_unique_id for size in message.photo)
    for file in (message.video, message.audio, message.document, message.animation, message.voice):
        if file is not None:
            yield file.file_unique_id
