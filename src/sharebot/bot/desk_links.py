"""What staff send from chat: a link or a forwarded post becomes a draft, an answer to our question a note."""

import logging
from collections.abc import Callable

from sqlmodel import Session
from telegram import Message, ReplyParameters, Update

from sharebot.bot.context import Context, keyboard_of, runtime_of, say
from sharebot.bot.desk import Desk, find_staff
from sharebot.bot.desk_cards import find_returned, take_note
from sharebot.bot.posts import words_of
from sharebot.bot.proposals import read_forward
from sharebot.errors import SharebotError
from sharebot.rules.pasted_links import find_links
from sharebot.sources.discovery import read_page
from sharebot.store import draft_cards
from sharebot.store.audit import Change, record
from sharebot.store.chats import main_chat
from sharebot.store.new_items import Added, Maker, Version, add_by_hand, add_page, find_by_link
from sharebot.store.titles import list_titles
from sharebot.texts import desk as words
from sharebot.texts import desk_lists as texts
from sharebot.values.status import ContentKind, StaffRole

log = logging.getLogger(__name__)


async def take_message(update: Update, context: Context) -> bool:
    """Take what somebody of staff writes in their own chat or in staff's; False when it is not for the desk."""
    desk, message = find_staff(context, update), update.message
    if desk is None or message is None or (message.text or "").startswith("/"):
        return False
    entry_id = find_returned(message, context.bot.id)
    if entry_id is not None and message.forward_origin is None:
        await take_note(desk, entry_id, message.text or "")
        return True
    return await take_draft(desk, message)


async def take_draft(desk: Desk, message: Message) -> bool:
    """Make a draft of a lone link, or of what was forwarded or sent in private; False for anything else."""
    url = find_lone_link(message)
    is_private = message.chat.type == "private"
    is_post = is_private and (message.forward_origin is not None or _has_file(message))
    if url is None and not is_post:
        return False
    if not desk.may(StaffRole.EDITOR):
        await say(desk.context, desk.chat_id, words.not_allowed(desk.staff.language))
        return True
    if url is not None:
        await take_link(desk, url)
    else:
        await _take_post(desk, message)
    return True


def find_lone_link(message: Message) -> str | None:
    """Return the address of a message that is nothing but a link, or None."""
    text = (message.text or "").strip()
    if not text.startswith(("http://", "https://")) or len(text.split()) != 1:
        return None
    return text if len(text) <= 2048 else None


def _has_file(message: Message) -> bool:
    return bool(message.photo or message.video or message.audio or message.document or message.voice)


async def on_add(desk: Desk) -> None:
    """Make a draft of the link behind /add; where the bot does not read a group, that is how it gets one."""
    if not desk.may(StaffRole.EDITOR):
        await say(desk.context, desk.chat_id, words.not_allowed(desk.staff.language))
        return
    url = (desk.context.args or [""])[0]
    if not url.startswith(("http://", "https://")):
        await say(desk.context, desk.chat_id, texts.no_link(desk.staff.language))
        return
    await take_link(desk, url)


async def take_link(desk: Desk, url: str) -> None:
    """Show what is known of a link, or read its page; that takes its time, and other updates do not wait for it."""
    with desk.runtime.database.read() as session:
        known = find_by_link(session, url)
    if known is not None:
        await _bring(desk, Added(known, is_new=False))
        return
    await say(desk.context, desk.chat_id, texts.looking(desk.staff.language))
    desk.context.application.create_task(_read(desk, url), desk.update)


async def _read(desk: Desk, url: str) -> None:
    runtime = desk.runtime
    try:
        page = await read_page(url, fetcher=runtime.fetcher, parsers=runtime.parsers)
    except SharebotError as error:
        log.info("pasted link not read: %s", type(error).__name__)
        await say(desk.context, desk.chat_id, texts.unreadable(desk.staff.language))
        return
    language = runtime.settings.organisation.languages[0]
    await _add(desk, lambda session: add_page(session, page, _maker(desk), language=language))


async def _take_post(desk: Desk, message: Message) -> None:
    """Make a draft of a forwarded post, or of a file with its caption: of its words and its link."""
    found = read_forward(message)
    if found is None:
        # Of an album one picture alone carries the words, and the others come as messages of their own.
        if message.media_group_id is None:
            await say(desk.context, desk.chat_id, texts.nothing_in_it(desk.staff.language))
        return
    language = desk.runtime.settings.organisation.languages[0]
    version = Version(language, found.title, found.text, found.url)
    kind = ContentKind.VIDEO if message.video else ContentKind.POST
    await _add(desk, lambda session: add_by_hand(session, kind, [version], _maker(desk)), has_file=_has_file(message))


def _maker(desk: Desk) -> Maker:
    return Maker(desk.staff.email, desk.runtime.settings, desk.runtime.now())


async def _add(desk: Desk, add: Callable[[Session], Added], *, has_file: bool = False) -> None:
    """Add a content, and note who did where it is new."""
    now = desk.runtime.now()
    with desk.runtime.database.write() as session:
        added = add(session)
        if added.is_new:
            subject = f"content:{added.content_id}"
            record(session, Change(desk.staff.actor, "content.added", subject, "in chat"), now=now)
    await _bring(desk, added, has_file=has_file)


async def _bring(desk: Desk, added: Added, *, has_file: bool = False) -> None:
    """Say what became of it, and bring its card to this chat."""
    language = desk.staff.language
    with desk.runtime.database.write() as session:
        chat = main_chat(session, desk.chat_id)
        draft_cards.add_card(session, added.content_id, chat=chat, now=desk.runtime.now())
        title = list_titles(session, [added.content_id], language=language)[added.content_id].text
    told = texts.draft_made(language, title) if added.is_new else texts.known_already(language, title)
    left = texts.file_left_out(language) if has_file and added.is_new else ""
    await say(desk.context, desk.chat_id, "\n".join(part for part in (told, left) if part))


async def ask_whom(desk: Desk, message: Message) -> None:
    """Ask somebody who is staff and an officer as well in which of the two they mean a message."""
    question = words.ask_whom(desk.staff.language, organisation=runtime_of(desk.context).settings.organisation.name)
    reply = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    markup = keyboard_of(question)
    await desk.context.bot.send_message(desk.chat_id, question.html, reply_markup=markup, reply_parameters=reply)


def may_be_either(message: Message) -> bool:
    """Whether a message of somebody who is both could be a draft as well as a post of their party."""
    return message.forward_origin is not None or bool(find_links(words_of(message)))
