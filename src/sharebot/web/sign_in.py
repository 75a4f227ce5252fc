"""Sign in by a one-use link, choose a language, sign out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from sharebot.store.staff import consume_link, end_session, set_language
from sharebot.texts.catalogue import languages
from sharebot.web.guard import ANYBODY, Viewer, drop_session, session_token, set_session
from sharebot.web.pages import go, problem, render, runtime_of

router = APIRouter()


@router.get("/sign-in/{token}", dependencies=[ANYBODY])
def show_button(request: Request, token: str) -> Response:
    """Show the button that uses the link up; looking at the page does not."""
    return render(request, "sign_in.html", None, token=token)


@router.post("/sign-in/{token}", dependencies=[ANYBODY])
def sign_in(request: Request, token: str) -> Response:
    """Use the link up and open a session; one neutral answer for every link that does not work."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        opened = consume_link(session, token, now=runtime.now())
    if opened is None:
        return problem(request, "bad_link", status=401)
    response = go("/")
    set_session(request, response, opened)
    return response


@router.post("/sign-out")
def sign_out(request: Request, reader: Viewer) -> Response:
    """End this session."""
    with runtime_of(request).database.write() as session:
        end_session(session, session_token(request))
    response = problem(request, "signed_out", status=200)
    drop_session(request, response)
    return response


@router.post("/language")
def choose(request: Request, reader: Viewer, language: Annotated[str, Form(max_length=3)]) -> Response:
    """Remember the language this person reads in."""
    if language not in languages():
        return problem(request, "unreadable", status=422, reader=reader)
    with runtime_of(request).database.write() as session:
        set_language(session, reader.staff_id, language)
    return go("/")
