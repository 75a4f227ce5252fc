"""Look at what phones show and what the bot keeps."""

from sqlmodel import select

from sharebot.models import Answer, Officer
from sharebot.sandbox.phone import Phone
from sharebot.values.status import OfficerStatus
from tests.flows.conftest import Scene


def said(phone: Phone) -> list[str]:
    """Return the bot's messages as the phone shows them now."""
    return [str(one.words.text) for one in phone.messages if one.from_bot]


def labels(phone: Phone) -> list[str]:
    """Return the buttons under the latest message that has any."""
    shown = next(one for one in reversed(phone.messages) if one.keyboard)
    return [button["text"] for row in shown.keyboard for button in row]


def status_of(scene: Scene, officer_id: int) -> OfficerStatus:
    with scene.runtime.database.read() as session:
        officer = session.get(Officer, officer_id)
    assert officer is not None
    return officer.status


def answers_of(scene: Scene) -> list[Answer]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(Answer).order_by(Answer.delivery_id)))  # type: ignore[arg-type]
