"""Read once what the parts of a page ask for each on its own, knowing nothing of each other."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlmodel import Session

T = TypeVar("T")


def once(session: Session, key: Hashable, load: Callable[[], T]) -> T:
    """Return what `load` reads: in a reading transaction the first answer, which nobody may change, holds to its end.

    In a writing one it is read afresh each time.
    """
    if session.get_bind().get_execution_options().get("writing", True):
        return load()
    kept = session.info.setdefault("read", {})
    if key not in kept:
        kept[key] = load()
    found: T = kept[key]
    return found
