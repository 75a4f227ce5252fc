"""Updates: taps that come one to three times each, while the worker is killed; every one takes effect once."""

import random
import time

from sqlalchemy import text

from tests.reliability.installation import Installation
from tests.reliability.processes import Process
from tests.reliability.standin import TOKEN, Standin
from tests.reliability.strict import chat_json
from tests.reliability.verdict import Proof

_TIMES = (1, 3)
_AT_DELIVERY = 0.5  # of the kills: when updates have just been fetched
_PAUSE = 3.0


class UpdateRounds:
    """Rounds of taps, one kill each. A quarter of the taps are "I'll take it" before the same item's "Shared"."""

    def __init__(self, installation: Installation, standin: Standin, *, seed: int) -> None:
        self.installation, self.standin = installation, standin
        self.random = random.Random(seed)  # noqa: S311 - repeatable
        self.proof = Proof("updates", seed)
        self.kills = self.sent = self.shared = 0

    def run(self, kills: int, updates: int) -> Proof:
        """Run the rounds, let a last worker take what is left, and judge."""
        began = time.monotonic()
        self.standin.ask("reset", seed=self.proof.seed)
        taken_first = updates // 4
        self.installation.seat(updates - taken_first)
        for _ in range(kills):
            self._inject(taken_first)
            worker = self.installation.start(ready=False)
            self._wait_for_delivery() if self.random.random() < _AT_DELIVERY else self._wait(updates)
            self.kills += worker.is_running
            worker.kill()
        self._finish(timeout=60 + kills * updates / 5)
        self._judge()
        self.proof.figures["seconds"] = round(time.monotonic() - began, 1)
        return self.proof

    def _inject(self, taken_first: int) -> None:
        """Let every officer have a message of a new item, and tap on it."""
        self.installation.release()
        mark_all_sent(self.installation)
        rows = self.installation.query(
            "SELECT id, officer_id, message_id FROM delivery WHERE entry_id = (SELECT max(id) FROM queue_entry)"
        )
        taps = []
        for number, row in enumerate(rows):
            chat = self.installation.chats[row.officer_id]
            verbs = ("t", "s") if number < taken_first else ("s",)
            taps += [tap(chat, row.message_id, f"{verb}:{row.id}:") for verb in verbs]
        self.standin.inject(taps, times=_TIMES)
        self.sent += len(taps)
        self.shared += len(rows)

    def _count(self, name: str) -> int:
        return int(self.standin.state()["counts"].get(name, 0))

    def _wait_for_delivery(self) -> None:
        """Wait until updates are fetched, and a moment in which they may or may not be stored."""
        self.standin.wait_for_count("updates_delivered", self._count("updates_delivered"), timeout=_PAUSE)
        time.sleep(self.random.expovariate(1 / 0.003))

    def _wait(self, updates: int) -> None:
        """Wait for some answered taps, or until nothing more comes; and a random moment more."""
        last = self._count("answerCallbackQuery")
        wanted = last + self.random.randint(0, updates)
        while last < wanted:
            now = self.standin.wait_for_count("answerCallbackQuery", last, timeout=_PAUSE)
            if now == last:
                break
            last = now
        time.sleep(self.random.uniform(0, 0.005))

    def _finish(self, *, timeout: float) -> None:
        worker = self.installation.start()
        deadline = time.monotonic() + timeout
        while self._left() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.proof.hold("every update was taken at the end", not self._left(), _tail(worker))
        worker.stop()

    def _left(self) -> int:
        """Count the updates that wait at the stand-in, or are stored and not done."""
        stored = self.installation.query("SELECT count(*) FROM inbox_update WHERE done_at IS NULL")[0][0]
        return int(self.standin.state()["pending_updates"]) + int(stored)

    def _judge(self) -> None:
        ask = self.installation.query
        counts = self.standin.state()["counts"]
        answers = {row[0]: row[1] for row in ask("SELECT kind, count(*) FROM answer GROUP BY kind")}
        stored = ask("SELECT count(*), sum(CASE WHEN error IS NULL THEN 0 ELSE 1 END) FROM inbox_update")[0]
        figures = {
            "kills": self.kills,
            "updates": self.sent,
            "delivered": counts.get("updates_delivered", 0),
            "delivered_again": counts.get("updates_repeated", 0),
            "stored": stored[0],
            "failed": stored[1],
            "answers": answers,
            "reshares": ask("SELECT count(*) FROM reshare")[0][0],
            "taps_answered": counts.get("answerCallbackQuery", 0),
        }
        self.proof.figures |= figures
        self.proof.hold("each update is stored once", stored[0] == self.sent, f"{stored[0]} of {self.sent}")
        self.proof.hold("no update failed", stored[1] == 0, stored[1])
        self.proof.hold("the last tap of each officer holds", answers == {"shared": self.shared}, answers)
        self.proof.hold("one claim for each item and member", figures["reshares"] == self.shared, figures["reshares"])
        # The one that was being taken when the worker died may begin anew; nothing else may.
        most = self.sent + self.kills
        self.proof.hold("each is taken once", self.sent <= figures["taps_answered"] <= most, figures["taps_answered"])


def mark_all_sent(installation: Installation) -> None:
    """Let what is queued have been delivered, without sending it."""
    with installation.database.write() as session:
        sent = "UPDATE delivery SET status = 'sent', copies = 1, message_id = id, sent_at = created_at"
        session.execute(text(f"{sent} WHERE status = 'queued'"))


def tap(chat: int, message_id: int, data: str) -> dict[str, object]:
    """Return the update of a tapped button."""
    person = {"id": chat, "is_bot": False, "first_name": f"Desk {chat}", "language_code": "en"}
    bot = {"id": int(TOKEN.partition(":")[0]), "is_bot": True, "first_name": "sharebot"}
    message = {"message_id": message_id, "date": int(time.time()), "chat": chat_json(chat), "from": bot, "text": "Item"}
    query = {"id": f"{chat}{message_id}{data[0]}", "from": person, "chat_instance": "1", "data": data}
    return {"callback_query": query | {"message": message}}


def _tail(worker: Process) -> str:
    return worker.tail()[-500:]
