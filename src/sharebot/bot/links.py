"""A pasted link, alone and without a command, is a report of a share."""

from telegram import Update

from sharebot.bot.context import Context, acknowledge, officer_of, runtime_of, say
from sharebot.bot.shown import refresh
from sharebot.models import Delivery
from sharebot.rules.pasted_links import find_link
from sharebot.runtime import Runtime
from sharebot.store import answers
from sharebot.store.cards import get_card
from sharebot.store.officers import OfficerView
from sharebot.texts import replies
from sharebot.texts.officer import choose_item
from sharebot.values.posts import PastedLink
from sharebot.values.status import AnswerKind

PASTED = "pasted"


async def on_text(update: Update, context: Context) -> None:
    """Take a link as a claim for the item it belongs to; ask when there are several."""
    runtime, message = runtime_of(context), update.message
    officer = officer_of(context, update)
    if officer is None or message is None:
        return
    link = find_link(message.text or message.caption or "")
    if link is None:
        await say(context.bot, message.chat_id, replies.not_understood(officer.language))
        return
    items = _open_items(runtime, officer)
    if not items:
        await say(context.bot, message.chat_id, replies.no_open_item(officer.language))
    elif len(items) == 1:
        await say(context.bot, message.chat_id, await claim(runtime, officer, items[0][0], link))
    else:
        chats = context.chat_data if context.chat_data is not None else {}
        chats[PASTED] = link
        choices = [(delivery.id or 0, title) for delivery, title in items]
        await say(context.bot, message.chat_id, choose_item(officer.language, choices))


async def on_item_chosen(update: Update, context: Context, delivery: Delivery) -> None:
    """Take the link pasted before for the item tapped now."""
    runtime, query = runtime_of(context), update.callback_query
    officer = officer_of(context, update)
    link = (context.chat_data or {}).pop(PASTED, None)
    if query is None or officer is None:
        return
    await acknowledge(query)
    if not isinstance(link, PastedLink):
        return
    await query.edit_message_text(await claim(runtime, officer, delivery, link))


async def claim(runtime: Runtime, officer: OfficerView, delivery: Delivery, link: PastedLink) -> str:
    """Record the link, show it on the item's messages and return the thanks."""
    with runtime.database.write() as session:
        said = answers.record_answer(session, delivery, AnswerKind.SHARED, link=link, now=runtime.now())
    await refresh(runtime, [said.delivery_id, *said.colleagues])
    return replies.link_noted(officer.language, link.network.label)


def _open_items(runtime: Runtime, officer: OfficerView) -> list[tuple[Delivery, str]]:
    """Return the officer's items a link may belong to: those not yet answered for good come first."""
    with runtime.database.read() as session:
        items = answers.list_open(session, officer.id, now=runtime.now())
        fresh = [one for one in items if not answers.is_answered(session, one.id or 0)]
        chosen = fresh or items
        settings, now = runtime.settings, runtime.now()
        return [(one, get_card(session, one.id or 0, settings=settings, now=now).title) for one in chosen]
