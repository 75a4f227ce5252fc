"""All addresses of one page have one form, and no address of another page has it."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.values.page_urls import normalise_url, trim_marks


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        (
            "http://WWW.Alliance.Example:80/A/B/?b=2&a=1&utm_Source=x#frag",
            "https://alliance.example/A/B?a=1&b=2",
        ),
        ("https://alliance.example./", "https://alliance.example"),
        ("https://alliance.example:8443/a", "https://alliance.example:8443/a"),
        ("https://alliance.example/caf%c3%a9", "https://alliance.example/caf%C3%A9"),
        ("https://alliance.example/café", "https://alliance.example/caf%C3%A9"),
        ("https://alliance.example/%7Ea", "https://alliance.example/~a"),
        ("https://alliance.example/a/amp/", "https://alliance.example/a"),
        ("https://alliance.example/?q=a+b", "https://alliance.example?q=a%20b"),
        ("https://alliance.example/?site=2&size=3&sid=4", "https://alliance.example?sid=4&site=2&size=3"),
        ("https://münchen.example/a", "https://xn--mnchen-3ya.example/a"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://m.youtube.com/watch?t=5&v=dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("ftp://alliance.example/", None),
        ("https://", None),
        ("https://user@alliance.example/", None),
        ("https://alliance.example/a b", None),
        ("https://alliance.example\\@evil.example/", None),
        ("https://alliance.example/\n", None),
        ("https://alliance.example:99999/", None),
        ("https://alliance.example/" + "x" * 2048, None),
        ("https://a..example/", None),
        ("not a link", None),
    ],
)
def test_an_address_has_one_form(url: str, plain: str | None) -> None:
    assert normalise_url(url) == plain


@given(
    st.one_of(st.text(max_size=60), st.text("/?&=#%.:+~abcAMP2f\u00e9", max_size=60)).map("https://a.example/{}".format)
    | st.text(max_size=60).map("https://{}".format)
)
def test_a_normalised_address_stays_as_it_is(url: str) -> None:
    plain = normalise_url(url)
    if plain and len(plain) <= 2048:
        assert normalise_url(plain) == plain


PAGE = "https://alliance.example/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.alliance.example/a",
        "http://m.alliance.example/a/",
        "https://mobile.alliance.example/a",
        "https://amp.alliance.example/a",
        "https://www.alliance.example/amp/a",
        "https://alliance.example/a/amp",
        "https://alliance.example/a?amp=1",
        "https://alliance.example/a?outputType=amp",
        "https://alliance.example/a/index.html",
        "https://alliance.example//a",
        "https://alliance.example/b/../a",
        "https://alliance.example:443/a#top",
        "https://alliance.example/a).",
        "https://alliance.example/a。",
        "https://alliance.example/a」、",
        "https://alliance.example/a؟",
        "https://alliance.example/a।",
        "https://alliance.example/a”",
        "https://alliance.example/a👇",
        "https://alliance.example/a%E3%80%82",
        "https://alliance.example/a?utm_id=1&gad_source=1&mibextid=Zx&igsh=1&ysclid=2&_gl=3&mtm_cid=4&vero_id=5&xtor=6",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Falliance.example%2Fa%3Ffbclid%3Dx&h=AT1",
        "https://lm.facebook.com/l.php?u=https%3A%2F%2Falliance.example%2Fa&h=AT1",
        "https://l.instagram.com/?u=https%3A%2F%2Falliance.example%2Fa&e=AT1",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Falliance.example%2Fa&usg=x",
        "https://www.google.co.uk/url?q=https://alliance.example/a",
        "https://t.umblr.com/redirect?z=https%3A%2F%2Falliance.example%2Fa&t=x",
        "https://out.reddit.com/t3_abc?url=https%3A%2F%2Falliance.example%2Fa&token=x",
        "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Falliance.example%2Fa",
        "https://go.bsky.app/redirect?u=https%3A%2F%2Falliance.example%2Fa",
        "https://www.youtube.com/redirect?event=comments&q=https%3A%2F%2Falliance.example%2Fa",
        "https://alliance-example.cdn.ampproject.org/c/s/alliance.example/a",
        "https://cdn.ampproject.org/v/s/alliance.example/a?amp=1",
        "https://www.google.com/amp/s/alliance.example/a",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Falliance.example%252Fa",
    ],
)
def test_every_address_of_a_page_has_the_pages_form(url: str) -> None:
    assert normalise_url(url) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://alliance.example.evil.example/a",
        "https://evil.example/https://alliance.example/a",
        "https://evil.example/l.php?u=https%3A%2F%2Falliance.example%2Fa",
        "https://l.facebook.com.evil.example/l.php?u=https%3A%2F%2Falliance.example%2Fa",
        "https://google.com@evil.example/url?q=https://alliance.example/a",
        "https://alliance.example@evil.example/a",
        "https://аlliance.example/a",
        "https://alliancе.example/a",
        "https://allianςe.example/a",
        "https://alliance.example:8443/a",
        "https://alliance.example/A",
        "https://alliance.example/a?id=1",
        "https://l.facebook.com/l.php?u=javascript%3Aalert(1)",
    ],
)
def test_no_other_address_has_it(url: str) -> None:
    assert normalise_url(url) != PAGE


def test_the_sharp_s_is_a_letter_of_its_own_as_in_browsers() -> None:
    assert normalise_url("https://progreßive.example/") == "https://xn--progreive-l1a.example"
    assert normalise_url("https://progressive.example/") == "https://progressive.example"


def test_what_is_wrapped_oftener_than_twice_stays_wrapped() -> None:
    once = "https://www.google.com/url?q=https%3A%2F%2Falliance.example%2Fa"
    twice = f"https://www.google.com/url?q={quote(once, safe='')}"
    thrice = f"https://www.google.com/url?q={quote(twice, safe='')}"
    assert normalise_url(twice) == PAGE
    assert (normalise_url(thrice) or "").startswith("https://google.com/url?q=")


def test_brackets_that_belong_to_an_address_stay() -> None:
    assert trim_marks("https://alliance.example/a_(b)") == "https://alliance.example/a_(b)"
    assert trim_marks("https://alliance.example/a_(b)).") == "https://alliance.example/a_(b)"


WRAPPERS = ("https://l.facebook.com/l.php?u=", "https://google.com/url?q=", "https://cdn.ampproject.org/c/s/", "")
PIECES = st.text("/?&=#%.:+~abcAMP2f\u00e9\u3002)(」@\u0430[]", max_size=40)


@given(st.sampled_from(WRAPPERS), st.sampled_from(WRAPPERS), PIECES | st.text(max_size=60))
def test_any_address_is_read_without_an_error_and_its_form_is_final(one: str, two: str, rest: str) -> None:
    for url in (
        rest,
        f"{one}{two}https://a.example/{rest}",
        f"{one}{quote(f'{two}https://{rest}', safe='', errors='replace')}",
    ):
        plain = normalise_url(url)
        assert plain is None or normalise_url(plain) == plain
