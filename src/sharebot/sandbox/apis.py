"""The HTTP of the stand-ins: Bot API, Bluesky, Mastodon, X, sites, and the control of all of them.

Control, for tests in other processes: POST /_sandbox/phones {"chat_id", "name", "language"} ·
POST /_sandbox/phones/{chat}/{action} with action write, tap, start, block or unblock and {"value"} ·
GET /_sandbox/journal · GET /_sandbox/mail · POST /_sandbox/faults (see `faults.Fault`) ·
POST /_sandbox/sites {"path", "body", "content_type"} ·
POST /_sandbox/posts {"network": "bluesky", "x" or "mastodon", "account", "text", "link"}.
"""

import asyncio
import json
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sharebot.sandbox import x_api, youtube
from sharebot.sandbox.faults import Fault, take_fault
from sharebot.sandbox.refusals import Refusal
from sharebot.sandbox.telegram import TelegramServer, Uploaded
from sharebot.sandbox.world import Sandbox


class Broken(Response):
    """Half an answer, after which the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise a body that never comes."""
        headers = [(b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes of all stand-ins."""
    apis = _Apis(sandbox)
    return [
        Route("/bot{token}/{method}", apis.bot, methods=["GET", "POST"]),
        Route("/file/bot{token}/files/{file_id}", apis.file),
        Route("/uploads/{file_id}", apis.upload),
        Route("/xrpc/{method}", apis.xrpc),
        Route("/x/2/{path:path}", apis.x),
        Route("/mastodon/{server}/api/v1/{path:path}", apis.mastodon),
        Route("/site/{path:path}", apis.site),
        Route("/robots.txt", apis.robots),
        Route("/youtube/v3/{method}", apis.youtube),
        Route("/_sandbox/phones", apis.add_phone, methods=["POST"]),
        Route("/_sandbox/phones/{chat_id:int}/{action}", apis.act, methods=["POST"]),
        Route("/_sandbox/journal", apis.journal),
        Route("/_sandbox/mail", apis.mail),
        Route("/_sandbox/faults", apis.fault, methods=["POST"]),
        Route("/_sandbox/sites", apis.publish, methods=["POST"]),
        Route("/_sandbox/posts", apis.post, methods=["POST"]),
    ]


class _Apis:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def bot(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != self.sandbox.telegram.token:
            return _json({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        raw = await _parameters(request, self.sandbox.telegram)
        fault = take_fault(self.sandbox.faults, method, raw.get("chat_id"))
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "drop_before":
            return Broken()
        if fault and fault.kind == "answer":
            kind = "application/json" if fault.body.startswith("{") else "text/html"
            return Response(fault.body, fault.status, media_type=kind)
        try:
            result = await self.sandbox.telegram.call(method, raw)
        except Refusal as refusal:
            return _json(refusal.body(), refusal.code)
        return Broken() if fault and fault.kind == "drop_after" else _json({"ok": True, "result": result})

    async def file(self, request: Request) -> Response:
        if request.path_params["token"] != self.sandbox.telegram.token:
            return _json({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        try:
            raw = {"file_id": request.path_params["file_id"]}
            await self.sandbox.telegram.call("getFile", raw)
        except Refusal as refusal:
            return _json(refusal.body(), refusal.code)
        return RedirectResponse(self.sandbox.telegram.file_url(request.path_params["file_id"]))

    async def upload(self, request: Request) -> Response:
        """Serve what a bot uploaded: the phone's page shows it."""
        kept = self.sandbox.telegram.uploads.get(request.path_params["file_id"])
        return Response(kept.body, media_type=kept.mime) if kept else Response("Not found", 404)

    async def xrpc(self, request: Request) -> Response:
        asked = request.query_params
        query = dict(asked) | {name: ",".join(asked.getlist(name)) for name in ("uris", "actors")}
        try:
            return _json(self.sandbox.bluesky.answer(request.path_params["method"], query))
        except Refusal as refusal:
            error = "RateLimitExceeded" if refusal.code == 429 else "InvalidRequest"
            answer = _json({"error": error, "message": refusal.description}, refusal.code)
            if isinstance(reset := refusal.parameters.get("reset"), datetime):
                answer.headers["ratelimit-reset"] = f"{int(reset.timestamp())}"
                answer.headers["date"] = format_datetime(self.sandbox.clock.now(), usegmt=True)
            return answer

    async def mastodon(self, request: Request) -> Response:
        server, network = request.path_params["server"], self.sandbox.mastodon
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            page = network.answer(server, request.path_params["path"], dict(request.query_params), token=token)
        except Refusal as refusal:
            answer = _json({"error": refusal.description}, refusal.code)
        else:
            answer = _json(page.body)
            if page.next_id:
                following = request.url.include_query_params(max_id=page.next_id)
                answer.headers["link"] = f'<{following}>; rel="next"'
        if (limit := network.limits.get(server)) and limit.until:
            answer.headers["x-ratelimit-limit"] = f"{limit.requests}"
            answer.headers["x-ratelimit-remaining"] = f"{max(limit.requests - limit.used, 0)}"
            answer.headers["x-ratelimit-reset"] = limit.until.isoformat()
            answer.headers["date"] = format_datetime(self.sandbox.clock.now(), usegmt=True)
        return answer

    async def x(self, request: Request) -> Response:
        path, authorization = f"/2/{request.path_params['path']}", request.headers.get("authorization", "")
        said = x_api.answer(self.sandbox.x, path, dict(request.query_params), authorization=authorization)
        return JSONResponse(said.body, said.status, headers=dict(said.headers))

    async def site(self, request: Request) -> Response:
        path = "/" + request.path_params["path"]
        sites = self.sandbox.sites
        sites.hits[path] = sites.hits.get(path, 0) + 1
        if refused := sites.find_refusal(path):
            return Response("No", refused.status, dict(refused.headers), "text/plain")
        file = sites.files.get(path)
        if file is None:
            return Response("Not found", 404, media_type="text/plain")
        headers = file.headers
        if file.is_held_by(request.headers):
            return Response(status_code=304, headers=headers)
        return Response(file.body, headers={**headers, "content-type": file.content_type})

    async def robots(self, _request: Request) -> Response:
        """Serve what all sites of this host forbid: they stand on one."""
        file = self.sandbox.sites.files.get("/robots.txt")
        return Response(file.body, headers={"content-type": "text/plain"}) if file else Response("Not found", 404)

    async def youtube(self, request: Request) -> Response:
        query, key = dict(request.query_params), request.headers.get("x-goog-api-key")
        try:
            return _json(self.sandbox.youtube.answer(request.path_params["method"], query, key=key))
        except Refusal as refusal:
            return _json(youtube.explain(refusal), refusal.code)

    async def add_phone(self, request: Request) -> Response:
        data = await request.json()
        language = data.get("language", "en")
        self.sandbox.telegram.add_phone(int(data["chat_id"]), data["name"], language=language)
        return _json({"ok": True})

    async def act(self, request: Request) -> Response:
        phone = self.sandbox.telegram.phones.get(request.path_params["chat_id"])
        if phone is None:
            return _json({"ok": False}, 404)
        value = str((await request.json()).get("value", ""))
        match request.path_params["action"]:
            case "write":
                phone.write(value)
            case "tap":
                return _json({"ok": phone.tap(value)})
            case "start":
                phone.open_link(value)
            case "block":
                phone.block()
            case "unblock":
                phone.unblock()
        return _json({"ok": True})

    async def journal(self, _request: Request) -> Response:
        entries = [
            {"method": one.method, "arguments": one.arguments, "message_id": one.message_id}
            for one in self.sandbox.telegram.journal
        ]
        return _json(entries)

    async def mail(self, _request: Request) -> Response:
        letters = self.sandbox.mailbox.letters
        return _json([{name: str(letter[name]) for name in letter} for letter in letters])

    async def fault(self, request: Request) -> Response:
        self.sandbox.faults.append(Fault(**await request.json()))
        return _json({"ok": True})

    async def publish(self, request: Request) -> Response:
        data = await request.json()
        self.sandbox.sites.publish(data["path"], data["body"], data["content_type"])
        return _json({"ok": True})

    async def post(self, request: Request) -> Response:
        """Let an account post on a network, opened on its first post."""
        data, box = await request.json(), self.sandbox
        account, text, link = str(data["account"]), str(data.get("text", "")), data.get("link")
        match data["network"]:
            case "bluesky":
                made = box.bluesky.post(box.bluesky.account(account), text, link=link)
            case "x":
                made = box.x.post(box.x.account(account), text, link=link)
            case "mastodon":
                made = box.mastodon.post(account, text, link=link)
            case _:
                return _json({"ok": False}, 404)
        return _json({"ok": True, "id": made})


async def _parameters(request: Request, telegram: TelegramServer) -> dict[str, Any]:
    """Read a call's parameters; an uploaded file is kept, and its handle stands where the file stood."""
    if "json" in request.headers.get("content-type", ""):
        return dict(json.loads(await request.body() or b"{}"))
    raw: dict[str, Any] = dict(request.query_params)
    attached: dict[str, str] = {}
    for name, value in (await request.form()).items():
        if not isinstance(value, UploadFile):
            raw[name] = value
            continue
        body, mime = await value.read(), value.content_type or "application/octet-stream"
        attached[name] = telegram.keep(Uploaded(value.filename or "", mime, body))
    for name, file_id in attached.items():
        mention = f"attach://{name}"
        inside = [one for one, value in raw.items() if isinstance(value, str) and mention in value]
        raw |= {one: raw[one].replace(mention, file_id) for one in inside} or {name: file_id}
    return raw


def _json(data: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(data, status)
