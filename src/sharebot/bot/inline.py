"""Inline mode: an officer types the bot's name in a chat of their own and posts an item there."""

import logging

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions, Update
from telegram.error import TelegramError

from sharebot.bot.context import Context, bot_id_of, runtime_of
from sharebot.bot.shown import refresh
from sharebot.rules.share_links import pasted_text
from sharebot.store import inline
from sharebot.store.groups import find_enrolled
from sharebot.values.cards import Card
from sharebot.values.status import Network
from sharebot.values.taps import LARGEST

log = logging.getLogger(__name__)
_DIGITS = 15  # more than any number of ours has
_DESCRIPTION = 120  # characters; phones show two lines


async def on_inline_query(update: Update, context: Context) -> None:
    """Offer an active officer the open items of their party; nobody else gets anything."""
    runtime, query = runtime_of(context), update.inline_query
    if query is None:
        return
    with runtime.database.read() as session:
        officer = find_enrolled(session, query.from_user.id, bot_id=bot_id_of(context))
        now, settings = runtime.now(), runtime.settings
        cards = inline.list_offers(session, officer, query.query, settings=settings, now=now) if officer else []
    try:
        # What one party may post is another's secret, and it changes: nothing of it is to be kept on the way.
        await query.answer([_article(card) for card in cards], cache_time=0, is_personal=True)
    except TelegramError as error:
        log.warning("inline query not answered: %s", type(error).__name__)


async def on_inline_chosen(update: Update, context: Context) -> None:
    """Note that an officer posted an item."""
    runtime, chosen = runtime_of(context), update.chosen_inline_result
    if chosen is None or not (chosen.result_id.isascii() and chosen.result_id.isdigit()):
        return
    if (number := int(chosen.result_id[:_DIGITS])) > LARGEST:
        return
    with runtime.database.write() as session:
        officer = find_enrolled(session, chosen.from_user.id, bot_id=bot_id_of(context))
        said = inline.note_posted(session, officer, number, now=runtime.now()) if officer else None
    if said is not None:
        log.info("answer delivery=%d kind=shared inline", said.delivery_id)
        await refresh(runtime, [said.delivery_id, *said.colleagues])


def _article(card: Card) -> InlineQueryResultArticle:
    preview = LinkPreviewOptions(is_disabled=False, url=card.url)
    return InlineQueryResultArticle(
        str(card.delivery_id),
        card.title,
        InputTextMessageContent(pasted_text(Network.TELEGRAM, card.post), link_preview_options=preview),
        description=card.text[:_DESCRIPTION] or None,
    )
