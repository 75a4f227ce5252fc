"""Parse foreign documents in child processes with limits, so that none can stall or fill ours."""

import asyncio
import contextlib
import json
import os
import signal
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from sharebot.errors import PermanentError
from sharebot.sources.codec import decode_feed, decode_page
from sharebot.values.feeds import Feed, Page

WALL_SECONDS = 15
_LENGTH = struct.Struct(">I")


class ParserPool:
    """A few parser processes, started when first needed; one that dies is replaced by the next job.

    `parses` counts the documents handed over since the start.
    """

    def __init__(self, *, size: int | None = None) -> None:
        self._idle: asyncio.LifoQueue[Process | None] = asyncio.LifoQueue()
        for _ in range(size or min(2, os.cpu_count() or 1)):
            self._idle.put_nowait(None)
        self._running: set[Process] = set()
        self.parses = 0

    async def parse_feed(self, body: bytes, *, url: str, content_type: str) -> Feed:
        """Parse a feed. Raises PermanentError when it is none or exceeds a limit (5 s of CPU, 768 MB)."""
        return decode_feed(await self._ask("feed", body, url, content_type))

    async def parse_page(self, body: bytes, *, url: str, content_type: str) -> Page:
        """Parse a web page. Raises PermanentError like `parse_feed`."""
        return decode_page(await self._ask("page", body, url, content_type))

    async def aclose(self) -> None:
        """End all parser processes."""
        for process in list(self._running):
            await self._end(process)

    async def _ask(self, what: str, body: bytes, url: str, content_type: str) -> bytes:
        self.parses += 1
        head = json.dumps({"what": what, "url": url, "content_type": content_type}).encode()
        process = await self._idle.get()
        try:
            if process is None or process.returncode is not None:
                process = await self._start()
            answer = await _converse(process, head, body)
        except BaseException:
            if process is not None:
                await self._end(process)
            process = None
            raise
        finally:
            self._idle.put_nowait(process)
        if answer[:1] == b"-":
            raise PermanentError(answer[1:].decode())
        return answer[1:]

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sharebot.sources.parser_child",
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath},
        )  # fmt: skip
        self._running.add(process)
        return process

    async def _end(self, process: Process) -> None:
        self._running.discard(process)
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _converse(process: Process, head: bytes, body: bytes) -> bytes:
    try:
        async with asyncio.timeout(WALL_SECONDS):
            return await _exchange(process, head, body)
    except TimeoutError:
        raise PermanentError("parser time limit") from None
    except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError):
        ended_by = await _signal_of(process)
        limit = "time" if ended_by == signal.SIGXCPU else "memory"
        raise PermanentError(f"parser {limit} limit") from None


async def _exchange(process: Process, head: bytes, body: bytes) -> bytes:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
    process.stdin.writelines([_LENGTH.pack(len(head)), head, _LENGTH.pack(len(body)), body])
    await process.stdin.drain()
    length = await process.stdout.readexactly(_LENGTH.size)
    return await process.stdout.readexactly(_LENGTH.unpack(length)[0])


async def _signal_of(process: Process) -> int:
    """Return the signal that ended a process whose pipes are closed."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            return -await process.wait()
    return 0
