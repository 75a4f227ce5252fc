"""Reading single accounts and posts."""

from datetime import UTC, datetime

import pytest
from starlette.responses import JSONResponse, Response

from sharebot.errors import PermanentError, TemporaryError
from sharebot.rules.pasted_links import recognise
from sharebot.trackers.bluesky import BlueskyTracker, Hidden
from sharebot.trackers.seam import Identity, Watched
from sharebot.values.status import Network, PostKind
from sharebot.values.tracking import Unobservable
from tests.trackers.bluesky_server import (
    ALLIANCE,
    NORTH,
    SOUTH,
    STRANGER,
    World,
    link_card,
    link_facet,
    profile,
    quote_of,
    quote_with_card,
    reposted,
    uri,
    view,
)

OURS = view(ALLIANCE, "aaa", at="2026-11-20T08:00:00Z", embed=link_card("https://alliance.example/aaa"))
PAGE = "https://alliance.example/aaa"


async def test_a_handle_is_resolved_to_its_did(tracker: BlueskyTracker) -> None:
    assert await tracker.resolve(" @North.example") == NORTH
    assert await tracker.resolve(NORTH) == NORTH


@pytest.mark.parametrize("handle", ["nobody.example", "no handle", "north", "../x.example", ""])
async def test_an_unknown_or_impossible_handle_is_refused_for_good(tracker: BlueskyTracker, handle: str) -> None:
    with pytest.raises(PermanentError):
        await tracker.resolve(handle)


async def test_a_post_is_read_with_its_links_page_and_time(tracker: BlueskyTracker, world: World) -> None:
    post = view(
        NORTH,
        "p1",
        at="2026-11-23T08:00:01.000Z",
        created="2026-11-23T10:00:00+02:00",
        text="Read this",
        facets=[link_facet("https://links.example/0123456789"), link_facet(PAGE)],
        embed=link_card(PAGE),
    )
    world.feeds[NORTH] = [{"post": post}]
    (seen,) = await tracker.author_feed(NORTH)
    assert seen.network is Network.BLUESKY
    assert (seen.external_id, seen.author_id, seen.kind) == (uri(NORTH, "p1"), NORTH, PostKind.POST)
    assert seen.links == (PAGE, "https://links.example/0123456789")
    assert seen.url == "https://bsky.app/profile/did:plc:north/post/p1"
    assert seen.at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert (seen.text, seen.subject_id) == ("Read this", None)


async def test_quotes_are_told_from_posts_with_and_without_media(tracker: BlueskyTracker, world: World) -> None:
    subject = uri(ALLIANCE, "aaa")
    plain = view(NORTH, "q1", at="2026-11-23T08:00:00Z", embed=quote_of(subject))
    rich = view(NORTH, "q2", at="2026-11-23T07:00:00Z", embed=quote_with_card(subject, PAGE))
    of_a_list = view(NORTH, "q3", at="2026-11-23T06:00:00Z", embed=quote_of(f"at://{ALLIANCE}/app.bsky.graph.list/x"))
    world.feeds[NORTH] = [{"post": plain}, {"post": rich}, {"post": of_a_list}]
    seen = await tracker.author_feed(NORTH)
    assert [post.kind for post in seen] == [PostKind.QUOTE, PostKind.QUOTE, PostKind.POST]
    assert [post.subject_id for post in seen] == [subject, subject, None]
    assert seen[1].links == (PAGE,)


async def test_one_repost_has_one_id_whichever_way_it_is_seen(tracker: BlueskyTracker, world: World) -> None:
    world.feeds[NORTH] = [reposted(OURS, by=NORTH, at="2026-11-23T08:00:00Z")]
    world.reposts[uri(ALLIANCE, "aaa")] = [profile(NORTH), profile(STRANGER)]
    (in_feed,) = await tracker.author_feed(NORTH)
    in_list, foreign = await tracker.reposted_by(uri(ALLIANCE, "aaa"))
    assert in_feed.external_id == in_list.external_id == f"repost:{NORTH}:{uri(ALLIANCE, 'aaa')}"
    assert in_feed.kind is in_list.kind is PostKind.REPOST
    assert in_feed.at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert in_list.at is None
    assert in_feed.subject_id == in_list.subject_id == uri(ALLIANCE, "aaa")
    assert in_feed.links == (PAGE,)
    assert foreign.author_id == STRANGER


async def test_a_feed_is_paged_and_no_further_than_asked(tracker: BlueskyTracker, world: World) -> None:
    hours = range(20, 9, -1)
    world.feeds[NORTH] = [{"post": view(NORTH, f"p{hour}", at=f"2026-11-23T{hour}:00:00Z")} for hour in hours]
    assert len(await tracker.author_feed(NORTH, max_pages=100)) == 11
    assert len(await tracker.author_feed(NORTH, max_pages=2)) == 4
    world.asked.clear()
    recent = await tracker.author_feed(NORTH, since=datetime(2026, 11, 23, 18, tzinfo=UTC))
    assert [post.external_id[-3:] for post in recent] == ["p20", "p19", "p18"]
    assert len(world.calls("getAuthorFeed")) == 2
    assert all(call["limit"] == ["100"] for call in world.calls("getAuthorFeed"))


async def test_a_cursor_that_does_not_move_ends_the_reading(tracker: BlueskyTracker, world: World) -> None:
    world.feeds[NORTH] = [{"post": view(NORTH, "p1", at="2026-11-23T08:00:00Z")}] * 3
    world.page_size = 0
    assert await tracker.author_feed(NORTH, max_pages=50) == []
    assert len(world.calls("getAuthorFeed")) == 2


async def test_a_time_from_the_future_gives_way_to_when_the_server_saw_the_post(
    tracker: BlueskyTracker, world: World
) -> None:
    post = view(NORTH, "p1", at="2026-11-23T08:00:00Z", created="2099-01-01T00:00:00Z")
    undated = view(NORTH, "p2", at="2026-11-23T07:00:00Z", created="yesterday")
    world.feeds[NORTH] = [{"post": post}, {"post": undated}]
    assert [seen.at for seen in await tracker.author_feed(NORTH)] == [
        datetime(2026, 11, 23, 8, tzinfo=UTC),
        datetime(2026, 11, 23, 7, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        None,
        17,
        "text",
        [],
        {},
        {"post": None},
        {"post": {"uri": uri(NORTH, "x"), "notFound": True}},
        {"post": {"uri": uri(NORTH, "x"), "blocked": True, "author": {"did": NORTH}}},
        {"post": {**OURS, "uri": "at://did:plc:north/app.bsky.feed.post/" + "x" * 600}},
        {"post": {**OURS, "uri": "https://evil.example/"}},
        {"post": {**OURS, "author": profile(NORTH)}},
        {"post": {**OURS, "indexedAt": "2026-11-23T08:00:00"}},
        {"post": {**OURS, "indexedAt": 5}},
        {"post": {**OURS, "record": "text"}},
        {"post": OURS},
        reposted(OURS, by=SOUTH, at="2026-11-23T08:00:00Z"),
        reposted(OURS, by=NORTH, at="soon"),
    ],
)
async def test_a_damaged_or_foreign_item_is_passed_over(tracker: BlueskyTracker, world: World, damage: object) -> None:
    good = view(NORTH, "p1", at="2026-11-23T08:00:00Z")
    world.feeds[NORTH] = [damage, {"post": good}]
    assert [post.external_id for post in await tracker.author_feed(NORTH)] == [uri(NORTH, "p1")]


async def test_a_reply_under_a_deleted_or_blocked_post_still_counts(tracker: BlueskyTracker, world: World) -> None:
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri(SOUTH, "x"), "notFound": True}
    blocked = {
        "$type": "app.bsky.feed.defs#blockedPost",
        "uri": uri(SOUTH, "y"),
        "blocked": True,
        "author": {"did": SOUTH},
    }
    post = view(NORTH, "p1", at="2026-11-23T08:00:00Z")
    world.feeds[NORTH] = [{"post": post, "reply": {"root": gone, "parent": blocked}}]
    assert len(await tracker.author_feed(NORTH)) == 1


async def test_links_that_are_no_web_addresses_are_dropped(tracker: BlueskyTracker, world: World) -> None:
    bad = ["javascript:alert(1)", "https://a b.example", "https://x.example/" + "y" * 2048, "ftp://x.example"]
    facets = [link_facet(url) for url in bad] + [{"features": [None, 3, {"uri": 7}]}, "facet"]
    post = view(NORTH, "p1", at="2026-11-23T08:00:00Z", facets=facets, embed=link_card("\nhttps://x.example"))
    world.feeds[NORTH] = [{"post": post}]
    (seen,) = await tracker.author_feed(NORTH)
    assert seen.links == ()


async def test_only_quotes_of_the_post_asked_for_are_believed(tracker: BlueskyTracker, world: World) -> None:
    subject = uri(ALLIANCE, "aaa")
    world.quotes[subject] = [
        view(NORTH, "q1", at="2026-11-23T08:00:00Z", embed=quote_of(subject)),
        view(SOUTH, "q2", at="2026-11-23T08:00:00Z", embed=quote_of(uri(SOUTH, "other"))),
        {"uri": subject, "blocked": True},
        view(SOUTH, "q3", at="2026-11-23T08:00:00Z", embed=quote_of(subject)),
    ]
    assert [post.author_id for post in await tracker.quotes(subject)] == [NORTH, SOUTH]
    assert len(world.calls("getQuotes")) == 2


async def test_posts_are_checked_25_at_a_time_and_deleted_ones_are_missing(
    tracker: BlueskyTracker, world: World
) -> None:
    did = "did:plc:" + "n" * 24
    wanted = [uri(did, f"3l{number:011d}") for number in range(60)]
    kept = wanted[:55]
    world.posts = {one: view(did, one.rpartition("/")[2], at="2026-11-23T08:00:00Z") for one in kept}
    found = await tracker.get_posts([*wanted, wanted[0], "https://not.a.post"])
    assert [post.external_id for post in found] == kept
    assert sum(len(call["uris"]) for call in world.calls("getPosts")) == 60
    assert len(world.calls("getPosts")) == 3


async def test_long_ids_are_asked_for_in_more_calls_instead_of_too_long_addresses(
    tracker: BlueskyTracker, world: World
) -> None:
    did = "did:web:" + "n" * 150
    await tracker.get_posts([uri(did, f"3l{number:011d}") for number in range(25)])
    assert len(world.calls("getPosts")) > 1
    assert max(len(call["uris"]) for call in world.calls("getPosts")) * 200 < 2048


async def test_hashtags_and_mentions_are_read(tracker: BlueskyTracker, world: World) -> None:
    features = [
        {"$type": "app.bsky.richtext.facet#tag", "tag": "Gerechtigkeit"},
        {"$type": "app.bsky.richtext.facet#tag", "tag": "x" * 700},
        {"$type": "app.bsky.richtext.facet#tag", "tag": 7},
        {"$type": "app.bsky.richtext.facet#mention", "did": ALLIANCE},
        {"$type": "app.bsky.richtext.facet#mention", "did": "nobody"},
    ]
    post = view(
        NORTH, "p1", at="2026-11-23T08:00:00Z", facets=[{"features": features}], tags=["#عدالة", "Gerechtigkeit"]
    )
    world.feeds[NORTH] = [{"post": post}]
    (seen,) = await tracker.author_feed(NORTH)
    assert seen.hashtags == ("Gerechtigkeit", "عدالة")
    assert seen.mentions == (ALLIANCE,)


async def test_who_wants_logged_in_readers_only_is_not_read(tracker: BlueskyTracker, world: World) -> None:
    asks = {"labels": [{"src": NORTH, "val": "!no-unauthenticated"}]}
    post = view(NORTH, "p1", at="2026-11-23T08:00:00Z", embed=quote_of(uri(ALLIANCE, "aaa")))
    post["author"] |= asks
    world.feeds[NORTH], world.posts[uri(NORTH, "p1")] = [{"post": post}], post
    world.quotes[uri(ALLIANCE, "aaa")] = [post]
    world.reposts[uri(ALLIANCE, "aaa")] = [profile(NORTH) | asks, profile(SOUTH)]
    link = recognise("https://bsky.app/profile/north.example/post/p1")
    with pytest.raises(Hidden):
        await tracker.author_feed(NORTH)
    assert link and await tracker.look_up(link, []) is None
    assert await tracker.quotes(uri(ALLIANCE, "aaa")) == []
    assert [post.author_id for post in await tracker.reposted_by(uri(ALLIANCE, "aaa"))] == [SOUTH]


async def test_who_an_account_is_now(tracker: BlueskyTracker, world: World) -> None:
    world.lost = {SOUTH}
    world.profiles[NORTH] = {"handle": "new-north.example"}
    world.profiles[STRANGER] = {"handle": "handle.invalid"}
    asked = [
        Watched(1, "old-north.example", NORTH),
        Watched(2, "south.example", SOUTH),
        Watched(3, "alliance.example", SOUTH),
        Watched(4, "alliance.example"),
        Watched(5, "nobody.example"),
        Watched(6, "stranger.example", STRANGER),
        Watched(7, "alliance.example", STRANGER),
    ]
    assert await tracker.identify(asked) == {
        1: Identity(NORTH, "new-north.example"),
        2: Identity(SOUTH, "south.example", Unobservable.GONE),
        3: Identity(ALLIANCE, "alliance.example", Unobservable.GONE),  # the name belongs to somebody else by now
        4: Identity(ALLIANCE, "alliance.example"),
        5: Identity(None, "nobody.example", Unobservable.NOT_FOUND),
        6: Identity(STRANGER, "stranger.example"),
        7: Identity(ALLIANCE, "alliance.example"),
    }
    assert len(world.calls("getProfiles")) == 1


async def test_handles_that_nobody_answers_for_hold_up_no_other(tracker: BlueskyTracker, world: World) -> None:
    lost = [Watched(row, f"lost{row}.example") for row in range(4)]
    world.instead = {one.handle: Response(status_code=502) for one in lost}
    found = await tracker.identify([*lost, Watched(9, "north.example")])
    assert found == {9: Identity(NORTH, "north.example")}
    with pytest.raises(TemporaryError):
        await tracker.identify(lost)


async def test_after_a_429_no_other_handle_is_asked_for(tracker: BlueskyTracker, world: World) -> None:
    world.instead["south.example"] = Response(status_code=429)
    asked = [Watched(1, "nobody.example"), Watched(2, "south.example"), Watched(3, "north.example")]
    assert list(await tracker.identify(asked)) == [1]
    assert len(world.asked) == 2


async def test_an_answer_without_its_list_may_be_asked_for_again(tracker: BlueskyTracker, world: World) -> None:
    world.instead[NORTH] = JSONResponse({"feed": "none"})
    with pytest.raises(TemporaryError, match="without a list of feed"):
        await tracker.author_feed(NORTH)


@pytest.mark.parametrize("author", ["north.example", "North.example", NORTH])
async def test_a_pasted_post_is_looked_up_by_handle_or_did(tracker: BlueskyTracker, world: World, author: str) -> None:
    post = view(NORTH, "p1", at="2026-11-23T08:00:00Z", embed=link_card(PAGE))
    world.posts[uri(NORTH, "p1")] = post
    link = recognise(f"https://bsky.app/profile/{author}/post/p1")
    assert link is not None
    seen = await tracker.look_up(link, [])
    assert seen is not None
    assert (seen.external_id, seen.author_id, seen.links) == (uri(NORTH, "p1"), NORTH, (PAGE,))


@pytest.mark.parametrize(
    "address",
    [
        "https://bsky.app/profile/north.example/post/gone",
        "https://bsky.app/profile/nobody.example/post/p1",
        "https://bsky.app/profile/did:plc:nobody/post/p1",
        "https://bsky.app/profile/..%2f..%2fx/post/p1",
        "https://bsky.app/profile/north.example",
    ],
)
async def test_a_pasted_post_that_is_not_there_is_none(tracker: BlueskyTracker, world: World, address: str) -> None:
    world.posts[uri(NORTH, "p1")] = view(NORTH, "p1", at="2026-11-23T08:00:00Z")
    link = recognise(address)
    assert link is not None
    assert await tracker.look_up(link, []) is None
