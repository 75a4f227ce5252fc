"""The drivers' end of the stand-in: start the process, ask it, set it, end it."""

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "7000000001:proof-of-delivery-0123456789abc"


class Accepted(NamedTuple):
    """A message that the stand-in took; `at` is on the clock of `time.monotonic()`."""

    chat_id: int
    at: float
    method: str
    text: str
    fault: str
    message_id: int


class Refused(NamedTuple):
    """A message that it refused; `since_answer` only during a ban: how long that had been answered."""

    chat_id: int
    at: float
    method: str
    reason: str
    since_answer: float | None


class Standin:
    """A running stand-in; its process ends with this one."""

    def __init__(self, **options: float) -> None:
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.botapi", "--attached", *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        self.port = int(json.loads(self._process.stdout.readline())["port"])
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    @property
    def base_url(self) -> str:
        """What SHAREBOT_TELEGRAM__BASE_URL is to say."""
        return f"http://127.0.0.1:{self.port}/bot"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._process.kill()
        self._process.communicate()

    def ask(self, action: str, **arguments: Any) -> dict[str, Any]:
        """Use the side door; see `control.py`."""
        self._connection.request("POST", f"/_control/{action}", json.dumps(arguments))
        answer = self._connection.getresponse()
        body: dict[str, Any] = json.loads(answer.read())
        if answer.status != 200:
            raise ValueError(body["error"])
        return body

    def state(self) -> dict[str, Any]:
        """Return the counts."""
        return self.ask("state")

    def count(self) -> int:
        """Return how many messages were accepted."""
        return int(self.state()["accepted"])

    def wait_for(self, accepted: int, *, timeout: float) -> int:
        """Return when so many were accepted or the time is over, with how many there are."""
        return int(self.ask("wait", accepted=accepted, timeout=timeout)["accepted"])

    def wait_for_count(self, name: str, above: int, *, timeout: float) -> int:
        """Return when the count of this name is higher or the time is over, with what it is."""
        return int(self.ask("wait_count", name=name, above=above, timeout=timeout)["count"])

    def accepted(self, since: int = 0) -> list[Accepted]:
        """Return the accepted messages from number `since` on."""
        found: list[Accepted] = []
        while rows := self.ask("accepted", since=since + len(found))["rows"]:
            found += [Accepted(*row) for row in rows]
        return found

    def refused(self, since: int = 0) -> list[Refused]:
        """Return the refused ones."""
        found: list[Refused] = []
        while rows := self.ask("refused", since=since + len(found))["rows"]:
            found += [Refused(*row) for row in rows]
        return found

    def set_faults(self, **faults: float) -> None:
        """Let these go wrong from now on; what is not named does not."""
        self.ask("faults", **faults)

    def inject(self, updates: list[dict[str, Any]], *, times: tuple[int, int] = (1, 1)) -> list[int]:
        """Queue updates for the bot and return their ids."""
        return [int(one) for one in self.ask("updates", token=TOKEN, updates=updates, times=times)["ids"]]
