"""Which links are no post of a party's, as their address alone tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.own_links import Own, find_objection, is_public
from sharebot.rules.pasted_links import find_links, recognise
from sharebot.values.posts import Objection
from sharebot.values.status import Network

OWN = Own(
    short_base="https://links.alliance.example/r",
    hosts=("alliance.example",),
    pages=("https://partner.example/story",),
    accounts=((Network.X, "thealliance"), (Network.BLUESKY, "alliance.example"), (Network.TELEGRAM, "alliancenews")),
    posts=((Network.YOUTUBE, "dQw4w9WgXcQ"), (Network.BLUESKY, "at://did:plc:own/app.bsky.feed.post/3k")),
)


@pytest.mark.parametrize(
    ("url", "objection"),
    [
        # our own
        ("https://links.alliance.example/r/Ab3dEf6hIj", Objection.OUR_LINK),
        ("http://LINKS.alliance.example/r/Ab3dEf6hIj/?utm_source=x", Objection.OUR_LINK),
        ("https://links.alliance.example/r/Ab3dEf6hIj/x", Objection.OUR_LINK),
        ("https://links.alliance.example/research", Objection.OUR_PAGE),
        ("https://alliance.example/a", Objection.OUR_PAGE),
        ("https://www.alliance.example/fr/a?x=1", Objection.OUR_PAGE),
        ("https://partner.example/story/?utm_medium=x", Objection.OUR_PAGE),
        ("https://partner.example/other", None),
        ("https://alliance.example.evil.example/a", None),
        ("https://notalliance.example/a", None),
        ("https://x.com/TheAlliance/status/12", Objection.OUR_POST),
        ("https://bsky.app/profile/Alliance.example/post/3k", Objection.OUR_POST),
        ("https://bsky.app/profile/did:plc:own/post/3k", Objection.OUR_POST),
        ("https://t.me/AllianceNews/7", Objection.OUR_POST),
        ("https://youtu.be/dQw4w9WgXcQ", Objection.OUR_POST),
        ("https://youtu.be/aaaaaaaaaaa", None),
        # profiles and front pages
        ("https://x.com/north", Objection.NO_POST),
        ("https://x.com/home", Objection.NO_POST),
        ("https://x.com/", Objection.NO_POST),
        ("https://x.com", Objection.NO_POST),
        ("https://www.facebook.com/party.north", Objection.NO_POST),
        ("https://www.facebook.com/sharer/sharer.php?u=x", Objection.NO_POST),
        ("https://x.com/intent/tweet?text=x", Objection.NO_POST),
        ("https://t.me/share/url?url=x", Objection.NO_POST),
        ("https://www.instagram.com/party.north/", Objection.NO_POST),
        ("https://www.linkedin.com/company/party-north/posts/", Objection.NO_POST),
        ("https://bsky.app/profile/north.example", Objection.NO_POST),
        ("https://www.threads.com/@party.north", Objection.NO_POST),
        ("https://t.me/PartyNorth", Objection.NO_POST),
        ("https://t.me/+AbCdEf", Objection.NO_POST),
        ("https://t.me/joinchat/AbCdEf", Objection.NO_POST),
        ("https://www.youtube.com/@north/videos", Objection.NO_POST),
        ("https://www.tiktok.com/@north", Objection.NO_POST),
        ("https://whatsapp.com/channel/0029VaAbCdEfGhIj", Objection.NO_POST),
        # posts, though not every address names one
        ("https://x.com/north/status/12", None),
        ("https://www.facebook.com/share/p/1AbCdEfGh/", None),
        ("https://www.facebook.com/share/1AbCdEfGh/", None),
        ("https://lnkd.in/eAbCdEf", None),
        ("https://vm.tiktok.com/ZMabc/", None),
        ("https://www.linkedin.com/pulse/health-for-all-party-north", None),
        ("https://social.example/@north/113", None),
        ("https://elsewhere.example/@north@social.example/1134", None),
        ("https://www.party-north.example/news/1", None),
        # look-alikes are anybody's website
        ("https://x.com.evil.example/north/status/1", None),
        ("https://х.com/north/status/1", None),
    ],
)
def test_the_address_tells_what_is_no_post_of_a_party(url: str, objection: Objection | None) -> None:
    link = recognise(url)
    assert link is not None
    assert find_objection(link, OWN) is objection


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "0177.0.0.1", "10.0.0.1", "192.168.1.1",
        "172.16.0.1", "169.254.169.254", "0.0.0.0", "8.8.8.8",  # noqa: S104 - refused
        "[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "localhost", "localhost.",
        "printer", "nas.local", "NAS.LOCAL", "wiki.intranet", "db.internal", "router.lan", "a.home", "sub.localhost",
    ],
)  # fmt: skip
def test_an_address_of_a_machine_or_a_house_is_not_public(host: str) -> None:
    for url in (f"https://{host}/post/1", f"http://{host}/@north/12"):
        assert not is_public(url)
        assert [find_objection(link, OWN) for link in find_links(url)] == [Objection.NOT_PUBLIC]


@pytest.mark.parametrize("host", ["party.example", "x.com", "4chan.org", "www.1e100.net", "xn--e1afmkfd.xn--p1ai"])
def test_a_name_is_public(host: str) -> None:
    assert is_public(f"https://{host}/a")


@given(st.text(max_size=100))
def test_no_address_upsets_the_judgement(text: str) -> None:
    for link in find_links(f"https://{text} https://x.com/{text} https://alliance.example/{text}"):
        find_objection(link, OWN)
