"""Pages to look at the outside world: each officer's phone, the mailbox, the network."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sharebot.clock import Clock
from sharebot.sandbox.apis import routes
from sharebot.sandbox.groups import Group
from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.timeline import list_timelines
from sharebot.sandbox.world import Sandbox

FOLDER = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; img-src http: https: data:; media-src http: https:; style-src 'self'; "
    "frame-src 'self'; form-action 'self'"
)
MAIL_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox"


def build_app(sandbox: Sandbox) -> Starlette:
    """Return the pages and the stand-ins' APIs."""
    pages = _Pages(sandbox)
    own = [
        Route("/", pages.overview),
        Route("/style.css", pages.style),
        Route("/phones/{chat_id:int}", pages.phone),
        Route("/phones/{chat_id:int}/tap", pages.tap, methods=["POST"]),
        Route("/phones/{chat_id:int}/write", pages.write, methods=["POST"]),
        Route("/groups/{number:int}", pages.group),
        Route("/groups/{number:int}/bot", pages.move_bot, methods=["POST"]),
        Route("/groups/{number:int}/tap", pages.tap_in_group, methods=["POST"]),
        Route("/groups/{number:int}/write", pages.write_in_group, methods=["POST"]),
        Route("/mail", pages.mailbox),
        Route("/mail/{number:int}", pages.letter),
        Route("/mail/{number:int}/html", pages.letter_html),
        Route("/mail/{number:int}/parts/{content_id}", pages.letter_part),
        Route("/networks", pages.networks),
    ]
    return Starlette(routes=own + routes(sandbox), middleware=[Middleware(_Headers, clock=sandbox.clock)])


class _Headers(BaseHTTPMiddleware):
    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        super().__init__(app)
        self._clock = clock

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["date"] = format_datetime(self._clock.now(), usegmt=True)
        if response.headers.get("content-type", "").startswith("text/html"):
            response.headers.setdefault("content-security-policy", POLICY)
        return response


class _Pages:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
        self.templates.filters["clock"] = _clock
        self.templates.filters["shown"] = lambda words: Markup(words.shown)  # noqa: S704 - escaped when read
        self.templates.filters["origin"] = _origin
        self.templates.filters["length"] = _length

    def _page(self, name: str, **values: Any) -> HTMLResponse:
        template = self.templates.get_template(name)
        return HTMLResponse(template.render(telegram=self.sandbox.telegram, **values))

    def overview(self, _request: Request) -> Response:
        phones = list(self.sandbox.telegram.phones.values())
        letters = len(self.sandbox.mailbox.letters)
        posts = sum(len(place.posts) for place in list_timelines(self.sandbox))
        groups = list(self.sandbox.telegram.groups.values())
        return self._page("overview.html", phones=phones, groups=groups, letters=letters, posts=posts)

    def style(self, _request: Request) -> Response:
        return Response((FOLDER / "style.css").read_bytes(), media_type="text/css")

    def phone(self, request: Request) -> Response:
        phone = self._phone(request)
        if phone is None:
            return Response("No such phone", 404)
        return self._page(
            "phone.html", phone=phone, chat=phone, path=f"/phones/{phone.chat_id}", toast=_toast(request, phone)
        )

    async def tap(self, request: Request) -> Response:
        phone, form = self._phone(request), await request.form()
        if phone is None:
            return Response("No such phone", 404)
        message = next((one for one in phone.messages if str(one.message_id) == form.get("message")), None)
        seen = len(phone.toasts)
        phone.tap(str(form.get("data")), message=message)
        await self.sandbox.settle()
        toast = f"?toast={seen}" if any(phone.toasts[seen:]) else ""
        return RedirectResponse(f"/phones/{phone.chat_id}{toast}#m{form.get('message')}", 303)

    async def write(self, request: Request) -> Response:
        phone, form = self._phone(request), await request.form()
        if phone is None:
            return Response("No such phone", 404)
        if text := str(form.get("text", "")).strip():
            phone.write(text)
            await self.sandbox.settle()
        return RedirectResponse(f"/phones/{phone.chat_id}#end", 303)

    def group(self, request: Request) -> Response:
        group, phone = self._member(request, request.query_params.get("who"))
        if group is None or phone is None:
            return Response("No such group", 404)
        return self._page(
            "phone.html", phone=phone, chat=group, path=f"/groups/{-group.chat_id}", toast=_toast(request, phone)
        )

    async def tap_in_group(self, request: Request) -> Response:
        form = await request.form()
        group, phone = self._member(request, form.get("who"))
        if group is None or phone is None:
            return Response("No such group", 404)
        message = next((one for one in group.messages if str(one.message_id) == form.get("message")), None)
        group.tap(phone, str(form.get("data")), message=message)
        return await self._back_to(group, phone, f"m{form.get('message')}")

    async def write_in_group(self, request: Request) -> Response:
        form = await request.form()
        group, phone = self._member(request, form.get("who"))
        if group is None or phone is None:
            return Response("No such group", 404)
        if text := str(form.get("text", "")).strip():
            group.write(phone, text)
        return await self._back_to(group, phone, "end")

    async def move_bot(self, request: Request) -> Response:
        """Let the member whose phone it is add the bot to the group, or remove it."""
        form = await request.form()
        group, phone = self._member(request, form.get("who"))
        if group is None or phone is None:
            return Response("No such group", 404)
        (group.remove_bot if group.has_bot else group.add_bot)(phone)
        return await self._back_to(group, phone, "end")

    async def _back_to(self, group: Group, phone: Phone, place: str) -> Response:
        seen = len(phone.toasts)
        await self.sandbox.settle()
        toast = f"&toast={seen}" if any(phone.toasts[seen:]) else ""
        return RedirectResponse(f"/groups/{-group.chat_id}?who={phone.chat_id}{toast}#{place}", 303)

    def _member(self, request: Request, who: object) -> tuple[Group | None, Phone | None]:
        """Return a group and the member whose phone shows it, the first one unless told."""
        group = self.sandbox.telegram.groups.get(-request.path_params["number"])
        members = list(group.members.values()) if group else []
        return group, next((one for one in members if who in {None, str(one.chat_id)}), None)

    def _phone(self, request: Request) -> Phone | None:
        return self.sandbox.telegram.phones.get(request.path_params["chat_id"])

    def mailbox(self, _request: Request) -> Response:
        return self._page("mailbox.html", letters=list(enumerate(self.sandbox.mailbox.letters)))

    def letter(self, request: Request) -> Response:
        letter = self._letter(request)
        if letter is None:
            return Response("No such mail", 404)
        text = letter.get_body(("plain",))
        files = [part.get_filename() for part in letter.iter_attachments() if part.get_filename()]
        number = request.path_params["number"]
        source = self.sandbox.mailbox.raw[number].decode("utf-8", "replace")
        words = text.get_content() if text else ""
        return self._page("letter.html", letter=letter, number=number, text=words, files=files, source=source)

    def letter_html(self, request: Request) -> Response:
        letter = self._letter(request)
        part = letter.get_body(("html",)) if letter else None
        if part is None:
            return Response("No HTML", 404)
        body = part.get_content().replace("cid:", f"/mail/{request.path_params['number']}/parts/")
        return HTMLResponse(body, headers={"content-security-policy": MAIL_POLICY})

    def letter_part(self, request: Request) -> Response:
        letter = self._letter(request)
        wanted = f"<{request.path_params['content_id']}>"
        for part in letter.walk() if letter else []:
            if part.get("content-id") == wanted:
                data = part.get_payload(decode=True)
                return Response(data if isinstance(data, bytes) else b"", media_type=part.get_content_type())
        return Response("No such part", 404)

    def _letter(self, request: Request) -> EmailMessage | None:
        letters = self.sandbox.mailbox.letters
        number = request.path_params["number"]
        return letters[number] if number < len(letters) else None

    def networks(self, _request: Request) -> Response:
        return self._page("networks.html", places=list_timelines(self.sandbox))


def _toast(request: Request, phone: Phone) -> str:
    """Return what the bot answered to the tap that led here; most are answered in the chat alone."""
    number = request.query_params.get("toast", "")
    told = phone.toasts[int(number) :] if number.isdecimal() and len(number) < 9 else []
    return next((words for words in told if words), "")


def _clock(at: int | datetime) -> str:
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return moment.strftime("%Y-%m-%d %H:%M")  # no words: phones speak many languages


def _origin(origin: Mapping[str, Any]) -> str:
    """Say where a forward comes from."""
    chat, user = origin.get("chat") or origin.get("sender_chat"), origin.get("sender_user")
    name = chat["title"] if chat else user["first_name"] if user else origin.get("sender_user_name", "")
    return str(name)


def _length(shown: Shown) -> str:
    minutes, seconds = divmod(shown.duration or 0, 60)
    return f"{minutes}:{seconds:02}"
