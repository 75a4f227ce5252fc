"""Posts that officers give: tied to one item, counted once, moved, taken back, looked at."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from sharebot.config.settings import Settings
from sharebot.models import Answer, Delivery, Member, PastedPost, Reshare, SocialAccount, TrackedLink
from sharebot.rules.pasted_links import find_links
from sharebot.store import checks, given, posts, reshares
from sharebot.store.answers import record_answer
from sharebot.store.database import Database
from sharebot.values.posts import Objection, Post, Shortfall
from sharebot.values.status import AccountStatus, AnswerKind, Evidence, Network
from tests.cast import NOW, add_officer
from tests.store.props import released

FB = "https://www.facebook.com/partysouth/posts/12345678"
X = "https://x.com/partysouth/status/12"
SKY = "https://bsky.app/profile/south.example/post/3k1"
URI = "at://did:plc:south/app.bsky.feed.post/3k1"
SHORT = "http://127.0.0.1:8080/r"
ANA, BEN = 1, 2


@pytest.fixture
def ready(either: Database) -> Database:
    """Two items were delivered to Ana of North (deliveries 1, 3) and Ben of South (2, 4); South is on Bluesky."""
    released(either, items=2)
    with either.write() as session:
        for delivery in session.exec(select(Delivery)):
            delivery.message_id, delivery.sent_at = 100 + (delivery.id or 0), NOW
        session.add(
            SocialAccount(member_id=2, network=Network.BLUESKY, handle="south.example", status=AccountStatus.WATCHED)
        )
    return either


def give(
    database: Database,
    text: str,
    *,
    officer: int = BEN,
    item: int | None = None,
    lookable: Collection[Network] = (Network.BLUESKY,),
) -> posts.Taken:
    with database.write() as session:
        paste = posts.Paste(find_links(text), NOW, item, lookable)
        return posts.take(session, officer, paste, settings=Settings(), now=NOW)


def shares(database: Database) -> list[tuple[int, int, Evidence]]:
    with database.read() as session:
        rows = session.exec(select(Reshare).order_by(Reshare.id))  # type: ignore[arg-type]
        return [(row.member_id, row.content_id, row.evidence) for row in rows]


def answered(database: Database) -> set[tuple[int, AnswerKind]]:
    with database.read() as session:
        return {(row.delivery_id, row.kind) for row in session.exec(select(Answer))}


def own(session: Session, number: int = 1) -> PastedPost:
    return session.get_one(PastedPost, number)


def drop(database: Database, number: int = 1) -> set[int]:
    with database.write() as session:
        return posts.take_back(session, own(session, number), now=NOW)


def move(database: Database, item: int, number: int = 1) -> set[int]:
    with database.write() as session:
        delivery = session.get_one(Delivery, item)
        return posts.move(session, own(session, number), delivery, lookable=(Network.BLUESKY,), now=NOW)


def test_several_links_in_reply_to_an_item_are_all_its_shares(ready: Database) -> None:
    taken = give(ready, f"{FB} {X} {SKY}", item=2)
    assert (len(taken.given), taken.refused, taken.changed) == (3, (), (2,))
    assert shares(ready) == [(2, 1, Evidence.LINK_GIVEN)] * 3
    assert answered(ready) == {(2, AnswerKind.SHARED)}
    with ready.read() as session:
        told = given.list_given(session, taken.given)
        assert [(one.network, one.waits, one.shortfall) for one in told] == [
            (Network.FACEBOOK, False, Shortfall.NO_LOOK),
            (Network.X, False, Shortfall.NO_LOOK),
            (Network.BLUESKY, True, None),
        ]


def test_with_two_open_items_the_link_waits_for_a_word_and_outlives_a_restart(ready: Database) -> None:
    taken = give(ready, FB)
    assert (shares(ready), answered(ready), taken.changed) == ([], set(), ())
    with ready.write() as session:
        given.remember_reply(session, taken.given, 77)
        assert [one.url for one in given.list_undecided(session, BEN, 77)] == [FB]
        assert given.list_undecided(session, BEN, 78) == given.list_undecided(session, ANA, 77) == []
        assert sorted(item for item, _ in given.list_choices(session, BEN, now=NOW)) == [2, 4]
    assert move(ready, 4) == {4}
    assert shares(ready) == [(2, 2, Evidence.LINK_GIVEN)]


def test_the_only_item_without_an_answer_is_the_one(ready: Database) -> None:
    with ready.write() as session:
        record_answer(session, session.get_one(Delivery, 4), AnswerKind.DECLINED, now=NOW)
    assert give(ready, FB).changed == (2,)


def test_a_post_that_was_seen_already_goes_to_its_item_and_stays_seen(ready: Database) -> None:
    seen = Post(Network.BLUESKY, URI, "did:plc:south", at=NOW, links=("https://alliance.example/a1",))
    with ready.write() as session:
        session.get_one(SocialAccount, 1).external_id = "did:plc:south"
        assert reshares.add_posts(session, [seen], short_base=SHORT, now=NOW).reshares == 1
    taken = give(ready, SKY)
    assert shares(ready) == [(2, 2, Evidence.OBSERVED)]
    assert answered(ready) == {(4, AnswerKind.SHARED)}
    with ready.read() as session:
        (told,) = given.list_given(session, taken.given)
        assert (told.evidence, told.waits) == (Evidence.OBSERVED, False)
    assert drop(ready) == {4}
    assert shares(ready) == [(2, 2, Evidence.OBSERVED)]
    assert answered(ready) == {(4, AnswerKind.SHARED)}


def test_the_same_post_again_is_known_under_any_address(ready: Database) -> None:
    first = give(ready, X, item=2)
    again = give(ready, "https://mobile.twitter.com/partysouth/status/12?s=20", item=4)
    assert (again.given, again.known, again.changed) == (first.given, frozenset(first.given), ())
    assert shares(ready) == [(2, 1, Evidence.LINK_GIVEN)]


def test_of_two_parties_the_second_is_refused_and_a_colleague_is_thanked(ready: Database) -> None:
    give(ready, FB, item=2)
    assert [why for _, why in give(ready, FB, officer=ANA, item=1).refused] == [Objection.OTHER_PARTY]
    with ready.write() as session:
        colleague = add_officer(session, session.get_one(Member, 2), "Second", chat_id=2002)
        number = colleague.id or 0
    assert [why for _, why in give(ready, FB, officer=number).refused] == [Objection.COLLEAGUE]
    assert shares(ready) == [(2, 1, Evidence.LINK_GIVEN)]


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("https://alliance.example/a0", Objection.OUR_PAGE),
        (f"{SHORT}/Ab3dEf6hIj", Objection.NOT_PUBLIC),
        ("https://bsky.app/profile/south.example/post/3k9", Objection.OTHER_PARTY),
        ("https://bsky.app/profile/alliance.example/post/3k9", Objection.OUR_POST),
        ("https://bsky.app/profile/did:plc:own/post/3k9", Objection.OUR_POST),
        ("https://10.0.0.1/post", Objection.NOT_PUBLIC),
        ("https://x.com/partynorth", Objection.NO_POST),
    ],
)
def test_what_is_no_post_of_the_party_is_refused_and_not_kept(ready: Database, text: str, objection: Objection) -> None:
    with ready.write() as session:
        session.add(
            SocialAccount(
                network=Network.BLUESKY,
                handle="Alliance.example",
                external_id="did:plc:own",
                status=AccountStatus.WATCHED,
            )
        )
    assert [why for _, why in give(ready, text, officer=ANA, item=1).refused] == [objection]
    with ready.read() as session:
        assert session.exec(select(PastedPost)).all() == []
    assert (shares(ready), answered(ready)) == ([], set())


def test_our_own_link_beside_a_post_is_no_mistake(ready: Database) -> None:
    taken = give(ready, f"{X} https://alliance.example/a0", item=2)
    assert (len(taken.given), taken.refused) == (1, ())


def test_without_an_open_item_nothing_is_kept(ready: Database) -> None:
    with ready.write() as session:
        paste = posts.Paste(find_links(FB), NOW)
        taken = posts.take(session, BEN, paste, settings=Settings(), now=NOW + timedelta(days=30))
    assert [why for _, why in taken.refused] == [Objection.NO_ITEM]


def test_taking_back_leaves_nothing_of_the_claim(ready: Database) -> None:
    with ready.write() as session:
        record_answer(session, session.get_one(Delivery, 2), AnswerKind.SHARED, now=NOW)
    give(ready, f"{FB} {X}", item=2)
    assert drop(ready, 1) == {2}
    assert shares(ready) == [(2, 1, Evidence.LINK_GIVEN)]
    assert answered(ready) == {(2, AnswerKind.SHARED)}
    drop(ready, 2)
    assert (shares(ready), answered(ready)) == ([], set())


def test_moving_takes_the_claim_along(ready: Database) -> None:
    give(ready, FB, item=2)
    assert move(ready, 4) == {2, 4}
    assert (shares(ready), answered(ready)) == ([(2, 2, Evidence.LINK_GIVEN)], {(4, AnswerKind.SHARED)})
    assert move(ready, 4) == set()


def test_a_post_is_its_givers_own(ready: Database) -> None:
    give(ready, FB, item=2)
    with ready.read() as session:
        assert posts.get_post(session, ANA, 1) is None
        assert posts.get_post(session, BEN, 1) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://bsky.app.evil.example/profile/south.example/post/3k1",
        "https://elsewhere.example/@south@social.example/1134",
        "https://party.example/news/1",
        "https://lnkd.in/eAbCdEf",
    ],
)
def test_what_names_no_post_of_a_network_we_can_ask_stays_a_link_given(ready: Database, url: str) -> None:
    give(ready, url, item=2, lookable=frozenset(Network) - {Network.WEBSITE})
    assert told(ready) == (Evidence.LINK_GIVEN, Shortfall.NO_LOOK)
    with ready.write() as session:
        given.remember_reply(session, [1], 5)
        assert checks.list_due(session, now=NOW + timedelta(days=9)) == []


def look(database: Database, seen: Post | None) -> Evidence | None:
    with database.write() as session:
        session.get_one(SocialAccount, 1).external_id = "did:plc:south"
        return checks.record_look(session, 1, seen, short_base=SHORT, now=NOW)


def seen(*links: str, author: str = "did:plc:south", at: timedelta = timedelta(hours=1)) -> Post:
    return Post(Network.BLUESKY, URI, author, at=NOW + at, url=SKY, links=links)


def told(database: Database) -> tuple[Evidence, Shortfall | None]:
    with database.read() as session:
        (one,) = given.list_given(session, [1])
        assert not one.waits
        return one.evidence, one.shortfall


def test_a_post_that_proves_it_is_checked_and_stays_so_when_seen_later(ready: Database) -> None:
    give(ready, SKY, item=2)
    assert look(ready, seen("https://alliance.example/a0")) is Evidence.LINK_CHECKED
    assert (told(ready), shares(ready)) == ((Evidence.LINK_CHECKED, None), [(2, 1, Evidence.LINK_CHECKED)])
    assert look(ready, None) is None, "it is looked at once"
    drop(ready)
    assert (shares(ready), answered(ready)) == ([], set())


def test_the_partys_own_short_link_proves_it(ready: Database) -> None:
    with ready.read() as session:
        code = session.exec(select(TrackedLink.code).where(TrackedLink.member_id == 2)).first()
    give(ready, SKY, item=2)
    assert look(ready, seen(f"{SHORT}/{code}/?utm_source=x")) is Evidence.LINK_CHECKED


@pytest.mark.parametrize(
    ("found", "shortfall"),
    [
        (None, Shortfall.GONE),
        (seen(), Shortfall.NOT_OURS),
        (seen("https://alliance.example/a0", at=timedelta(days=-1)), Shortfall.TOO_EARLY),
        (seen("https://alliance.example/a1"), Shortfall.OTHER_ITEM),
        (seen("https://alliance.example/a0", author="did:plc:stranger"), Shortfall.FOREIGN),
    ],
)
def test_a_post_that_proves_nothing_counts_no_more_than_the_word(
    ready: Database, found: Post | None, shortfall: Shortfall
) -> None:
    with ready.write() as session:
        session.get_one(SocialAccount, 1).external_id = "did:plc:south"
    give(ready, SKY, item=2)
    assert look(ready, found) is Evidence.CLAIMED
    assert (told(ready), shares(ready)) == ((Evidence.CLAIMED, shortfall), [(2, 1, Evidence.CLAIMED)])
    assert answered(ready) == {(2, AnswerKind.SHARED)}
    drop(ready)
    assert (shares(ready), answered(ready)) == ([], set())


def test_a_network_that_is_silent_is_asked_three_times(ready: Database) -> None:
    give(ready, SKY, item=2)
    now, waits = NOW + timedelta(minutes=2), []
    for _ in range(3):
        with ready.write() as session:
            (due,) = checks.list_due(session, now=now)
            assert due.link.url == SKY
            waits.append(checks.put_off(session, due.post_id, now=now))
        now += timedelta(minutes=10)
    assert waits == [False, False, True]
    assert told(ready) == (Evidence.LINK_GIVEN, Shortfall.NO_ANSWER)
    assert shares(ready) == [(2, 1, Evidence.LINK_GIVEN)]
    with ready.read() as session:
        assert checks.list_due(session, now=now + timedelta(days=9)) == []


def test_nothing_is_looked_at_before_the_officer_has_an_answer_or_named_the_item(ready: Database) -> None:
    give(ready, f"{SKY} {SKY}2")
    with ready.read() as session:
        assert checks.list_due(session, now=NOW + timedelta(days=1)) == []
    move(ready, 2)
    with ready.write() as session:
        assert checks.list_due(session, now=NOW) == []
        given.remember_reply(session, [1], 5)
        assert [one.post_id for one in checks.list_due(session, now=NOW)] == [1]


def test_one_post_given_by_two_parties_at_once_counts_for_one(ready: Database) -> None:
    """On PostgreSQL the second waits for the first, whose rows it could not see when it began."""
    with ThreadPoolExecutor(1) as pool:
        with ready.write() as session:
            paste = posts.Paste(find_links(X), NOW, ANA, ())
            assert posts.take(session, ANA, paste, settings=Settings(), now=NOW).given
            second = pool.submit(give, ready, X, item=BEN)
            wait([second], timeout=0.5)
        second.result(30)
    assert [member_id for member_id, _, evidence in shares(ready) if evidence is Evidence.LINK_GIVEN] == [1]


@pytest.mark.parametrize("was_looked_at", [False, True])
def test_who_gives_a_post_before_its_own_party_keeps_it_from_nobody(ready: Database, was_looked_at: bool) -> None:
    """Ana gives South's post by an address without a name, before Ben does."""
    with ready.write() as session:
        session.add(SocialAccount(member_id=2, network=Network.X, handle="partysouth", status=AccountStatus.WATCHED))
    nameless = "https://x.com/i/status/12"
    assert give(ready, nameless, officer=ANA, item=1, lookable=(Network.X,)).given
    if was_looked_at:
        with ready.write() as session:
            seen = Post(Network.X, "12", "7", at=NOW, links=("https://alliance.example/a0",))
            checks.record_look(session, 1, seen, short_base=SHORT, now=NOW)
            assert own(session).reason == Shortfall.FOREIGN.value
    taken = give(ready, nameless if was_looked_at else X, item=BEN)
    assert (len(taken.given), taken.refused) == (1, ())
