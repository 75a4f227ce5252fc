"""Somebody who reads the pages all the time, each page in a thread of its own, and remembers how they answered."""

import contextlib
import http.client
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple, Self

from sharebot.store.staff import add_staff, create_link
from sharebot.store.staff_sessions import consume_link
from sharebot.values.status import StaffRole
from tests.reliability.installation import Installation
from tests.reliability.processes import Process
from tests.reliability.verdict import Proof

PLAIN = {"/livez": 200, "/sign-in/token": 200}  # need no database
_PAUSE, _PATIENCE = 0.1, 60.0
_PORT = re.compile(r"ready on http://[^:]+:(\d+)")


class Answer(NamedTuple):
    """What came of one request; status 0 is none at all."""

    path: str
    asked_at: float
    seconds: float
    status: int
    body: str

    @property
    def causes(self) -> dict[str, str]:
        """What `/readyz` found wrong: what is said of each check that failed."""
        if not self.body:
            return {"page": str(self.status)}
        return {one["check"]: one["detail"] for one in json.loads(self.body)["checks"] if not one["ok"]}


class Reader:
    """Somebody who is signed in, and a short link that so many follow at a time."""

    def __init__(self, installation: Installation, process: Process, *, clicks: int = 1) -> None:
        port = _PORT.search(process.log.read_text())
        assert port, process.tail()
        self._port = int(port[1])
        links = installation.query("SELECT code FROM tracked_link LIMIT 1")
        self.link = f"/r/{links[0].code if links else '0000000000'}"
        self._headers = {"Cookie": f"sharebot={sign_in(installation)}", "User-Agent": "Mozilla/5.0"}
        self._answers: list[Answer] = []
        self._began = self._ended = 0.0
        self._last: Answer | None = None
        self._closed = threading.Event()
        paths = (*PLAIN, "/", "/readyz", *[self.link] * clicks)
        self._threads = [threading.Thread(target=self._read, args=(path,)) for path in paths]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def _read(self, path: str) -> None:
        while not self._closed.wait(_PAUSE):
            self._answers.append(self.ask(path))

    def ask(self, path: str, *, patience: float = _PATIENCE) -> Answer:
        """Ask for one page."""
        connection, asked_at = http.client.HTTPConnection("127.0.0.1", self._port, timeout=patience), time.monotonic()
        status, body = 0, ""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path, headers=self._headers)
            answer = connection.getresponse()
            status, body = answer.status, answer.read().decode()
        connection.close()
        return Answer(path, asked_at, time.monotonic() - asked_at, status, body)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Count the answers to what is asked from now on until the block ends."""
        self._began = time.monotonic()
        yield
        self._ended = time.monotonic()

    def answers(self, path: str) -> list[Answer]:
        """Return the answers to what was asked within the watch; they are complete once the reader has closed."""
        return [one for one in self._answers if one.path == path and self._began <= one.asked_at < self._ended]

    def wait_content(self, *, timeout: float = 5) -> None:
        """Return when `/readyz` finds nothing wrong, or the time is over; `hold_cause` tells."""
        deadline = time.monotonic() + timeout
        self._last = self.ask("/readyz")
        while self._last.causes and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            self._last = self.ask("/readyz")

    def hold_pages(self, proof: Proof, expected: Mapping[str, int], *, slowest: float = 2.0) -> None:
        """Hold that each page was read during the watch, and answered with its status, and soon."""
        for path, status in expected.items():
            answers = self.answers(path)
            wrong = [(one.status, round(one.seconds, 1)) for one in answers if one.status != status]
            longest = max((one.seconds for one in answers), default=0.0)
            proof.hold(f"{path} was read", bool(answers))
            proof.hold(f"{path} answers {status}", not wrong, f"{len(wrong)} of {len(answers)}", wrong[:3])
            proof.hold(f"{path} answers soon", longest <= slowest, f"{longest:.1f} s")

    def hold_cause(self, proof: Proof, check: str, detail: str) -> None:
        """Hold that `/readyz` said this during the watch, and nothing at the end."""
        named = [one.causes for one in self.answers("/readyz")]
        proof.hold("/readyz names the cause", any(one.get(check) == detail for one in named), named[-3:])
        last = self._last
        proof.hold("/readyz is content again", last is not None and not last.causes, last)


def sign_in(installation: Installation) -> str:
    """Return the token of a new session of somebody who may look."""
    now, email = datetime.now(UTC), "reader@alliance.example"
    with installation.database.write() as session:
        add_staff(session, email, role=StaffRole.VIEWER, language="en", now=now)
        token = consume_link(session, create_link(session, email, now=now), now=now)
    assert token is not None
    return token
