"""What is particular to the Fediverse: many servers, whom they may speak for, and who is asked what."""

import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from sharebot.config.settings import Mastodon, Settings
from sharebot.errors import RateLimited
from sharebot.rules.pasted_links import recognise
from sharebot.sandbox.limits import Limit
from sharebot.sources.fetch import Fetcher
from sharebot.trackers import mastodon_views as views
from sharebot.trackers.mastodon import MastodonTracker, open_tracker
from sharebot.trackers.seam import Watched
from sharebot.values.posts import KnownPost, PastedLink
from sharebot.values.status import Network, PostKind
from sharebot.values.tracking import Unobservable
from tests.trackers.contract import ALLIANCE, MEMBERS, Seen, look_at
from tests.trackers.stage_mastodon import HOME, TOKEN, MastodonStage

NORTH, SOUTH, _EAST = MEMBERS
PAGE = "https://alliance.example/story"


@pytest.fixture
async def stage() -> AsyncIterator[MastodonStage]:
    async with MastodonStage() as opened:
        yield opened


class Noting:
    """Notes every request that arrives, and sends some elsewhere."""

    def __init__(self, stage: MastodonStage) -> None:
        self.app, self.noted, self.redirected = stage.front.app, list[tuple[str, str]](), dict[str, str]()
        stage.front.app = self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        self.noted.append((request.url.path, request.headers.get("authorization", "")))
        to = next((to for part, to in self.redirected.items() if part in request.url.path), None)
        await (RedirectResponse(to) if to else self.app)(scope, receive, send)


async def test_a_post_is_read_with_its_words_links_hashtags_and_mentions(stage: MastodonStage) -> None:
    stage.wait()
    handle = stage.handles[NORTH]
    uri = stage.world.post(
        handle, 'Lies <das> & "mehr"', link=f"{PAGE}?a=1&b=2", tags=["Klima"], mentions=[stage.handles[ALLIANCE]]
    )
    post, mention = (await look_at(stage.tracker(), stage.look())).posts
    # The server of the mentioned names everybody's server in its own way.
    assert (mention.external_id, mention.links, mention.mentions) == (uri, post.links, post.mentions)
    assert (post.external_id, post.author_id, post.kind) == (uri, stage.uris[NORTH], PostKind.POST)
    assert post.text.startswith('Lies <das> & "mehr" https://alliance.example/story?a=1&b=2 #Klima @alliance')
    assert post.links == (f"{PAGE}?a=1&b=2",)
    assert (post.hashtags, post.mentions) == (("klima",), (f"alliance@{HOME}",))
    assert post.at == stage.clock.now()
    assert post.url == f"https://party2.example/@party/{uri.rpartition('/')[2]}"


async def test_one_boost_has_one_id_whichever_way_it_is_seen(stage: MastodonStage) -> None:
    subject = stage.publish()
    boost = stage.repost_as(NORTH, subject)
    seen = await look_at(stage.tracker(), stage.look())
    told = [post for post in seen.posts if post.subject_id == subject]
    # In the party's own feed, in the notifications, and in who boosted.
    assert {post.external_id for post in told} == {boost}
    assert [post.at is None for post in told] == [False, False, True]
    assert told[0].links == (PAGE,)


async def test_quotes_and_mentions_are_told_by_the_alliances_own_server(stage: MastodonStage) -> None:
    subject = stage.publish()
    stage.wait()
    quote = stage.world.post(stage.handles[SOUTH], "Well said", quotes=subject)
    stage.world.closed.add("party3.example")
    seen = await look_at(stage.tracker(), stage.look())
    (post,) = {post.external_id: post for post in seen.posts if post.author_id == stage.uris[SOUTH]}.values()
    assert (post.external_id, post.kind, post.subject_id) == (quote, PostKind.QUOTE, subject)
    assert seen.failed == {SOUTH: Unobservable.PROTECTED}
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert [post for post in again.posts if post.author_id == stage.uris[SOUTH]] == []


async def test_without_a_token_boosts_are_seen_and_notifications_not_asked_for(stage: MastodonStage) -> None:
    stage.token, noting = None, Noting(stage)
    boost = stage.repost_as(NORTH, stage.publish())
    seen = await look_at(stage.tracker(), stage.look())
    assert boost in seen.ids
    assert not any("notifications" in path or "quotes" in path for path, _ in noting.noted)


async def test_without_a_server_of_our_own_accounts_are_still_looked_at(stage: MastodonStage) -> None:
    subject = stage.publish()
    boost = stage.repost_as(NORTH, subject)
    part = stage.settings().model_copy(update={"server": None})
    seen = await look_at(MastodonTracker(stage.fetcher, part), stage.look())
    assert boost in seen.ids
    assert seen.counts == {}


async def test_who_boosted_is_asked_only_when_the_count_changed(stage: MastodonStage) -> None:
    subject, noting = stage.publish(), Noting(stage)
    stage.repost_as(NORTH, subject)
    seen = await look_at(stage.tracker(), stage.look())
    noting.noted.clear()
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert again.counts[subject].reposts == 1
    assert not [path for path, _ in noting.noted if path.endswith("/reblogged_by")]


async def test_an_own_status_is_shown_again_as_its_content_may_come_later(stage: MastodonStage) -> None:
    subject, post = stage.publish(), stage.post_as(NORTH)
    seen = await look_at(stage.tracker(), stage.look())
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert subject in again.ids
    assert post not in again.ids


async def test_a_boost_that_reaches_home_late_is_seen_at_the_partys_server_at_once(stage: MastodonStage) -> None:
    stage.world.lag = timedelta(hours=2)
    subject = stage.publish()
    boost = stage.repost_as(NORTH, subject)
    seen = await look_at(stage.tracker(), stage.look())
    assert boost in seen.ids
    assert seen.counts[subject].reposts == 0
    await stage.clock.sleep(3 * 3600)
    assert (await look_at(stage.tracker(), stage.look(seen.cursors))).counts[subject].reposts == 1


async def test_the_token_goes_to_our_own_server_alone(stage: MastodonStage) -> None:
    noting = Noting(stage)
    stage.repost_as(NORTH, stage.publish())
    here = stage.base_url.removeprefix("http://")
    there = here.replace("127.0.0.1", "localhost")
    noting.redirected["/notifications"] = f"http://{there}/mastodon/elsewhere.example/api/v1/stolen"
    fetcher = Fetcher(allowed=frozenset({here, there}))
    await look_at(MastodonTracker(fetcher, stage.settings()), stage.look())
    await fetcher.aclose()
    assert {path.split("/")[2] for path, header in noting.noted if TOKEN in header} == {HOME}
    without = {path.split("/")[2] for path, header in noting.noted if not header}
    assert without == {"elsewhere.example", *(f"party{row}.example" for row in MEMBERS)}


async def test_only_the_servers_of_accounts_and_our_own_are_asked(stage: MastodonStage) -> None:
    noting = Noting(stage)
    subject = stage.publish()
    stage.crowd(subject, 5)
    stage.world.boost(stage.handles[NORTH], stage.world.post("x@elsewhere.example", "Not ours"))
    tracker = stage.tracker()
    await look_at(tracker, stage.look())
    await tracker.identify(list(stage.look().accounts))
    assert {path.split("/")[2] for path, _ in noting.noted} == {HOME, *(f"party{row}.example" for row in MEMBERS)}


async def test_a_dead_server_stops_no_other_and_is_left_alone_after_three_tries(stage: MastodonStage) -> None:
    noting = Noting(stage)
    noting.redirected["party2.example"] = f"{stage.base_url}/mastodon/{HOME}/api/v1/broken"
    stage.handles |= {row: f"p{row}@party2.example" for row in range(10, 30)}
    stage.uris |= {row: stage.world.account(stage.handles[row]).uri for row in range(10, 30)}
    south = stage.post_as(SOUTH)
    noting.redirected["broken"] = "http://127.0.0.1:9/"
    seen = await look_at(stage.tracker(), stage.look())
    assert south in seen.ids
    assert set(seen.missed) == {NORTH, *range(10, 30)}
    assert len([path for path, _ in noting.noted if "party2.example" in path]) < 10


async def test_a_server_that_asks_to_wait_holds_up_no_other(stage: MastodonStage) -> None:
    stage.world.limits["party2.example"] = Limit(0)
    south = stage.post_as(SOUTH)
    seen = await look_at(stage.tracker(), stage.look())
    assert south in seen.ids
    assert list(seen.missed) == [NORTH]


async def test_when_our_own_server_asks_to_wait_it_is_told_at_the_end(stage: MastodonStage) -> None:
    stage.publish()
    stage.world.limits[HOME] = Limit(1, timedelta(minutes=5))
    south, seen = stage.post_as(SOUTH), Seen()
    with pytest.raises(RateLimited) as caught:
        await look_at(stage.tracker(), stage.look(), seen=seen)
    assert south in seen.ids
    assert caught.value.retry_after == timedelta(minutes=5)


async def test_posts_for_few_are_not_read(stage: MastodonStage) -> None:
    uris = {kind: stage.post_as(NORTH) for kind in ("unlisted", "private", "direct")}
    for kind, uri in uris.items():
        stage.world.hide(uri, kind)
    # The server of the sandbox leaves them out; a careless one does not, and we do.
    assert (await look_at(stage.tracker(), stage.look())).ids == {uris["unlisted"]}
    for visibility in ("private", "direct", "", None, 7):
        assert views.read_status(status(visibility=visibility), server="party2.example") is None


async def test_who_an_account_is_now(stage: MastodonStage) -> None:
    stage.world.moved[stage.uris[NORTH]] = "party@new.example"
    stage.world.lost.add(stage.uris[SOUTH])
    asked = [
        Watched(1, stage.handles[NORTH], stage.uris[NORTH]),
        Watched(2, stage.handles[SOUTH], stage.uris[SOUTH]),
        Watched(3, "party@party4.example", "https://party4.example/users/somebody_else"),
        Watched(4, "no handle"),
        Watched(5, "x@127.0.0.1"),
    ]
    found = await stage.tracker().identify(asked)
    assert {row: (one.external_id, one.reason) for row, one in found.items()} == {
        1: (stage.uris[NORTH], Unobservable.GONE),
        2: (stage.uris[SOUTH], Unobservable.GONE),
        3: (stage.uris[MEMBERS[2]], None),
        4: (None, Unobservable.NOT_FOUND),
        5: (None, Unobservable.NOT_FOUND),
    }


async def test_a_copy_on_another_server_is_never_looked_up(stage: MastodonStage) -> None:
    noting = Noting(stage)
    uri = stage.post_as(NORTH)
    north = [one for one in stage.look().accounts if one.account_id == NORTH]
    key = f"{int(uri.rpartition('/')[2]) + 1}"
    links = [
        recognise(f"https://elsewhere.example/@party@party2.example/{key}"),
        recognise(f"https://party3.example/@party@party2.example/{key}"),
        recognise(f"https://party3.example/@party/{key}"),
        PastedLink(Network.MASTODON, uri),
    ]
    for link in links:
        assert link is not None
        assert await stage.tracker().look_up(link, north) is None
    assert noting.noted == []
    # The right server, but another server's post: its id there is not its own.
    theirs = stage.post_as(SOUTH)
    copy = f"https://party2.example/users/party/statuses/{int(theirs.rpartition('/')[2]) + 1}"
    link = PastedLink(Network.MASTODON, copy, "party@party2.example", copy)
    assert await stage.tracker().look_up(link, north) is None


async def test_another_accounts_post_on_the_same_server_is_looked_up_as_the_others(stage: MastodonStage) -> None:
    uri = stage.world.post("other@party2.example", "Not the party's")
    north = [one for one in stage.look().accounts if one.account_id == NORTH]
    post = await stage.tracker().look_up(PastedLink(Network.MASTODON, uri, "party@party2.example", uri), north)
    assert post is not None
    assert post.author_id == "https://party2.example/users/other"


async def test_a_closed_or_parked_server_calls_nothing_deleted(stage: MastodonStage) -> None:
    known = stage.known(stage.post_as(NORTH))
    foreign = KnownPost(known.external_id, stage.uris[SOUTH])
    assert await stage.tracker().recheck([foreign]) == {}
    stage.world.closed.add("party2.example")
    assert await stage.tracker().recheck([known]) == {}
    stage.world.closed.clear()
    parked: list[tuple[int, str]] = [(404, "<html>Buy this domain"), (403, "<html>Are you human?"), (410, "")]
    for code, body in parked:
        stage.break_with(code, body=body)
        with pytest.raises(Exception, match=f"answered {code}"):
            await stage.tracker().recheck([known])


def status(**changed: Any) -> dict[str, Any]:
    uri = "https://party2.example/users/party/statuses/1"
    fields = {
        "id": "1",
        "uri": uri,
        "url": "https://party2.example/@party/1",
        "created_at": "2026-11-23T08:00:00Z",
        "visibility": "public",
        "account": {"uri": "https://party2.example/users/party", "username": "party"},
        "content": "<p>Hello</p>",
    }
    return fields | changed


@pytest.mark.parametrize(
    "changed",
    [
        {"uri": "https://victim.example/users/party/statuses/1"},
        {"account": {"uri": "https://victim.example/users/party"}},
        {"account": None},
        {"uri": "javascript:alert(1)"},
        {"uri": 7},
        {"created_at": "yesterday"},
        {"reblog": {"uri": "http://plain.example/1"}},
        {"reblog": {"uri": None}},
    ],
)
def test_a_damaged_or_lying_status_is_passed_over(changed: Mapping[str, Any]) -> None:
    assert views.read_status(status(), server="party2.example") is not None
    assert views.read_status(status(**changed), server="party2.example") is None


@pytest.mark.parametrize("damaged", [None, 7, [], "text", {}])
def test_what_is_no_status_is_none(damaged: object) -> None:
    assert views.read_status(damaged, server="party2.example") is None


def test_html_of_any_kind_becomes_words_and_links() -> None:
    html = (
        '<p>One<br>two &amp; <script>alert(1)</script><a href="https://a.example/x">three</a></p><p>four'
        '<a class="u-url mention" href="https://b.example/@x">@x</a> <a href="javascript:y">five</a> <a>six</a>'
        '<a class="mention hashtag" href="https://c.example/tags/z">#z</a></p><blockquote>' + "<" * 1000 + "&#x0;" * 9
    )
    post = views.read_status(status(content=html), server="party2.example")
    assert post is not None
    assert post.text.startswith("One\ntwo & three\n\nfour@x five six#z")
    assert post.links == ("https://a.example/x",)
    huge = views.read_status(status(content="<b>x" * 1_000_000), server="party2.example")
    assert huge is not None
    assert len(huge.text) <= 100_000


@pytest.mark.parametrize(
    "hostile", ["<a ", "<", "<!-- ", '<a b="', "<script>", "&", "<b>", "<p><a href='https://x.example'>"]
)
def test_markup_that_is_made_to_hurt_does_not(hostile: str) -> None:
    began = time.process_time()
    views.read_html(hostile * 100_000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("state", ["revoked", "rejected", "pending", None])
def test_a_quote_that_was_refused_or_taken_back_is_none(state: str | None) -> None:
    quote = {"state": state, "quoted_status": {"uri": "https://alliance.example/users/a/statuses/2"}}
    post = views.read_status(status(quote=quote), server="party2.example")
    assert post is not None
    assert (post.kind, post.subject_id) == (PostKind.POST, None)


def test_it_can_be_switched_off() -> None:
    off = Settings(mastodon=Mastodon(enabled=False))
    assert open_tracker(off, None, None) is None  # type: ignore[arg-type]
