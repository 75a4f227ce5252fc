"""The parser's own process: reads jobs from stdin, answers on stdout, dies when a job takes too much."""

import json
import resource
import struct
import sys
from datetime import UTC, datetime
from typing import BinaryIO

from sharebot.errors import PermanentError
from sharebot.sources.codec import encode
from sharebot.sources.feed_json import parse_json
from sharebot.sources.feed_xml import parse_xml
from sharebot.sources.page_html import parse_page
from sharebot.values.feeds import Feed, Page

CPU_SECONDS = 5
MEMORY_BYTES = 768 * 1024 * 1024
_LENGTH = struct.Struct(">I")


def main() -> None:
    """Serve jobs until stdin ends."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    memory = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (head := _read(source)) is not None:
        body = _read(source) or b""
        _allow_cpu()
        try:
            answer = b"+" + encode(_parse(json.loads(head), body))
        except PermanentError as error:
            answer = b"-" + str(error).encode()
        except MemoryError:
            answer = b"-parser memory limit"
        except Exception as error:
            # Whatever a hostile document makes a parser raise, the next document is served.
            answer = b"-cannot be parsed: " + type(error).__name__.encode()
        sink.write(_LENGTH.pack(len(answer)) + answer)
        sink.flush()


def _parse(job: dict[str, str], body: bytes) -> Feed | Page:
    content_type, url = job["content_type"], job["url"]
    if job["what"] == "page":
        return parse_page(body, url=url, content_type=content_type)
    start, now = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1], datetime.now(UTC)
    if start == b"{" or ("json" in content_type and start != b"<"):
        return parse_json(body, url=url, now=now)
    return parse_xml(body, url=url, content_type=content_type, now=now)


def _allow_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _read(source: BinaryIO) -> bytes | None:
    length = source.read(_LENGTH.size)
    return source.read(_LENGTH.unpack(length)[0]) if length else None


if __name__ == "__main__":
    main()
