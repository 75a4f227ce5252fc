"""The Alliance's own channel: a post that names an item's address is forwarded ahead of that item."""

import logging

from telegram import Message, Update
from telegram.constants import MessageEntityType

from sharebot.bot.context import Context, runtime_of
from sharebot.store.channel import note_post

log = logging.getLogger(__name__)
_LINKS: list[str | None] = [MessageEntityType.URL, MessageEntityType.TEXT_LINK]


async def on_channel_post(update: Update, context: Context) -> None:
    """Remember which items a new or edited post brings."""
    message = update.effective_message
    if message is None:
        return
    with runtime_of(context).database.write() as session:
        noted = note_post(session, links_of(message), channel_id=message.chat.id, message_id=message.message_id)
    log.info("channel post id=%d brings variants=%d", message.message_id, len(noted))


def links_of(message: Message) -> list[str]:
    """Return the addresses that a message names, in its words or under them."""
    entities = message.parse_entities(_LINKS) | message.parse_caption_entities(_LINKS)
    return [entity.url or _with_scheme(words) for entity, words in entities.items()]


def _with_scheme(address: str) -> str:
    """Return an address as it would open: Telegram finds those without a scheme too."""
    return address if "://" in address else f"https://{address}"
