"""Parse foreign documents in child processes with limits, so that none can stall or fill ours."""

import asyncio
import json
import os
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
        process = await self._idle.get()
        try:
            if process is None or process.returncode is not None:
                process = await self._start()
            head = json.dumps({"what": what, "url": url, "content_type": content_type}).encode()
            async with asyncio.timeout(WALL_SECONDS):
                answer = await _converse(process, head, body)
        except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError, TimeoutError):
            await self._drop(process)
            process = None
            raise PermanentError("parser time limit") from None
        except BaseException:
            await self._drop(process)
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

    async def _drop(self, process: Process | None) -> None:
        if process is not None:
            await self._end(process)

    async def _end(self, process: Process) -> None:
        self._running.discard(process)
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _converse(process: Process, head: bytes, body: bytes) -> bytes:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
    process.stdin.write(_LENGTH.pack(len(head)) + head + _LENGTH.pack(len(body)) + body)
    await process.stdin.drain()
    length = await process.stdout.readexactly(_LENGTH.size)
    return await process.stdout.readexactly(_LENGTH.unpack(length)[0])
