"""Fetch a large file into a file of ours, under the fetcher's rules and limits of its own."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import httpcore

from sharebot.errors import PermanentError
from sharebot.sources.fetch import Fetcher, Response

SECONDS = 600.0


async def download(fetcher: Fetcher, url: str, path: Path, *, most_bytes: int, seconds: float = SECONDS) -> Response:
    """Write what lies at `url` to `path` as it comes; the response returned has no body.

    Raises what `Fetcher.get` raises, and PermanentError for an answer that is not 200, empty or too large.
    """
    size = 0

    async def read(answer: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        if headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
            raise PermanentError("the file came packed")
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most_bytes:
            raise PermanentError("too large")
        nonlocal size
        size = 0
        with path.open("wb") as file:
            async for chunk in answer.aiter_stream():
                size += len(chunk)
                if size > most_bytes:
                    raise PermanentError("too large")
                await asyncio.to_thread(file.write, chunk)
        return b""

    response = await fetcher.read_with(read, url, seconds=seconds)
    if response.status != 200 or size == 0:
        raise PermanentError(f"no file there ({response.status})")
    return response
