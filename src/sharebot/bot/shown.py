"""Messages sent before, brought up to date."""

import logging
from collections.abc import Iterable

from sharebot.errors import SharebotError
from sharebot.models import Delivery
from sharebot.runtime import Runtime
from sharebot.store.cards import get_card
from sharebot.store.chats import get_address
from sharebot.store.deliveries import get_delivery
from sharebot.texts.compose import compose
from sharebot.texts.officer import compose_moments, compose_more, compose_reasons
from sharebot.values.taps import Tap, Verb

log = logging.getLogger(__name__)
_VIEWS = {Verb.DECLINE: compose_reasons, Verb.MORE: compose_more, Verb.LATER: compose_moments}
_OF_A_LANGUAGE = {*_VIEWS, Verb.LANGUAGE, Verb.BACK}  # their argument is the language that is shown, if any


async def refresh(runtime: Runtime, delivery_ids: Iterable[int]) -> None:
    """Show the present state on messages sent before; one that cannot be edited is only logged."""
    for delivery_id in delivery_ids:
        with runtime.database.read() as session:
            delivery = get_delivery(session, delivery_id)
        if delivery.message_id:
            await show(runtime, delivery, message_id=delivery.message_id)


async def show(runtime: Runtime, delivery: Delivery, *, message_id: int, tap: Tap | None = None) -> None:
    """Show the present state on one message, or what `tap` asks to see."""
    language = tap.argument or None if tap and tap.verb in _OF_A_LANGUAGE else None
    with runtime.database.read() as session:
        card = get_card(session, delivery.id or 0, settings=runtime.settings, now=runtime.now(), language=language)
        address = get_address(session, delivery.chat_id)
    write = _VIEWS.get(tap.verb, compose) if tap else compose
    message = compose(card) if card.withdrawn else write(card)
    messenger = runtime.messengers.get(delivery.bot_id)
    if messenger is None or address is None or not message_id:
        return
    try:
        await messenger.edit(address, message_id, message)
    except SharebotError as error:
        log.warning("message not edited: %s", type(error).__name__)
