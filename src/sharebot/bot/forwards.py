"""A forwarded message: a share in Telegram when it is the party's channel or has our link in it, else a proposal."""

from telegram import Chat, Message, MessageOriginChannel, MessageOriginChat, MessageOriginUser

from sharebot.bot.context import Context, runtime_of, say
from sharebot.bot.posts import take_links, words_of
from sharebot.bot.proposals import ask_to_propose
from sharebot.bot.shown import refresh
from sharebot.rules.pasted_links import find_links, recognise
from sharebot.store import answers, forwards
from sharebot.store.officers import OfficerView
from sharebot.texts import posts as texts
from sharebot.texts import proposals as proposal_texts
from sharebot.values.posts import PastedLink
from sharebot.values.status import AnswerKind


async def on_forward(context: Context, officer: OfficerView, message: Message) -> None:
    """Take a forwarded message as a share or as a proposal."""
    runtime, origin = runtime_of(context), message.forward_origin
    chat = _chat_of(message)
    is_bots = isinstance(origin, MessageOriginUser) and origin.sender_user.id == context.bot.id
    with runtime.database.read() as session:
        owner = forwards.find_owner(session, chat.username if chat else None, chat.id if chat else None)
        ours = forwards.find_ours(session, officer.id, find_links(words_of(message)), settings=runtime.settings)
    if is_bots or owner.is_alliance or (chat and chat.id == runtime.settings.telegram.channel):
        await say(context, message.chat_id, proposal_texts.own_item(officer.language))
    elif owner.member_id != officer.member_id and ours is None:
        await ask_to_propose(context, officer, message)
    elif link := _link_of(message, chat):
        await take_links(context, officer, message, [link], item=ours)
    elif ours is not None:
        with runtime.database.write() as session:
            said = answers.record_answer(session, ours, AnswerKind.SHARED, officer_id=officer.id, now=runtime.now())
            title = forwards.title_of(session, ours)
        await refresh(runtime, [said.delivery_id, *said.colleagues])
        await say(context, message.chat_id, texts.forward_noted(officer.language, title))


def _chat_of(message: Message) -> Chat | None:
    origin = message.forward_origin
    if isinstance(origin, MessageOriginChannel):
        return origin.chat
    return origin.sender_chat if isinstance(origin, MessageOriginChat) else None


def _link_of(message: Message, chat: Chat | None) -> PastedLink | None:
    """Return the address of the channel's post; one without a name has an address for its members."""
    origin = message.forward_origin
    if chat is None or not isinstance(origin, MessageOriginChannel):
        return None
    name = chat.username or f"c/{str(chat.id).removeprefix('-100')}"
    return recognise(f"https://t.me/{name}/{origin.message_id}")
