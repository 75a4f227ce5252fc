"""Updates that Telegram brings by itself: stored before they are answered, for the worker that leads to take."""

import asyncio
import hmac
import json
import logging
import re
from typing import Any

import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sharebot.config.bots import MAIN, find_secret, path_of
from sharebot.runtime import Runtime
from sharebot.store.bots import ensure_bots, list_bots
from sharebot.store.inbox import store_updates
from sharebot.web.gate import BODY_WITHIN_S, MAX_BODY, safe_headers

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_DEPTH = 64  # of the JSON; Telegram's own is a dozen levels deep
_LENGTH = re.compile(r"[0-9]{1,9}")
_HIGHEST_ID = 2**63 - 1
# Telegram waits longer and longer after other failures; a database is back within seconds.
_EXTRA: dict[int, dict[str, str]] = {200: {}, 503: {"Retry-After": "5"}}
_CLOSE = {"Connection": "close"}


class Webhook:
    """Stands before the gate, which reads every body first and wants forms to come from our own pages.

    Whatever is not addressed to a webhook goes on to the pages.
    """

    def __init__(self, app: ASGIApp, *, runtime: Runtime) -> None:
        self.app, self._runtime = app, runtime
        telegram = runtime.settings.telegram
        self._secret = find_secret(runtime.settings) or ""
        self._codes = {path_of(self._secret, code): code for code in (MAIN, *telegram.bots) if self._secret}
        self._headers = safe_headers(runtime.settings.web.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take an update, or let the request through."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        code = self._codes.get(scope["path"]) if is_post else None
        if code is None:
            await self.app(scope, receive, send)
            return
        status = await self._take(code, Request(scope, receive))
        response = Response(status_code=status, headers=self._headers | _EXTRA.get(status, _CLOSE))
        await response(scope, receive, send)

    async def _take(self, code: str, request: Request) -> int:
        """Return the status to answer; nothing of the body is read before the secret is known to be right."""
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            log.warning("webhook called without its secret bot=%s", code)
            return 403
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                body = await _read(request)
        except TimeoutError:
            return 408
        except ClientDisconnect:
            return 400
        if body is None:
            log.warning("webhook called with too much bot=%s", code)
            return 413
        return await anyio.to_thread.run_sync(self._keep, code, body)

    def _keep(self, code: str, body: bytes) -> int:
        update = read_update(body)
        if update is None:
            log.warning("webhook called with something that is no update bot=%s", code)
            return 400
        try:
            with self._runtime.database.write() as session:
                store_updates(session, _bot_id(session, code), [update], now=self._runtime.now())
        except SQLAlchemyError as error:
            log.error("an update is not stored, so not acknowledged: %s", type(error).__name__)
            return 503
        return 200


def read_update(body: bytes) -> tuple[int, str] | None:
    """Return an update's number and its JSON, or None for what is no update."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _HIGHEST_ID or _is_deep(update):
        return None
    return number, json.dumps(update)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        inside = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [child for children in inside for child in children]
        if not level:
            return False
    return True


async def _read(request: Request) -> bytes | None:
    """Return the body, or None when it is too large."""
    length = request.headers.get("content-length", "0")
    if not _LENGTH.fullmatch(length) or int(length) > MAX_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _bot_id(session: Session, code: str) -> int:
    """Return the id of our row of a bot; the pages may be there before any worker was."""
    known = {bot.code: bot.id for bot in list_bots(session)}
    return known.get(code) or ensure_bots(session, [code])[code]
