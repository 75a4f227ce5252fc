"""A strict, fast stand-in of the Bot API, in a process of its own.

`python -m tests.reliability.botapi --port 0` prints `{"port": N}` and serves until its standard input closes
or it is ended. Beside the Bot API at `/bot<token>/<method>` it answers `/_control/...`: see `control.py`.
"""

import argparse
import asyncio
import json
import re
import sys
from dataclasses import dataclass
from typing import Any

import uvloop

from tests.reliability.books import Account, Books, Rules
from tests.reliability.control import Control
from tests.reliability.strict import EDITS, SENDS, Refusal, Words, check_message, message_json, read_arguments
from tests.reliability.wire import Connection, Dates

_CALL = re.compile(rb"/bot([^/?]+)/([A-Za-z]+)(?:\?(.*))?")
_FREE = {"getUpdates", "getMe", "getWebhookInfo"}  # Telegram's flood control is about messages
_LONGEST_POLL = 50.0
_BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


class BotApi:
    """Answers the calls; whatever is to be remembered stands in the books."""

    def __init__(self, books: Books, dates: Dates) -> None:
        self.books, self.dates = books, dates
        self.control = Control(books)

    def handle(self, connection: Connection) -> None:
        """Answer one request, at once or later."""
        if connection.url.startswith(b"/_control/"):
            self.control.handle(connection)
            return
        call = _CALL.fullmatch(connection.url)
        try:
            if call is None:
                raise Refusal(404, "Not Found")
            account = self.books.account(call[1].decode())
            arguments = read_arguments(connection.content_type, connection.body, call[3] or b"")
            self._call(connection, account, call[2].decode(), arguments)
        except Refusal as refusal:
            _refuse(connection, refusal)

    def _call(self, connection: Connection, account: Account, method: str, arguments: dict[str, Any]) -> None:
        self.books.counts[method] += 1
        if method not in _FREE:
            chat = str(arguments.get("chat_id", ""))
            self.books.check_ban(account, int(chat) if chat.lstrip("-").isdigit() else 0, method)
        if method in SENDS:
            self._send(connection, account, method, arguments)
        elif method in EDITS:
            connection.answer(200, {"ok": True, "result": self._edit(account, method, arguments)})
        elif method == "getUpdates":
            self._get_updates(connection, account, arguments)
        elif method == "getMe":
            me = {"id": account.bot_id, "is_bot": True, "first_name": "sharebot", "username": "sharebot_proof_bot"}
            connection.answer(200, {"ok": True, "result": me | {"can_join_groups": True}})
        elif method == "getWebhookInfo":
            info = {"url": "", "has_custom_certificate": False, "pending_update_count": len(account.updates)}
            connection.answer(200, {"ok": True, "result": info})
        else:
            connection.answer(200, {"ok": True, "result": True})

    def _send(self, connection: Connection, account: Account, method: str, arguments: dict[str, Any]) -> None:
        """Take a message somewhere within its latency; one whose sender is gone by then was never taken."""
        read = check_message(method, arguments)
        self.books.opened()
        sending = _Sending(connection, account, method, arguments, read)
        if not (latency := self.books.latency()):
            self._take(sending, 0.0)
            return
        before = self.books.random.uniform(0, latency)
        asyncio.get_running_loop().call_later(before, self._take, sending, latency - before)

    def _take(self, sending: "_Sending", then: float) -> None:
        books, connection, chat_id = self.books, sending.connection, sending.read[0]
        if connection.transport is None:
            books.counts["abandoned"] += 1
            books.answered()
            return
        try:
            books.check_flood(sending.account, chat_id, sending.method)
            fault = books.choose_fault(sending.account, chat_id, sending.method)
        except Refusal as refusal:
            books.answered()
            _refuse(connection, refusal)
            return
        number = books.accept(sending.account, chat_id, sending.method, sending.read[1].raw, fault)
        date, bot = self.dates.seconds(), sending.account.bot_id
        message = message_json(
            sending.method, sending.arguments, sending.read, message_id=number, date=date, bot_id=bot
        )
        self.control.notice()
        if then:
            asyncio.get_running_loop().call_later(then, self._finish, connection, fault, message)
        else:
            self._finish(connection, fault, message)

    def _finish(self, connection: Connection, fault: str, message: dict[str, Any]) -> None:
        self.books.answered()
        if fault == "dropped":
            connection.drop()
        elif fault == "broken":
            connection.answer(500, {"ok": False, "error_code": 500, "description": "Internal Server Error"})
        else:
            connection.answer(200, {"ok": True, "result": message})

    def _edit(self, account: Account, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if not str(arguments.get("message_id", "")).isdigit():
            raise Refusal(400, "Bad Request: message identifier is not specified")
        if method in {"editMessageReplyMarkup", "editMessageMedia"}:
            arguments = arguments | {"caption": str(arguments.get("caption", ""))}
        read = check_message(method, arguments)
        number = int(arguments["message_id"])
        date, bot = self.dates.seconds(), account.bot_id
        message = message_json(method, arguments, read, message_id=number, date=date, bot_id=bot)
        return message | {"edit_date": date}

    def _get_updates(self, connection: Connection, account: Account, arguments: dict[str, Any]) -> None:
        """Answer with updates, or wait for them; a poll that waits already is ended, as Telegram does."""
        if account.poll:
            self.books.counts["conflicts"] += 1
            account.poll(True)
        try:
            offset, limit = int(arguments.get("offset") or 0), int(arguments.get("limit") or 100)
            seconds = min(float(arguments.get("timeout") or 0), _LONGEST_POLL)
        except ValueError:
            raise Refusal(400, "Bad Request: wrong number") from None
        self.books.acknowledge(account, offset)
        if account.updates or not seconds:
            connection.answer(200, {"ok": True, "result": self.books.deliver(account, limit)})
            return
        _Poll(self.books, connection, account, limit).wait(seconds)


@dataclass(frozen=True, slots=True)
class _Sending:
    """A message on its way in."""

    connection: Connection
    account: Account
    method: str
    arguments: dict[str, Any]
    read: tuple[int, Words, Any]


class _Poll:
    """A getUpdates that waits for news."""

    def __init__(self, books: Books, connection: Connection, account: Account, limit: int) -> None:
        self._books, self._connection, self._account, self._limit = books, connection, account, limit

    def wait(self, seconds: float) -> None:
        """End by itself after so many seconds."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self._end, False)
        self._account.poll, self._connection.on_lost = self._end, lambda: self._end(True)

    def _end(self, ended_by_another: bool) -> None:
        """Answer with what there is, or with the conflict."""
        self._timer.cancel()
        self._account.poll = self._connection.on_lost = None
        if ended_by_another:
            _refuse(self._connection, Refusal(409, "Conflict: terminated by other getUpdates request"))
        else:
            self._connection.answer(200, {"ok": True, "result": self._books.deliver(self._account, self._limit)})


def _refuse(connection: Connection, refusal: Refusal) -> None:
    if refusal.status == 502:
        connection.answer(502, _BAD_GATEWAY)
        return
    answer: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.retry_after is not None:
        answer["description"] += f": retry after {refusal.retry_after}"
        answer["parameters"] = {"retry_after": refusal.retry_after}
    connection.answer(refusal.status, answer)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose")
    parser.add_argument("--limit", type=int, default=0, help="messages in any window; 0 is no limit")
    parser.add_argument("--window", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--ban", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--per-chat", type=float, default=0.0, metavar="SECONDS", help="counted, not refused")
    parser.add_argument("--clock-offset", type=float, default=0.0, metavar="SECONDS", help="shifts the Date header")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--attached", action="store_true", help="end when the standard input closes")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    dates = Dates(options.clock_offset)
    books = Books(Rules(options.limit, options.window, options.ban, options.per_chat), options.seed)
    api = BotApi(books, dates)
    server = await loop.create_server(lambda: Connection(api.handle, dates), "127.0.0.1", options.port, backlog=512)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    if options.attached:
        loop.add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


if __name__ == "__main__":
    uvloop.run(_serve(_read_options()))
