"""Look at what phones show and what the bot keeps."""

import asyncio
from collections.abc import Callable

from sqlmodel import select

from sharebot.models import Answer, Bot, Officer
from sharebot.sandbox.entities import parse_html
from sharebot.sandbox.phone import Phone
from sharebot.store.bots import get_bot
from sharebot.store.cards import get_card
from sharebot.texts.officer import compose
from sharebot.values.status import OfficerStatus
from tests.flows.conftest import Scene


def said(phone: Phone) -> list[str]:
    """Return the bot's messages as the phone shows them now."""
    return [str(one.words.text) for one in phone.messages if one.from_bot]


def labels(phone: Phone) -> list[str]:
    """Return the buttons under the latest message that has any."""
    shown = next(one for one in reversed(phone.messages) if one.keyboard)
    return [button["text"] for row in shown.keyboard for button in row]


def verbs(phone: Phone) -> set[str]:
    """Return what the buttons of the latest item say back, by the letter of their verb."""
    shown = next(one for one in reversed(phone.messages) if one.from_bot)
    return {button["callback_data"][0] for row in shown.keyboard for button in row if "callback_data" in button}


def item_text(scene: Scene, delivery_id: int) -> str:
    """Return what the message of a delivery must show now."""
    with scene.runtime.database.read() as session:
        card = get_card(session, delivery_id, settings=scene.runtime.settings, now=scene.runtime.now())
    return parse_html(compose(card).html).text


def status_of(scene: Scene, officer_id: int) -> OfficerStatus:
    with scene.runtime.database.read() as session:
        officer = session.get(Officer, officer_id)
    assert officer is not None
    return officer.status


def answers_of(scene: Scene) -> list[Answer]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(Answer).order_by(Answer.delivery_id)))  # type: ignore[arg-type]


def bot_of(scene: Scene) -> Bot:
    with scene.runtime.database.read() as session:
        return get_bot(session)


async def until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait for what is bound to happen."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the database has no event
            await asyncio.sleep(0.005)
