"""Bad days on demand: what the Bot API answers to the next calls that match."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["answer", "drop_before", "drop_after", "slow"]


@dataclass(slots=True)
class Fault:
    """Apply to the next `times` calls of `method` (any when empty) to `chat_id` (any when None).

    `answer` answers `status` with `body` (JSON when it starts with a brace), `drop_before` and `drop_after`
    break the connection before or after the call took effect, `slow` waits `seconds` first.
    """

    kind: Kind
    times: int = 1
    method: str = ""
    chat_id: int | None = None
    status: int = 500
    body: str = "<html>Bad Gateway</html>"
    seconds: float = 0

    def matches(self, method: str, chat_id: object) -> bool:
        """Whether it applies to this call."""
        return (
            self.times > 0
            and self.method in {"", method}
            and (self.chat_id is None or str(self.chat_id) == str(chat_id))
        )


def take_fault(faults: Iterable[Fault], method: str, chat_id: object) -> Fault | None:
    """Use up one time of the first fault that matches."""
    for fault in faults:
        if fault.matches(method, chat_id):
            fault.times -= 1
            return fault
    return None
