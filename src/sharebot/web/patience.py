"""The HTTP protocol of the server, with an end to its patience: whoever drips the head of a request is let go."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S = 10.0  # the body has a limit of its own, in `gate`


class Patient(HttpToolsProtocol):
    """uvicorn's protocol, which by itself waits for the head of a request as long as somebody likes."""

    _hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._calm()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Wait no more: the head is there."""
        self._calm()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._calm()
        self._hurry = self.loop.call_later(HEAD_WITHIN_S, self.transport.abort)

    def _calm(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
