"""What an address tells by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.pasted_links import MOST, find_links, post_key, recognise
from sharebot.values.posts import PastedLink
from sharebot.values.status import Network


@pytest.mark.parametrize(
    ("url", "network", "handle", "post"),
    [
        ("https://x.com/north/status/1234567890123456789?s=20", Network.X, "north", "1234567890123456789"),
        ("https://twitter.com/north/status/12/photo/1", Network.X, "north", "12"),
        ("https://mobile.twitter.com/north/status/12", Network.X, "north", "12"),
        ("https://x.com/i/web/status/12", Network.X, None, "12"),
        ("https://X.com/north", Network.X, "north", None),
        ("https://x.com/home", Network.X, None, None),
        ("https://www.facebook.com/p.north/posts/pfbid02abc", Network.FACEBOOK, "p.north", "pfbid02abc"),
        ("https://m.facebook.com/north/videos/some-title/123456789/", Network.FACEBOOK, "north", "123456789"),
        (
            "https://m.facebook.com/story.php?id=100&story_fbid=pfbid02abc",
            Network.FACEBOOK,
            None,
            "pfbid02abc",
        ),
        ("https://www.facebook.com/watch/?v=123456789", Network.FACEBOOK, None, "123456789"),
        ("https://www.facebook.com/share/p/1AbCdEfGh/", Network.FACEBOOK, None, "1AbCdEfGh"),
        ("https://www.facebook.com/photo.php?fbid=123456", Network.FACEBOOK, None, "123456"),
        ("https://fb.watch/aBcDeF123/", Network.FACEBOOK, None, "aBcDeF123"),
        ("https://www.instagram.com/p/C0ffee_-123/?igsh=x", Network.INSTAGRAM, None, "C0ffee_-123"),
        ("https://www.instagram.com/p.north/reel/C0ffee123/", Network.INSTAGRAM, "p.north", "C0ffee123"),
        ("https://www.instagram.com/party.north", Network.INSTAGRAM, "party.north", None),
        (
            "https://www.linkedin.com/posts/party-north_health-for-all-activity-7123456789012345678-AbCd?utm_source=share",
            Network.LINKEDIN,
            "party-north",
            "urn:li:activity:7123456789012345678",
        ),
        (
            "https://fr.linkedin.com/feed/update/urn:li:share:7123456789012345678/",
            Network.LINKEDIN,
            None,
            "urn:li:share:7123456789012345678",
        ),
        ("https://www.linkedin.com/company/party-north/posts/", Network.LINKEDIN, "party-north", None),
        ("https://lnkd.in/eAbCdEf", Network.LINKEDIN, None, None),
        (
            "https://bsky.app/profile/north.example/post/3laaa",
            Network.BLUESKY,
            "north.example",
            "at://north.example/app.bsky.feed.post/3laaa",
        ),
        (
            "https://bsky.app/profile/did:plc:north/post/3laaa",
            Network.BLUESKY,
            "did:plc:north",
            "at://did:plc:north/app.bsky.feed.post/3laaa",
        ),
        ("https://bsky.app/profile/north.example", Network.BLUESKY, "north.example", None),
        (
            "https://social.example/@north/113456789012345678",
            Network.MASTODON,
            "north@social.example",
            "https://social.example/users/north/statuses/113456789012345678",
        ),
        (
            "https://social.example/users/north/statuses/1134",
            Network.MASTODON,
            "north@social.example",
            "https://social.example/users/north/statuses/1134",
        ),
        (
            "https://elsewhere.example/@north@social.example/1134",
            Network.MASTODON,
            "north@social.example",
            None,
        ),
        ("https://www.threads.com/@party.north/post/DAbc_-123", Network.THREADS, "party.north", "DAbc_-123"),
        ("https://www.threads.net/t/DAbc123", Network.THREADS, None, "DAbc123"),
        ("https://t.me/PartyNorth/123", Network.TELEGRAM, "PartyNorth", "partynorth/123"),
        ("https://t.me/s/PartyNorth/123?single", Network.TELEGRAM, "PartyNorth", "partynorth/123"),
        ("https://t.me/c/1234567890/55", Network.TELEGRAM, None, "c/1234567890/55"),
        ("https://t.me/+AbCdEf", Network.TELEGRAM, None, None),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=5", Network.YOUTUBE, None, "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", Network.YOUTUBE, None, "dQw4w9WgXcQ"),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", Network.YOUTUBE, None, "dQw4w9WgXcQ"),
        (
            "https://www.youtube.com/post/UgkxAbCdEfGhIjKlMnOp",
            Network.YOUTUBE,
            None,
            "UgkxAbCdEfGhIjKlMnOp",
        ),
        (
            "https://www.youtube.com/@north/community?lb=UgkxAbCdEfGh",
            Network.YOUTUBE,
            "north",
            "UgkxAbCdEfGh",
        ),
        (
            "https://www.tiktok.com/@north/video/7123456789012345678",
            Network.TIKTOK,
            "north",
            "7123456789012345678",
        ),
        ("https://vm.tiktok.com/ZMabc/", Network.TIKTOK, None, None),
        (
            "https://whatsapp.com/channel/0029VaAbCdEfGhIj/101",
            Network.WHATSAPP,
            "0029VaAbCdEfGhIj",
            "0029VaAbCdEfGhIj/101",
        ),
        ("https://www.party-north.example/news/1", Network.WEBSITE, None, None),
    ],
)  # fmt: skip
def test_a_link_tells_network_handle_and_post(url: str, network: Network, handle: str | None, post: str | None) -> None:
    assert recognise(url) == PastedLink(network, url, handle, post)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com.evil.example/north/status/1",
        "https://evil-x.com/north/status/1",
        "https://xx.com/north/status/1",
        "https://evil.example/x.com/north/status/1",
        "https://evil.example/?u=https://x.com/north/status/1",
        "https://xn--x-7ca.com/north/status/1",
        "https://х.com/north/status/1",  # the Cyrillic letter
        "https://x.com:8443/north/status/1",
        "https://sub.bsky.app/profile/a.example/post/1",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://facebook.com-login.example/north/posts/12345",
    ],
)
def test_a_host_that_only_resembles_a_network_is_a_website(url: str) -> None:
    link = recognise(url)
    assert link is not None
    assert (link.network, link.external_id) == (Network.WEBSITE, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.com/north/status/1",
        "ftp://x.com/north",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user@x.com/north/status/1",
        "https://user:secret@x.com/",
        "https://x.com@evil.example/",
        "https://evil.example\\@x.com/",
        "https://x.com/north\n/status/1",
        "https://[::1/",
        "https://x.com:99999/",
        "https://x.com/" + "a" * 2048,
        f"https://{'a' * 250}.example/@north/12",
    ],
)
def test_what_is_no_plain_web_address_is_nothing(url: str) -> None:
    assert recognise(url) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://x.com/north/status/12",
        "  https://x.com/north/status/12\n",
        "Done! See https://x.com/north/status/12.",
        "C’est fait : « https://x.com/north/status/12 » !",
        "we did (https://x.com/north/status/12), bye",
        "<https://x.com/north/status/12>",
        "**https://x.com/north/status/12**",
        "x.com/north/status/12 merci",
        "about https://alliance.example/a we wrote https://x.com/north/status/12",
    ],
)
def test_the_link_is_found_with_words_around_it(text: str) -> None:
    found = [link for link in find_links(text) if link.network is Network.X]
    assert [(link.handle, link.external_id, link.url) for link in found] == [
        ("north", "12", "https://x.com/north/status/12")
    ]


X, FB, BS = (
    "https://x.com/north/status/12",
    "https://www.facebook.com/north/posts/12345678",
    "https://bsky.app/profile/n.example/post/3k",
)


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (f"{X} {FB}", [X, FB]),
        (f"{X}\n{FB}\n{BS}", [X, FB, BS]),
        (f"{X},{FB};{BS}", [X, FB, BS]),
        (f"Facebook: {FB} – X: {X}.", [FB, X]),
        (f"{X} und nochmal {X}", [X]),
        (f"{X} https://twitter.com/north/status/12?s=20", [X]),
        (f"{FB} {FB}/?utm_source=x", [FB]),
        (f"C’est publié\u202f: {X}\u202f! Merci", [X]),
        (f"Publié ici : «\u202f{FB}\u202f»", [FB]),
        (f"«{FB}», «{X}»", [FB, X]),
        (f"Ya está publicado ({FB}). ¡Gracias!", [FB]),
        (f"¿Vale así? {X}¿o no?", [X]),
        (f"Já publicámos: {FB}", [FB]),
        (f"Wir haben’s geteilt: „{X}“", [X]),
        (f"Опубликовано: {X}, спасибо", [X]),
        (f"Опубликовано:{X}", [X]),
        (f"Κοινοποιήθηκε: {FB}·", [FB]),
        (f"تم النشر: {FB}", [FB]),
        (f"تم النشر\u060c {X}\u060c شكرا", [X]),
        (f"\u200f{X}\u200f تم", [X]),
        (f"\u2066{FB}\u2069", [FB]),
        (f"פרסמנו את זה: {X}.", [X]),
        (f"已分享：{X}。谢谢", [X]),
        (f"已分享{X}谢谢", [X]),
        (f"【{FB}】", [FB]),
        (f"シェアしました！{X}", [X]),
        (f"「{X}」をシェア", [X]),
        (f"{X}を共有しました", [X]),
        (f"공유했습니다: {FB} 감사합니다", [FB]),
        (f"हमने साझा किया: {FB}।", [FB]),
        (f"ہم نے شیئر کیا: {X}۔", [X]),
        (f"เราแชร์แล้ว {FB} ครับ", [FB]),
        (f"Đã chia sẻ: {FB}", [FB]),
        (f"Tumeshiriki: {X}", [X]),
        (f"Paylaştık: {FB} 👍", [FB]),
        (f"👉{X}👈", [X]),
        (f"[our post]({X})", [X]),
        (f"<a href=\"{X}\">post</a>", [X]),
        (f"`{X}`|{FB}|", [X, FB]),
        ("x.com/north/status/12 and bsky.app/profile/n.example/post/3k", [X, BS]),
        ("See www.facebook.com/north/posts/12345678!", [FB]),
        (f"alliance.example/a {X}", [X]),
        ("https://party.example/news/1 https://party.example/news/1#top", ["https://party.example/news/1"]),
        (f"https://party.example/?u={X}", [f"https://party.example/?u={X}"]),
    ],
)  # fmt: skip
def test_every_link_of_a_message_is_found_in_any_script(text: str, urls: list[str]) -> None:
    assert [link.url for link in find_links(text)] == urls


def test_of_very_many_links_the_first_count() -> None:
    text = " ".join(f"https://x.com/north/status/{number}" for number in range(10, 40))
    assert [link.external_id for link in find_links(text)] == [str(number) for number in range(10, 10 + MOST)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (X, "https://mobile.twitter.com/north/status/12?t=1", True),
        (X, "https://x.com/i/web/status/12", True),
        (X, "https://x.com/north/status/13", False),
        ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", True),
        ("https://party.example/a?utm_source=x", "http://www.party.example/a/", True),
        ("https://party.example/a", "https://party.example/b", False),
        ("https://t.me/North/5", "https://t.me/s/north/5", True),
    ],
)
def test_one_post_has_one_name(one: str, other: str, same: bool) -> None:
    first, second = recognise(one), recognise(other)
    assert first is not None and second is not None
    assert (post_key(first) == post_key(second)) is same


@pytest.mark.parametrize("text", ["", "done", "me@x.com", "alliance.example/a", "evil.x.com.example/a", "http://"])
def test_words_without_a_link_have_none(text: str) -> None:
    assert find_links(text) == []


def test_a_bracket_that_belongs_to_the_address_stays() -> None:
    (link,) = find_links("see https://en.example/wiki/Health_(right)")
    assert link.url == "https://en.example/wiki/Health_(right)"


@given(st.text(max_size=300))
def test_no_text_upsets_the_search(text: str) -> None:
    for words in (text, f"https://{text}", f"https://x.com/{text}", f"https://bsky.app/profile/{text}"):
        links = find_links(words)
        assert len(links) <= MOST
        assert all(len(link.url) <= 2048 and post_key(link) for link in links)
