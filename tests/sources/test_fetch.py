"""The fetcher against a real server: what it asks, what it takes, and what it says."""

import asyncio
import gzip
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.sources import fetch
from sharebot.sources.fetch import Fetcher, parse_retry_after
from tests.sources.site import Reply


async def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(PermanentError) as caught:
        await fetcher.get(url)
    return str(caught.value)


async def test_a_page_comes_back_with_its_headers_and_body(site, fetcher):
    site.pages["/"] = Reply(b"hello", headers={"Content-Type": "Text/HTML; charset=utf-8", "ETag": '"1"'})
    response = await fetcher.get(site.url())
    assert (response.status, response.body, response.content_type) == (200, b"hello", "text/html")
    assert response.headers["etag"] == '"1"'
    assert response.moved_to is None


async def test_it_names_itself_and_asks_for_gzip_only(site, fetcher):
    site.pages["/"] = Reply(b"x")
    await fetcher.get(site.url(), headers={"If-None-Match": '"1"'})
    sent = site.asked[0].headers
    assert sent["accept-encoding"] == "gzip"
    assert sent["user-agent"].startswith("sharebot/")
    assert sent["if-none-match"] == '"1"'
    assert sent["host"] == site.place


async def test_connections_are_kept(site, fetcher):
    site.pages["/"] = Reply(b"x")
    for _ in range(3):
        await fetcher.get(site.url())
    assert site.connections == 1


async def test_a_name_whose_first_address_is_silent_is_reached_at_the_second(site, names):
    names["feeds.test"] = ["127.0.0.2", "127.0.0.1"]  # nothing listens on the first
    site.pages["/"] = Reply(b"x")
    fetcher = Fetcher(allowed=frozenset({f"feeds.test:{site.port}"}))
    assert (await fetcher.get(f"http://feeds.test:{site.port}/")).body == b"x"
    await fetcher.aclose()


# F9, F10, F11, F25, F26, F27: bodies


async def test_a_gzip_body_is_unpacked(site, fetcher):
    site.pages["/"] = Reply(gzip.compress(b"words " * 1000), headers={"Content-Encoding": "GZIP"})
    assert (await fetcher.get(site.url())).body == b"words " * 1000


async def test_a_gzip_bomb_is_stopped(site, fetcher):
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(64)) + packer.flush()
    site.pages["/"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    assert await refusal(fetcher, site.url()) == "too large when unpacked"


async def test_exactly_the_largest_body_still_passes(site, fetcher):
    site.pages["/"] = Reply(gzip.compress(b"\0" * fetch.MAX_BYTES), headers={"Content-Encoding": "gzip"})
    assert len((await fetcher.get(site.url())).body) == fetch.MAX_BYTES


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "x-gzip"])
async def test_other_and_stacked_encodings_are_refused(site, fetcher, encoding):
    site.pages["/"] = Reply(gzip.compress(gzip.compress(b"x")), headers={"Content-Encoding": encoding})
    assert await refusal(fetcher, site.url()) == f"unsupported encoding: {encoding}"


@pytest.mark.parametrize(
    "body", [b"no gzip at all", gzip.compress(b"words " * 1000)[:-20]], ids=["no gzip at all", "cut short"]
)
async def test_a_damaged_gzip_body_may_be_whole_next_time(site, fetcher, body):
    site.pages["/"] = Reply(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TemporaryError, match="damaged gzip body"):
        await fetcher.get(site.url())


async def test_a_304_that_claims_gzip_has_no_body_to_unpack(site, fetcher):
    site.pages["/"] = Reply(status=304, headers={"Content-Encoding": "gzip"})
    assert (await fetcher.get(site.url())).status == 304


async def test_an_endless_body_is_cut(site, fetcher):
    async def pour(_asked, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()

    site.pages["/"] = pour
    assert await refusal(fetcher, site.url()) == "too large"


async def test_a_length_that_lies_is_found_out(site, fetcher):
    async def cut_off(_asked, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort")

    site.pages["/"] = cut_off
    with pytest.raises(TemporaryError, match="network: RemoteProtocolError"):
        await fetcher.get(site.url())


async def test_a_body_that_drips_is_cut_at_the_time_limit(site, fetcher, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.2)

    async def drip(_asked, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.02)

    site.pages["/"] = drip
    with pytest.raises(TemporaryError, match="no complete answer within"):
        await fetcher.get(site.url())


async def test_after_a_refused_body_the_connection_is_not_used_again(site, fetcher):
    site.pages["/bad"] = Reply(b"x" * 100, headers={"Content-Encoding": "br"})
    site.pages["/good"] = Reply(b"fine")
    await refusal(fetcher, site.url("/bad"))
    assert (await fetcher.get(site.url("/good"))).body == b"fine"


async def test_a_refused_connection_and_noise_instead_of_http_are_temporary(site, fetcher):
    async def noise(_asked, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    site.pages["/"] = noise
    with pytest.raises(TemporaryError, match="network: RemoteProtocolError"):
        await fetcher.get(site.url())
    await site.stop()
    with pytest.raises(TemporaryError, match="network: ConnectError"):
        await Fetcher(allowed=frozenset({site.place})).get(site.url())


# F4: answers that ask for patience


async def test_too_many_requests_carries_the_wait(site, fetcher):
    site.pages["/"] = Reply(status=429, headers={"Retry-After": "3600"})
    with pytest.raises(RateLimited) as caught:
        await fetcher.get(site.url())
    assert caught.value.retry_after == timedelta(hours=1)


@pytest.mark.parametrize(("status", "wait"), [(503, timedelta(seconds=120)), (500, None)])
async def test_a_server_error_is_temporary(site, fetcher, status, wait):
    site.pages["/"] = Reply(status=status, headers={"Retry-After": "120"} if wait else {})
    with pytest.raises(TemporaryError, match=rf"server error \({status}\)") as caught:
        await fetcher.get(site.url())
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("text", [None, "", "soon", "-5", "1.5", "²", "٣", "Fri, 99 Feb 2020 99:99:99 GMT"])
def test_a_wait_that_cannot_be_read_is_none(text):
    assert parse_retry_after(text) is None


def test_a_wait_is_never_negative_and_never_longer_than_a_week():
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == timedelta(0)
    assert parse_retry_after("9" * 5000) == timedelta(days=7)
    assert parse_retry_after("Fri, 31 Dec 2199 23:59:59 GMT") == timedelta(days=7)


def test_a_wait_may_be_given_as_a_date():
    then = datetime.now(UTC) + timedelta(hours=2)
    wait = parse_retry_after(format_datetime(then, usegmt=True))
    assert wait
    assert timedelta(hours=1) < wait <= timedelta(hours=2)
