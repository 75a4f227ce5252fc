"""The stand-in's own side door: `/_control/<action>`, JSON in and out.

state: the counts · accepted, refused: the books from `since` on · wait: answers once `accepted` messages are
there or `timeout` seconds are over · wait_count: the same, once there are more than `above` of the count `name`
· faults, rules: set · updates: inject · reset: clear the books.
"""

import asyncio
import json
import time
from dataclasses import fields
from typing import Any

from tests.reliability.books import ACCEPTED_FIELDS, REFUSED_FIELDS, Books, Faults, Rules
from tests.reliability.strict import Refusal
from tests.reliability.wire import Connection

_PAGE = 20_000
_LOOK = 0.0005  # seconds between two looks at a count


class Control:
    """Answers what the drivers ask."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._waiting: list[tuple[int, Connection, asyncio.TimerHandle]] = []

    def handle(self, connection: Connection) -> None:
        """Carry out one request; an error is answered as 400 with its name."""
        action = connection.url.removeprefix(b"/_control/").decode()
        try:
            arguments = json.loads(connection.body or b"{}")
            if action == "wait":
                self._wait(connection, **arguments)
                return
            if action == "wait_count":
                self._wait_count(connection, **arguments)
                return
            connection.answer(200, self._carry_out(action, arguments))
        except (ValueError, TypeError, KeyError, Refusal) as error:
            connection.answer(400, {"error": f"{type(error).__name__}: {error}"})

    def _carry_out(self, action: str, arguments: dict[str, Any]) -> Any:
        books = self._books
        if action == "state":
            return books.state() | {"at": time.monotonic()}
        if action == "accepted":
            since = int(arguments.get("since", 0))
            return {"fields": ACCEPTED_FIELDS, "rows": books.accepted[since : since + _PAGE]}
        if action == "refused":
            since = int(arguments.get("since", 0))
            return {"fields": REFUSED_FIELDS, "rows": books.refused[since : since + _PAGE]}
        if action == "faults":
            books.faults = Faults(**arguments)
        elif action == "rules":
            books.rules = Rules(**arguments)
        elif action == "updates":
            account = books.account(arguments["token"])
            low, high = arguments.get("times", (1, 1))
            return {"ids": books.inject(account, arguments["updates"], (low, high))}
        elif action == "reset":
            books.clear(int(arguments.get("seed", books.seed)))
        else:
            raise ValueError(f"no action {action}; fields of faults: {[one.name for one in fields(Faults)]}")
        return {"ok": True}

    def _wait(self, connection: Connection, accepted: int, timeout: float = 30.0) -> None:
        if len(self._books.accepted) >= accepted:
            connection.answer(200, {"accepted": len(self._books.accepted)})
            return
        timer = asyncio.get_running_loop().call_later(timeout, self._give_up, connection)
        self._waiting.append((accepted, connection, timer))

    def _wait_count(self, connection: Connection, name: str, above: int, timeout: float) -> None:
        count = self._books.counts[name]
        if count > above or timeout <= 0:
            connection.answer(200, {"count": count})
            return
        asyncio.get_running_loop().call_later(_LOOK, self._wait_count, connection, name, above, timeout - _LOOK)

    def _give_up(self, connection: Connection) -> None:
        self._waiting = [one for one in self._waiting if one[1] is not connection]
        connection.answer(200, {"accepted": len(self._books.accepted)})

    def notice(self) -> None:
        """Answer those who waited for the message that was just accepted."""
        for one in list(self._waiting):
            accepted, connection, timer = one
            if len(self._books.accepted) >= accepted:
                self._waiting.remove(one)
                timer.cancel()
                connection.answer(200, {"accepted": len(self._books.accepted)})
