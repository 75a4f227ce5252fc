"""Somebody's own account: passkeys, sessions, language, Telegram."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from sharebot.store.passkeys import LONGEST_NAME, list_passkeys, remove_passkey, rename_passkey
from sharebot.store.staff import LINK_LASTS, SignedIn
from sharebot.store.staff_sessions import end_other_sessions, end_own_session, list_sessions
from sharebot.store.staff_telegram import create_telegram_code, has_telegram, unlink_telegram
from sharebot.texts.catalogue import Translator
from sharebot.web.desk import change
from sharebot.web.guard import Viewer, session_token
from sharebot.web.pages import go, render, runtime_of
from sharebot.web.passkeys import are_possible

router = APIRouter()


class PasskeyForm(BaseModel):
    """What somebody calls a passkey of theirs."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]*$"),
    ]


@router.get("/account")
def show_account(request: Request, reader: Viewer) -> Response:
    """Show what is somebody's own."""
    return _render(request, reader)


@router.post("/account/passkeys/{passkey_id}/name")
def rename(request: Request, reader: Viewer, passkey_id: int, form: Annotated[PasskeyForm, Form()]) -> Response:
    """Call a passkey differently."""
    with change(request, reader, "passkey.renamed", reader.actor) as session:
        rename_passkey(session, reader.staff_id, passkey_id, form.name)
    return go("/account", said="kept")


@router.post("/account/passkeys/{passkey_id}/remove")
def remove(request: Request, reader: Viewer, passkey_id: int) -> Response:
    """Forget a passkey."""
    with change(request, reader, "passkey.removed", reader.actor) as session:
        remove_passkey(session, reader.staff_id, passkey_id)
    return go("/account", said="passkey_removed")


@router.post("/account/sessions/others")
def end_others(request: Request, reader: Viewer) -> Response:
    """End all of somebody's sessions but this one."""
    with change(request, reader, "session.ended", reader.actor) as session:
        end_other_sessions(session, reader.staff_id, session_token(request))
    return go("/account", said="session_ended")


@router.post("/account/sessions/{handle}/end")
def end_one(request: Request, reader: Viewer, handle: str) -> Response:
    """End one of somebody's sessions."""
    with change(request, reader, "session.ended", reader.actor) as session:
        end_own_session(session, reader.staff_id, handle)
    return go("/account", said="session_ended")


@router.post("/account/telegram")
def show_code(request: Request, reader: Viewer) -> Response:
    """Show a code for the bot, this once."""
    with change(request, reader, "telegram.code", reader.actor) as session:
        code = create_telegram_code(session, reader.staff_id, runtime_of(request).now())
    return _render(request, reader, code=code)


@router.post("/account/telegram/unlink")
def unlink(request: Request, reader: Viewer) -> Response:
    """Make somebody a stranger to the bot."""
    with change(request, reader, "telegram.unlinked", reader.actor) as session:
        unlink_telegram(session, reader.staff_id)
    return go("/account", said="telegram_unlinked")


def name_of_browser(t: Translator, kind: str) -> str:
    """Say which browser it is, as `browser_kind` found."""
    browser, _, system = kind.partition(" on ")
    if not browser:
        return t("An unknown browser")
    return t("{browser} on {system}", browser=browser, system=system) if system else browser


def name_of_way(t: Translator, way: str) -> str:
    """Say how a session was opened."""
    return {
        "link": t("by a link"),
        "passkey": t("by a passkey"),
        "oidc": t("by the identity provider"),
    }.get(way, way)


def _render(request: Request, reader: SignedIn, *, code: str = "") -> Response:
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        passkeys = list_passkeys(session, reader.staff_id)
        sessions = list_sessions(session, reader.staff_id, session_token(request), now=runtime.now())
        is_linked = has_telegram(session, reader.staff_id)
    return render(
        request,
        "account.html",
        reader,
        passkeys=passkeys,
        sessions=sessions,
        is_linked=is_linked,
        can_add=are_possible(runtime),
        code=code,
        code_minutes=int(LINK_LASTS.total_seconds() // 60),
        browser=name_of_browser,
        way=name_of_way,
    )
