"""Invitations as pages show them, once: the link, and a text to send with it in the officer's language."""

from dataclasses import dataclass

from sqlmodel import Session

from sharebot.runtime import Runtime
from sharebot.store.member_views import find_bot_username
from sharebot.store.officers import INVITATION_LASTS, OfficerView, create_invitation
from sharebot.web.pages import FULL, speak


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation to a seat; without a `link` the bot has no name to invite to yet."""

    seat: OfficerView
    link: str
    text: str


def invite(session: Session, seat: OfficerView, *, runtime: Runtime) -> Invited:
    """Make an invitation; earlier ones of the seat end. Raises Refused when the seat is taken."""
    username = find_bot_username(session, seat.member_id, runtime.settings.telegram)
    if username is None:
        return Invited(seat, "", "")
    token = create_invitation(session, seat.id, now=runtime.now())
    link = f"https://t.me/{username}?start={token}"
    return Invited(seat, link, _write(seat, link, runtime))


def _write(seat: OfficerView, link: str, runtime: Runtime) -> str:
    t = speak(seat.language)
    organisation = runtime.settings.organisation
    until = t.moment(runtime.now() + INVITATION_LASTS, seat.wishes.zone, FULL)
    return t(
        "Hello! {organisation} sends its posts and videos to the communications people of its parties, in Telegram, "
        "ready to share. This is your personal link for {party}:\n{link}\n\nOpen it in Telegram, press Start and "
        "choose your language. It works once, until {until} ({city}). Please do not pass it on.",
        organisation=organisation.name,
        party=seat.member_name,
        link=link,
        until=until,
        city=t.city(seat.wishes.zone),
    )
