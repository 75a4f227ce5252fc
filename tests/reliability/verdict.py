"""Compare what the database believes with what the stand-in accepted."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.installation import OPEN, Installation
from tests.reliability.processes import Process
from tests.reliability.standin import Accepted

MARK = "Sent again"
_TITLE = re.compile(r"<b>(Item \d+)</b>")


@dataclass(slots=True)
class Proof:
    """What a driver found: figures, and the promises that did not hold."""

    name: str
    seed: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def hold(self, promise: str, holds: bool, *seen: object) -> None:
        """Note whether a promise held; `seen` says what was seen instead."""
        if not holds:
            self.broken.append(": ".join([promise, *map(str, seen)]))

    @property
    def is_good(self) -> bool:
        """Whether everything held."""
        return not self.broken

    def to_json(self) -> dict[str, Any]:
        """Return it for a report."""
        return {"name": self.name, "ok": self.is_good, "seed": self.seed, "broken": self.broken, **self.figures}


def copies_of(messages: Sequence[Accepted]) -> dict[tuple[int, str], list[Accepted]]:
    """Return the accepted copies of each item in each chat, in order."""
    copies: dict[tuple[int, str], list[Accepted]] = defaultdict(list)
    for message in messages:
        title = _TITLE.search(message.text)
        if title:
            copies[message.chat_id, title[1]].append(message)
    return copies


def judge(proof: Proof, installation: Installation, messages: Sequence[Accepted], *, extras_allowed: int) -> None:
    """Hold the promises about deliveries: none lost or stuck, in order, copies bounded, flagged and marked."""
    copies = copies_of(messages)
    rows = installation.query(
        "SELECT officer_id, entry_id, status, copies FROM delivery WHERE kind = 'item' ORDER BY id"
    )
    keys = [(installation.chats[row.officer_id], installation.titles[row.entry_id]) for row in rows]
    counted = [(row, copies.get(key, [])) for row, key in zip(rows, keys, strict=True)]
    extras = sum(max(0, len(seen) - 1) for _, seen in counted)
    found = {
        "deliveries": len(rows),
        "accepted": len(messages),
        "unseen": sum(1 for row, seen in counted if row.status == "sent" and not seen),
        "lost": sum(1 for row, seen in counted if not seen and row.status != "needs_review"),
        "stuck": sum(row.status in OPEN for row in rows),
        "unmarked": sum(MARK not in copy.text for _, seen in counted for copy in seen[1:]),
        "unflagged": sum(row.copies < len(seen) for row, seen in counted),
        "strangers": len(set(copies) - set(keys)),
    }
    most, disorder = max((len(seen) for _, seen in counted), default=0), count_disorder(installation, messages)
    wanted = sum(installation.audience.values())
    proof.figures |= found | {
        "extra_copies": extras,
        "extra_copies_allowed": extras_allowed,
        "most_copies": most,
        "out_of_order": disorder,
        "statuses": dict(Counter(row.status for row in rows)),
    }
    proof.hold("every release wrote all of its deliveries", len(rows) == wanted, f"{len(rows)} of {wanted}")
    for name in ("unseen", "lost", "stuck", "unmarked", "unflagged", "strangers"):
        proof.hold(f"{name} is 0", found[name] == 0, found[name])
    proof.hold("at most 2 copies of a delivery", most <= 2, most)
    proof.hold("the order of each chat is kept", disorder == 0, disorder)
    proof.hold("extra copies are bounded", extras <= extras_allowed, f"{extras} > {extras_allowed}")


def count_disorder(installation: Installation, messages: Sequence[Accepted]) -> int:
    """Count the first copies that came after a later delivery in the same chat."""
    rows = installation.query("SELECT id, officer_id, entry_id FROM delivery WHERE kind = 'item'")
    places = {(installation.chats[row.officer_id], installation.titles[row.entry_id]): row.id for row in rows}
    latest: dict[int, int] = {}
    wrong = 0
    for key, seen in sorted(copies_of(messages).items(), key=lambda one: one[1][0].at):
        if key in places and MARK not in seen[0].text:
            wrong += places[key] < latest.get(key[0], 0)
            latest[key[0]] = max(places[key], latest.get(key[0], 0))
    return wrong


def judge_starts(proof: Proof, starts: Mapping[Process, float], messages: Sequence[Accepted], *, within: float) -> None:
    """Hold that a process that had work soon sent its first message; `starts` says when each one ended."""
    seconds = []
    for process, ended_at in starts.items():
        first = next((one.at for one in messages if one.at > process.started_at), ended_at)
        if first < ended_at or ended_at - process.started_at > within:
            seconds.append(min(first, ended_at) - process.started_at)
    proof.figures["first_message_s"] = {"worst": round(max(seconds), 2), "of": len(seconds)} if seconds else None
    worst = max(seconds, default=0.0)
    proof.hold(f"the first message within {within:.0f} s", worst <= within, worst)


def judge_resumptions(proof: Proof, moments: Sequence[float], messages: Sequence[Accepted], *, within: float) -> None:
    """Hold that sending went on soon after the database was back."""
    never = float("inf")
    seconds = [next((one.at for one in messages if one.at > at), never) - at for at in moments]
    if seconds:
        proof.figures["after_the_database_s"] = {"worst": round(max(seconds), 2), "of": len(seconds)}
    worst = max(seconds, default=0.0)
    proof.hold(f"sending goes on within {within:.0f} s", worst <= within, worst)
