"""Answers that are well formed and wrong: no look crashes by them, and all that is read of them can be written down."""

import copy
import json
import logging
import random
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlmodel import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sharebot.errors import TemporaryError
from sharebot.models import Member, SocialAccount
from sharebot.sandbox.youtube import KEY
from sharebot.sources.fetch import Fetcher
from sharebot.store import reshares, tracking
from sharebot.store.database import Database
from sharebot.trackers.seam import Observation, Watched
from sharebot.values.status import AccountStatus, Network, PostKind
from tests.cast import add_cast
from tests.loopback import serving_app
from tests.trackers.contract import ALLIANCE, MEMBERS, Stage, Trait
from tests.trackers.stage_linkedin import TOKEN as LINKEDIN_TOKEN
from tests.trackers.stage_mastodon import TOKEN
from tests.trackers.stage_x import XStage
from tests.trackers.test_contract import STAGES

NORTH, SOUTH, _EAST = MEMBERS
ROUNDS = 25
HALF = "\ud800"
DEEP: Any = json.loads("[" * 300 + "]" * 300)
EVIL: tuple[Any, ...] = (
    None, True, -1, 2**63, 10**400, float("nan"), float("inf"), 1.5, "", "\0", HALF, f"https://a.example/{HALF}",
    "x" * 3000, "https://" + "é." * 1000, "https://[", "//", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "-0", "٣", [], {}, [[]], [None], {"id": {}}, DEEP,
)  # fmt: skip


class Lying:
    """Stands before a server and changes one thing in each of its answers."""

    def __init__(self, app: ASGIApp, seed: int) -> None:
        self.app, self.random = app, random.Random(seed)  # noqa: S311 - what is wrong has to be so again
        self.is_on = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: list[Message] = []

        async def keep(message: Message) -> None:
            told.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(one.get("body", b"") for one in told)
        start = next(one for one in told if one["type"] == "http.response.start")
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        body = self.change(body) if self.is_on else body
        await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

    def change(self, body: bytes) -> bytes:
        try:
            data = json.loads(body)
        except ValueError:
            return self._change_bytes(body)
        holders = list(_holders([data]))
        holder, key = self.random.choice(holders)
        holder[key] = copy.copy(self.random.choice(EVIL))
        return json.dumps(holders[0][0][0]).encode()

    def _change_bytes(self, body: bytes) -> bytes:
        at = self.random.randrange(len(body) + 1)
        evil = self.random.choice([b"\0", b"\xed\xa0\x80", b"&#xD800;", b"<", b"]]>", b"&a;", b"<!--", b"\xff" * 9])
        return body[:at] + evil + body[at:]


def _holders(data: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield data, key
        if isinstance(value, (dict, list)):
            yield from _holders(value)


@pytest.fixture(params=list(STAGES), ids=[network.value for network in STAGES])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with STAGES[request.param]() as opened:
        yield opened


@pytest.fixture
async def lying(stage: Stage) -> AsyncIterator[Lying]:
    if not isinstance(stage, XStage):
        lying = Lying(stage.front.app, 7)  # type: ignore[attr-defined]
        stage.front.app = lying  # type: ignore[attr-defined]
        yield lying
        return

    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        answer: Response = await stage.server.answer(Request(scope, receive))
        await answer(scope, receive, send)

    lying = Lying(ask, 7)
    async with serving_app(lying) as base_url:
        stage.server.base_url = base_url
        yield lying


def play(stage: Stage) -> list[str]:
    """Let there be something of everything."""
    subject = stage.publish() if Trait.COUNTS in stage.has else None
    posts = [stage.post_as(NORTH), stage.post_as(SOUTH)] if Trait.FEEDS in stage.has else []
    if subject and Trait.REPOSTS in stage.has:
        posts.append(stage.repost_as(NORTH, subject))
    return posts + ([subject] if subject else [])


def write(database: Database, stage: Stage, part: Observation) -> None:
    with database.write() as session:
        reshares.add_posts(session, part.posts, short_base="https://go.example/r", now=stage.look().now)
        tracking.record_part(session, stage.network, part, now=stage.look().now)


def watch(database: Database, network: Network, accounts: list[Watched]) -> None:
    add_cast(database)
    with database.write() as session:
        parties = list(session.exec(select(Member.id)))
        for one in accounts:
            member = None if one.account_id == ALLIANCE else parties[one.account_id % len(parties)]
            session.add(
                SocialAccount(
                    id=one.account_id,
                    member_id=member,
                    network=network,
                    handle=one.handle,
                    external_id=one.external_id,
                    status=AccountStatus.WATCHED,
                )
            )


async def test_one_wrong_thing_in_each_answer_ends_no_look_otherwise_than_told(
    stage: Stage, lying: Lying, database: Database
) -> None:
    posts = play(stage)
    watch(database, stage.network, list(stage.look().accounts))
    lying.is_on = True
    read = 0
    for number in range(ROUNDS):
        lying.random.seed(number)
        tracker = stage.tracker()
        try:
            async for part in tracker.observe(stage.look()):
                write(database, stage, part)
                read += 1
        except TemporaryError:
            pass
        for ask in (
            lambda tracker=tracker: tracker.identify(stage.look().accounts),
            lambda tracker=tracker: tracker.recheck([stage.known(one) for one in posts]),
        ):
            try:
                found = await ask()
            except TemporaryError:
                continue
            with database.write() as session:
                if found and all(isinstance(key, int) for key in found):
                    tracking.record_identities(session, found, now=stage.look().now)
                    session.rollback()
        written = [one for one in posts if stage.known(one).kind is not PostKind.REPOST]
        for one in written if Trait.LOOK_UP in stage.has else ():
            try:
                await tracker.look_up(stage.link(one), stage.look().accounts)
            except TemporaryError:
                continue
    assert read


SECRETS = {
    Network.MASTODON: TOKEN,
    Network.YOUTUBE: KEY,
    Network.LINKEDIN: LINKEDIN_TOKEN,
    Network.X: "AAAA-bearer",
}
BROKEN = (
    (200, "<html>"),
    (200, "{}"),
    (400, '{"error": "{secret}", "title": "{secret}", "message": "{secret}"}'),
    (401, '{"title": "Bearer {secret}", "error": {"message": "{secret}", "errors": [{"reason": "{secret}"}]}}'),
    (402, '{"title": "{secret}"}'),
    (403, '{"title": "{secret}", "error": "{secret}", "message": "version {secret}"}'),
    (429, "{secret}"),
    (500, "{secret}"),
    (301, ""),
    (307, ""),
)


@pytest.mark.parametrize("network", SECRETS, ids=[one.value for one in SECRETS])
async def test_a_secret_is_in_no_error_log_part_or_request_to_somebody_else(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told, sent = list[str](), list[str]()

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        sent.append(f"{scope['headers']} {scope['path']} {scope['query_string']}")
        await Response("{}", media_type="application/json")(scope, receive, send)

    stage: Any
    async with STAGES[network]() as stage, serving_app(elsewhere) as base_url:
        if isinstance(stage, XStage):
            stage.x.token = SECRETS[network]
        else:
            allow = frozenset({base_url.removeprefix("http://"), stage.base_url.removeprefix("http://")})
            stage.fetcher = Fetcher(allowed=allow)
        posts = play(stage)
        for status, body in BROKEN:
            stage.break_with(
                status, headers={"location": f"{base_url}/a"}, body=body.replace("{secret}", SECRETS[network])
            )
            tracker = stage.tracker()
            try:
                told += [repr(part) async for part in tracker.observe(stage.look())]
            except TemporaryError as error:
                told += traceback.format_exception(error)
            for ask in (tracker.identify(stage.look().accounts), tracker.recheck([stage.known(one) for one in posts])):
                try:
                    told.append(repr(await ask))
                except TemporaryError as error:
                    told += traceback.format_exception(error)
        if not isinstance(stage, XStage):
            await stage.fetcher.aclose()
    assert told
    assert sent or network is Network.X, "redirects are followed, without what opens the first server"
    assert SECRETS[network] not in "".join([*told, *sent])
    ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    assert not [record.name for record in ours if SECRETS[network] in record.getMessage()]
