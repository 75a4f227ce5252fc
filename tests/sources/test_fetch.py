"""The fetcher against a real server: what it refuses, and what it says."""

import asyncio
import gzip
import socket
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.sources import fetch
from sharebot.sources.fetch import Fetcher, parse_retry_after
from tests.sources.site import Reply

MIXED = ["93.184.216.34", "10.0.0.1"]


async def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(PermanentError) as caught:
        await fetcher.get(url)
    return str(caught.value)


@pytest.fixture
def names(monkeypatch):
    """Let host names resolve to whatever the test says; the rest of the machine's resolver is not asked."""
    answers: dict[str, list[str]] = {}

    def look_up(host, port, *_, **__):
        found = answers.get(host) or [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


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


# U1, U2, U3: every spelling of a place that is not the open internet


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost", "LOCALHOST",
        "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[fec0::1]",
        "169.254.169.254", "168.63.129.16", "100.64.0.1", "0.0.0.0", "10.1.2.3",
    ],
)  # fmt: skip
async def test_inner_addresses_are_refused_however_they_are_spelled(fetcher, host):
    assert "an address that is not allowed" in await refusal(fetcher, f"https://{host}/")


async def test_a_link_local_address_with_a_zone_is_not_reached(fetcher):
    with pytest.raises((PermanentError, TemporaryError)):
        await fetcher.get("https://[fe80::1%25eth0]/")


async def test_only_the_opted_in_port_of_loopback_is_reached(site, fetcher):
    assert "only https" in await refusal(fetcher, f"http://127.0.0.1:{site.port + 1}/")
    assert "port not allowed" in await refusal(fetcher, f"https://127.0.0.1:{site.port + 1}/")
    assert site.connections == 0


# U4, U5, U16: names


async def test_one_bad_answer_among_good_ones_refuses_the_name(fetcher, names):
    names["mixed.test"] = MIXED
    assert "mixed.test leads to" in await refusal(fetcher, "https://mixed.test/")


async def test_the_first_eight_of_many_answers_are_looked_at(fetcher, names):
    names["many.test"] = ["93.184.216.34"] * 7 + ["127.0.0.1"] + ["93.184.216.34"] * 192
    assert "many.test leads to" in await refusal(fetcher, "https://many.test/")


async def test_a_name_that_changes_its_address_is_looked_at_again(names, site):
    names["rebind.test"] = ["127.0.0.1"]
    opted_in = Fetcher(allowed=frozenset({f"rebind.test:{site.port}"}))
    site.pages["/"] = Reply(b"x")
    assert (await opted_in.get(f"http://rebind.test:{site.port}/")).status == 200
    assert "rebind.test leads to" in await refusal(opted_in, "https://rebind.test/")
    await opted_in.aclose()


async def test_a_name_nobody_knows_may_be_known_later(fetcher, monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(TemporaryError, match=r"gone\.test cannot be found"):
        await fetcher.get("https://gone.test/")


# U6, F28, F29, F32: redirects


async def test_a_redirect_to_an_inner_address_is_refused_at_the_second_hop(site, fetcher):
    site.pages["/"] = Reply(status=302, headers={"Location": "https://localhost/"})
    assert "localhost leads to an address that is not allowed" in await refusal(fetcher, site.url())


async def test_a_redirect_to_http_elsewhere_is_refused(site, fetcher):
    site.pages["/"] = Reply(status=302, headers={"Location": "http://localhost/"})
    assert await refusal(fetcher, site.url()) == "only https is allowed"


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
async def test_https_never_leads_back_to_http(site, secure_site, trusted, scheme):
    secure_site.pages["/"] = Reply(status=302, headers={"Location": f"{scheme}://{site.place}/"})
    fetcher = Fetcher(allowed=frozenset({site.place, secure_site.place}))
    assert await refusal(fetcher, secure_site.url()) == "redirect from https to http refused"
    assert site.connections == 0
    await fetcher.aclose()


async def test_a_loop_of_redirects_ends_after_three(site, fetcher):
    site.pages["/"] = Reply(status=302, headers={"Location": "/"})
    assert await refusal(fetcher, site.url()) == "too many redirects"
    assert len(site.asked) == 4


async def test_three_redirects_are_followed(site, fetcher):
    for step in range(3):
        site.pages[f"/{step}"] = Reply(status=302, headers={"Location": f"/{step + 1}"})
    site.pages["/3"] = Reply(b"there")
    response = await fetcher.get(site.url("/0"))
    assert (response.body, response.url, response.moved_to) == (b"there", site.url("/3"), None)


@pytest.mark.parametrize(
    ("first", "second", "moved"), [(301, 308, True), (301, 302, False), (307, 301, False)]
)
async def test_only_permanent_redirects_say_that_a_feed_has_moved(site, fetcher, first, second, moved):
    site.pages["/a"] = Reply(status=first, headers={"Location": "/b"})
    site.pages["/b"] = Reply(status=second, headers={"Location": "/c"})
    site.pages["/c"] = Reply(b"x")
    response = await fetcher.get(site.url("/a"))
    assert response.moved_to == (site.url("/c") if moved else None)


async def test_a_redirect_written_in_raw_utf8_is_followed(site, fetcher):
    site.pages["/"] = Reply(status=302, headers={"Location": "/élan vital"})
    site.pages["/%C3%A9lan%20vital"] = Reply(b"x")
    assert (await fetcher.get(site.url())).body == b"x"


# U7 to U13: addresses that are refused unseen


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://a@127.0.0.1/", "a name or password in the address is not allowed"),
        ("https://:p@example.org/", "a name or password in the address is not allowed"),
        ("https://127.0.0.1\\@example.org/", "address has characters that are not allowed"),
        ("https://example.org/ x", "address has characters that are not allowed"),
        ("https://example.org/\r\nHost: evil", "address has characters that are not allowed"),
        ("https://①②⑦.⓪.⓪.①/", "address has characters that are not allowed"),
        ("https://exаmple.org/", "address has characters that are not allowed"),  # a Cyrillic а
        ("https://example.org:22/", "port not allowed"),
        ("https://example.org:6379/", "port not allowed"),
        ("http://example.org/", "only https is allowed"),
        ("file:///etc/passwd", "scheme not allowed: file"),
        ("gopher://example.org/", "scheme not allowed: gopher"),
        ("ftp://example.org/", "scheme not allowed: ftp"),
        ("http+unix://%2Fvar%2Frun%2Fdocker.sock/", "scheme not allowed: http+unix"),
        ("//example.org/", "scheme not allowed: none"),
        ("https:///path", "scheme not allowed: https"),
        ("https://[::1/", "not a web address"),
        ("https://example.org:port/", "not a web address"),
        ("https://example.org/" + "a" * 4096, "address too long"),
    ],
)
async def test_an_address_is_refused_with_its_reason(fetcher, url, why):
    assert await refusal(fetcher, url) == why


async def test_our_own_pages_are_not_fetched(site):
    fetcher = Fetcher(
        allowed=frozenset({site.place}), refused_hosts=frozenset({"127.0.0.1", "go.example.org"})
    )
    assert await refusal(fetcher, site.url()) == "our own address is not fetched"
    assert await refusal(fetcher, "https://GO.example.org./x") == "our own address is not fetched"
    assert site.connections == 0


async def test_an_address_with_letters_outside_ascii_in_its_path_is_encoded(site, fetcher):
    site.pages["/%CE%BD%CE%AD%CE%B1?q=%C3%A9"] = Reply(b"x")
    assert (await fetcher.get(site.url("/νέα?q=é"))).body == b"x"


# U14, U15


async def test_proxy_settings_are_ignored(site, fetcher, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/"] = Reply(b"direct")
    assert (await fetcher.get(site.url())).body == b"direct"


async def test_a_certificate_nobody_signed_is_refused(secure_site):
    fetcher = Fetcher(allowed=frozenset({secure_site.place}))
    assert (await refusal(fetcher, secure_site.url())).startswith("certificate not accepted")
    await fetcher.aclose()


async def test_a_certificate_that_is_trusted_is_accepted(secure_site, trusted):
    secure_site.pages["/"] = Reply(b"safe")
    fetcher = Fetcher(allowed=frozenset({secure_site.place}))
    assert (await fetcher.get(secure_site.url())).body == b"safe"
    await fetcher.aclose()


async def test_a_certificate_of_another_name_is_refused(secure_site, trusted, names):
    names["other.test"] = ["127.0.0.1"]
    fetcher = Fetcher(allowed=frozenset({f"other.test:{secure_site.port}"}))
    url = f"https://other.test:{secure_site.port}/"
    assert (await refusal(fetcher, url)).startswith("certificate not accepted")
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


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"words " * 1000)[:-20]])
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
