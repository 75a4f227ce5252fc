"""A large file comes into a file of ours, or not at all; the rules for addresses are the fetcher's."""

import asyncio
from pathlib import Path

import pytest

from sharebot.errors import PermanentError, SharebotError, TemporaryError
from sharebot.sources.download import download
from sharebot.sources.fetch import MAX_WIRE_BYTES, Fetcher
from tests.sources.site import Action, Asked, Reply, Site, Writer

BODY = bytes(MAX_WIRE_BYTES + 1000)  # more than a feed or page may have


async def test_a_file_larger_than_any_page_comes_whole_through_a_redirect(site: Site, fetcher: Fetcher, tmp_path: Path):
    site.pages["/old"] = Reply(b"moved", 302, {"Location": "/film.mp4"})
    site.pages["/film.mp4"] = Reply(BODY, headers={"Content-Type": "video/mp4"})
    answer = await download(fetcher, site.url("/old"), tmp_path / "film", most_bytes=len(BODY))
    assert answer.content_type == "video/mp4"
    assert (tmp_path / "film").read_bytes() == BODY
    assert site.asked[-1].headers["accept-encoding"] == "identity"


async def endless(_asked: Asked, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(1000):
        writer.write(bytes(10_000))
        await writer.drain()


async def dripping(_asked: Asked, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12")
    await writer.drain()
    await asyncio.sleep(30)  # it is cut off long before


REFUSED: dict[str, tuple[Reply | Action, type[SharebotError], str]] = {
    "/announced": (Reply(bytes(100_001)), PermanentError, "too large"),
    "/endless": (endless, PermanentError, "too large"),
    "/packed": (Reply(b"x", headers={"Content-Encoding": "gzip"}), PermanentError, "packed"),
    "/empty": (Reply(b""), PermanentError, "no file there"),
    "/gone": (Reply(b"Not found", 404), PermanentError, "no file there"),
    "/broken": (Reply(b"", 503), TemporaryError, "503"),
    "/inside": (Reply(b"", 302, {"Location": "http://127.0.0.1:1/"}), PermanentError, "only https"),
    "/dripping": (dripping, TemporaryError, "within 1 s"),
}


@pytest.mark.parametrize("path", REFUSED)
async def test_what_is_no_fitting_file_is_refused(site: Site, fetcher: Fetcher, tmp_path: Path, path: str):
    site.pages[path], kind, words = REFUSED[path]
    with pytest.raises(SharebotError, match=words) as caught:
        await download(fetcher, site.url(path), tmp_path / "file", most_bytes=100_000, seconds=1)
    assert type(caught.value) is kind
