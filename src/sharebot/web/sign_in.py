"""The page strangers get, and coming in by a one-use link; choose a language, sign out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from sharebot.store.staff import set_language
from sharebot.store.staff_sessions import consume_link, end_session, find_session
from sharebot.texts.catalogue import languages
from sharebot.values.sign_in import Way
from sharebot.web.browser_kind import name_browser
from sharebot.web.ceremonies import first_page, note_sign_in
from sharebot.web.desk import change
from sharebot.web.guard import ANYBODY, Viewer, drop_session, find_reader, session_token, set_session
from sharebot.web.pages import go, problem, render, runtime_of
from sharebot.web.passkeys import are_possible

router = APIRouter()


@router.get("/sign-in", dependencies=[ANYBODY])
def show_ways(request: Request) -> Response:
    """Show the ways to come in; whoever is in already goes on."""
    if find_reader(request) is not None:
        return go("/")
    return render_ways(request)


@router.get("/sign-in/{token}", dependencies=[ANYBODY])
def show_button(request: Request, token: str) -> Response:
    """Show the button that uses the link up; looking at the page does not."""
    return render(request, "sign_in_link.html", None, token=token)


@router.post("/sign-in/{token}", dependencies=[ANYBODY])
def sign_in(request: Request, token: str) -> Response:
    """Use the link up and open a session; one neutral answer for every link that does not work."""
    runtime, next_page = runtime_of(request), "/"
    browser = name_browser(request.headers.get("user-agent", ""))
    with runtime.database.write() as session:
        opened = consume_link(session, token, now=runtime.now(), browser=browser)
        reader = find_session(session, opened, now=runtime.now()) if opened else None
        if opened and reader:
            next_page = first_page(session, reader.staff_id) if are_possible(runtime) else next_page
            note_sign_in(request, session, opened, Way.LINK)
    if opened is None:
        return problem(request, "bad_link", status=401)
    response = go(next_page)
    set_session(request, response, opened)
    return response


@router.post("/sign-out")
def sign_out(request: Request, reader: Viewer) -> Response:
    """End this session."""
    with runtime_of(request).database.write() as session:
        end_session(session, session_token(request))
    response = go("/sign-in", said="signed_out")
    drop_session(request, response)
    return response


@router.post("/language")
def choose(request: Request, reader: Viewer, language: Annotated[str, Form(max_length=3)]) -> Response:
    """Remember the language this person reads in."""
    if language not in languages():
        return problem(request, "unreadable", status=422, reader=reader)
    with change(request, reader, "staff.language", reader.actor, language) as session:
        set_language(session, reader.staff_id, language)
    return go("/")


def render_ways(request: Request, *, status: int = 200) -> Response:
    """Return the page for strangers, with the ways that this installation has."""
    runtime = runtime_of(request)
    return render(
        request,
        "sign_in.html",
        None,
        status=status,
        passkeys=are_possible(runtime),
        oidc=runtime.settings.oidc.is_configured,
    )
