"""The HTTP of the stand-ins: Bot API, Bluesky, sites, and the control of all of them.

Control, for tests in other processes: POST /_sandbox/phones {"chat_id", "name", "language"} ·
POST /_sandbox/phones/{chat}/{action} with action write, tap, start, block or unblock and {"value"} ·
GET /_sandbox/journal · GET /_sandbox/mail · POST /_sandbox/faults (see `faults.Fault`) ·
POST /_sandbox/sites {"path", "body", "content_type"}.
"""

import asyncio
import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

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
        Route("/site/{path:path}", apis.site),
        Route("/_sandbox/phones", apis.add_phone, methods=["POST"]),
        Route("/_sandbox/phones/{chat_id:int}/{action}", apis.act, methods=["POST"]),
        Route("/_sandbox/journal", apis.journal),
        Route("/_sandbox/mail", apis.mail),
        Route("/_sandbox/faults", apis.fault, methods=["POST"]),
        Route("/_sandbox/sites", apis.publish, methods=["POST"]),
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
        query = dict(request.query_params) | {"uris": ",".join(request.query_params.getlist("uris"))}
        try:
            return _json(self.sandbox.bluesky.answer(request.path_params["method"], query))
        except Refusal as refusal:
            return _json({"error": "InvalidRequest", "message": refusal.description}, refusal.code)

    async def site(self, request: Request) -> Response:
        path = "/" + request.path_params["path"]
        sites = self.sandbox.sites
        sites.hits[path] = sites.hits.get(path, 0) + 1
        file = sites.files.get(path)
        if file is None:
            return Response("Not found", 404, media_type="text/plain")
        headers = file.headers
        if file.is_held_by(request.headers):
            return Response(status_code=304, headers=headers)
        return Response(file.body, headers={**headers, "content-type": file.content_type})

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
