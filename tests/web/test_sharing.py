"""Share buttons over a real server: they open what is meant at that moment, and are counted when people press them."""

from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.models import Delivery, ObservedPost, ShareTally, SocialAccount, TrackedLink, Wording
from sharebot.rules.share_links import SHARE_ORDER
from sharebot.store.cards import get_card
from sharebot.store.database import Database
from sharebot.store.queue import withdraw
from sharebot.values.status import AccountStatus, DeliveryStatus, Network, PostKind
from tests.cast import NOW

Client = httpx.AsyncClient
BASE = "http://127.0.0.1:8080"


def tallies(database: Database) -> dict[Network, int]:
    with database.read() as session:
        return {row.network: row.n for row in session.exec(select(ShareTally))}


async def test_a_button_opens_the_network_with_the_partys_text_as_it_is_now(
    server: Client, code: str, database: Database
) -> None:
    first = await server.get(f"/r/{code}/x")
    assert first.status_code == 302
    assert first.headers["cache-control"] == "no-store"
    words = parse_qs(urlsplit(first.headers["location"]).query)
    assert words == {"text": ["Une histoire"], "url": [f"{BASE}/r/{code}"]}
    with database.write() as session:
        link = session.exec(select(TrackedLink).where(TrackedLink.code == code)).one()
        wording = Wording(variant_id=link.variant_id, position=1, text="Des mots à nous.")
        session.add(wording)
        session.flush()
        link.wording_id = wording.id
    again = await server.get(f"/r/{code}/x")
    assert parse_qs(urlsplit(again.headers["location"]).query)["text"] == ["Des mots à nous."]
    assert tallies(database) == {Network.X: 2}


async def test_every_button_of_the_message_leads_somewhere(server: Client, code: str, database: Database) -> None:
    with database.read() as session:
        card = get_card(session, 1, settings=Settings(), now=NOW)
    assert [share.place for share in card.shares] == [place.value for place in SHARE_ORDER]
    for share in card.shares:
        assert share.url == f"{BASE}/r/{code}/{share.place}"
        answer = await server.get(share.url.removeprefix(BASE))
        assert answer.status_code == (200 if share.place == "email" else 302)
        assert code in unquote(answer.headers.get("location", answer.text))
    assert tallies(database) == dict.fromkeys(SHARE_ORDER, 1)


@pytest.mark.parametrize("headers", [{"User-Agent": "TelegramBot (like TwitterBot)"}, {"Sec-Purpose": "prefetch"}])
async def test_what_is_no_person_is_sent_on_and_not_counted(
    server: Client, code: str, database: Database, headers: dict[str, str]
) -> None:
    assert (await server.get(f"/r/{code}/bluesky", headers=headers)).status_code == 302
    assert (await server.head(f"/r/{code}/bluesky")).status_code == 302
    assert tallies(database) == {}


async def test_whatever_leads_nowhere_gets_the_same_page(server: Client, code: str, database: Database) -> None:
    places = ("instagram", "x_repost", "X", "%0d%0aLocation:%20https://evil.example", "x/y", "")
    paths = [f"{code}/{place}" for place in places] + ["0000000000/x", "x/x"]
    answers = [await server.get(f"/r/{path}") for path in paths]
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE queue_entry SET released_at = NULL, status = 'approved'")
    answers += [await server.get(f"/r/{code}/x"), await server.get(f"/r/{code}/email")]
    with database.write() as session:
        withdraw(session, 1, by="someone", now=NOW)
    answers += [await server.get(f"/r/{code}/x"), await server.get(f"/r/{code}/email"), await server.get("/r/none")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert tallies(database) == {}


async def test_an_e_mail_is_a_page_in_the_items_language_that_works_without_scripts(
    server: Client, code: str, database: Database
) -> None:
    answer = await server.get(f"/r/{code}/email", headers={"Accept-Language": "es"})
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text
    assert "Écrire un courriel" in answer.text
    assert "<script" not in answer.text
    assert "mailto:?subject=Une%20histoire&amp;body=Une%20histoire" in answer.text
    assert f"Une histoire\n{BASE}/r/{code}</pre>" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


async def test_a_hostile_title_is_only_text_on_the_page(server: Client, code: str, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE variant SET title = '</h1><script>alert(1)</script>\"'")
    page = (await server.get(f"/r/{code}/email")).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


async def test_it_still_leads_on_when_counting_fails(server: Client, code: str, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE share_tally")
    assert (await server.get(f"/r/{code}/x")).status_code == 302


async def test_the_alliances_own_post_is_passed_on(server: Client, code: str, database: Database) -> None:
    with database.write() as session:
        for network, number, url in (
            (Network.X, "1893", None),
            (Network.BLUESKY, "at://did:plc:a/app.bsky.feed.post/3k", "https://bsky.app/profile/did:plc:a/post/3k"),
        ):
            account = SocialAccount(network=network, handle="alliance", status=AccountStatus.WATCHED)
            session.add(account)
            session.flush()
            session.add(
                ObservedPost(
                    account_id=account.id or 0,
                    network=network,
                    external_id=number,
                    kind=PostKind.POST,
                    url=url,
                    content_id=1,
                    seen_at=NOW,
                )
            )
    with database.read() as session:
        card = get_card(session, 1, settings=Settings(), now=NOW)
    assert [(one.place, one.url) for one in card.reposts] == [
        ("bluesky", f"{BASE}/r/{code}/bluesky_repost"),
        ("x", f"{BASE}/r/{code}/x_repost"),
    ]
    on_x = await server.get(f"/r/{code}/x_repost")
    assert on_x.headers["location"] == "https://x.com/intent/retweet?tweet_id=1893"
    on_bluesky = await server.get(f"/r/{code}/bluesky_repost")
    assert on_bluesky.headers["location"] == "https://bsky.app/profile/did:plc:a/post/3k"
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE observed_post SET gone_at = seen_at")
    assert (await server.get(f"/r/{code}/x_repost")).status_code == 404


async def test_mastodon_opens_on_the_partys_own_server(server: Client, code: str, database: Database) -> None:
    with database.write() as session:
        session.add(
            SocialAccount(
                member_id=1, network=Network.MASTODON, handle="north@social.example", status=AccountStatus.WATCHED
            )
        )
    answer = await server.get(f"/r/{code}/mastodon")
    assert answer.headers["location"].startswith("https://social.example/share?text=Une%20histoire%0A")
    with database.read() as session:
        card = get_card(session, 1, settings=Settings(), now=NOW)
    assert [share.place for share in card.shares] == ["whatsapp", "telegram", "mastodon", "email"]


async def test_a_press_proves_that_the_message_arrived(server: Client, code: str, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET status = 'uncertain', copies = 1")
    await server.get(f"/r/{code}/x")
    with database.read() as session:
        assert [session.get_one(Delivery, number).status for number in (1, 2)] == [
            DeliveryStatus.SENT,
            DeliveryStatus.UNCERTAIN,
        ]


def test_who_refuses_tracking_gets_plain_addresses(code: str, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET untracked = true, networks = 'x,email,facebook'")
    with database.read() as session:
        card = get_card(session, 1, settings=Settings(), now=NOW + timedelta(hours=1))
    assert card.url == card.post.url == "https://alliance.example/story/1/fr"
    assert [share.place for share in card.shares] == ["x", "facebook"]
    assert not [share for share in card.shares if "/r/" in share.url or "utm_" in share.url]
