"""The fetcher against a real server: where it goes and where it does not."""

import socket

import pytest

from sharebot.errors import PermanentError, TemporaryError
from sharebot.sources.fetch import Fetcher
from tests.sources.site import Reply

MIXED = ["93.184.216.34", "10.0.0.1"]


async def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(PermanentError) as caught:
        await fetcher.get(url)
    return str(caught.value)


# U1, U2, U3: every spelling of a place that is not the open internet


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost", "LOCALHOST",
        "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[fec0::1]",
        "169.254.169.254", "168.63.129.16", "100.64.0.1", "10.1.2.3",
        "0.0.0.0",  # noqa: S104 - it is refused
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


@pytest.mark.parametrize(("first", "second", "moved"), [(301, 308, True), (301, 302, False), (307, 301, False)])
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
    fetcher = Fetcher(allowed=frozenset({site.place}), refused_hosts=frozenset({"127.0.0.1", "go.example.org"}))
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
