"""A loop whose seconds are short, for what has to wait half a minute."""

import asyncio
import selectors

TIMES = 10  # as many of its seconds pass in one of ours


class _Selector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout / TIMES if timeout else timeout)


class HurriedLoop(asyncio.SelectorEventLoop):
    """Every wait of the code under test, and of the stand-ins beside it, takes a tenth of its time."""

    def __init__(self) -> None:
        super().__init__(_Selector())

    def time(self) -> float:
        return super().time() * TIMES
