"""Webhooks out, over a real HTTP server: signed, tried again, at least once each."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiohttp import web
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.jobs.call_webhooks import call_webhooks
from sharebot.models import Webhook, WebhookCall
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.store.webhooks import add_webhook, note_event, note_test, retry_call, set_active
from sharebot.values.api import CallStatus, WebhookEvent
from tests.cast import NOW, FixedClock

Taken = tuple[dict[str, str], str]


@dataclass
class Receiver:
    """A program that is called. It answers with `statuses` in turn, then 204; `hangs` never answers."""

    statuses: list[int] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    hangs: bool = False
    url: str = ""
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.text()))
        self.called.set()
        if self.hangs:
            await asyncio.sleep(60)
        status = self.statuses.pop(0) if self.statuses else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    made.url = f"http://127.0.0.1:{port}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture
async def runtime(database: Database, clock: FixedClock) -> AsyncIterator[Runtime]:
    """A process that may call public addresses alone."""
    fetcher, parsers = Fetcher(), ParserPool(size=1)
    yield Runtime(settings=Settings(), clock=clock, database=database, fetcher=fetcher, parsers=parsers)
    await fetcher.aclose()
    await parsers.aclose()


@pytest.fixture
async def caller(runtime: Runtime, receiver: Receiver) -> AsyncIterator[Runtime]:
    place = receiver.url.removeprefix("http://").removesuffix("/hook")
    fetcher = Fetcher(allowed=frozenset({place}))
    yield replace(runtime, fetcher=fetcher)
    await fetcher.aclose()


@pytest.fixture
def secret(database: Database, receiver: Receiver) -> str:
    with database.write() as session:
        return add_webhook(session, receiver.url, list(WebhookEvent), now=NOW)[1]


def note(database: Database, key: str = "7") -> None:
    with database.write() as session:
        note_event(session, WebhookEvent.RESHARE_FOUND, key, {"reshare_id": 7}, now=NOW)


def call_of(database: Database) -> WebhookCall:
    with database.read() as session:
        return session.exec(select(WebhookCall)).one()


def verify(secret: str, headers: dict[str, str], body: str) -> bool:
    """As docs/api.md tells receivers to."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    mine = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(one, f"v1,{mine}") for one in headers["webhook-signature"].split())


async def test_a_call_is_signed_and_made_once(
    caller: Runtime, receiver: Receiver, database: Database, secret: str
) -> None:
    note(database)
    note(database)
    await call_webhooks(caller)
    await call_webhooks(caller)
    [(headers, body)] = receiver.taken
    assert json.loads(body) == {"type": "reshare.found", "timestamp": NOW.isoformat(), "data": {"reshare_id": 7}}
    assert headers["Content-Type"] == "application/json"
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert verify(secret, sent, body)
    assert not verify(secret, sent, body.replace("7", "8"))
    assert call_of(database).status is CallStatus.SENT
    with database.read() as session:
        assert secret not in session.exec(select(Webhook)).one().secret_sealed


async def test_a_failing_address_is_called_for_a_day_and_then_given_up(
    caller: Runtime, receiver: Receiver, database: Database, clock: FixedClock, secret: str
) -> None:
    note(database)
    receiver.statuses = [500, 404, 302, 503, 500, 500, 500]
    waited = []
    while call_of(database).status is CallStatus.QUEUED:
        await call_webhooks(caller)
        due = call_of(database).due_at
        waited.append(due - clock.at)
        clock.at = max(due, clock.at)
    minutes = [round(one / timedelta(minutes=1)) for one in waited]
    assert minutes == [1, 5, 30, 120, 360, 720, 0]
    assert sum(waited, timedelta(0)) < timedelta(hours=24)
    assert {headers["webhook-id"] for headers, _ in receiver.taken} == {receiver.taken[0][0]["webhook-id"]}
    assert (call_of(database).status, call_of(database).attempts) == (CallStatus.FAILED, 7)
    assert all(headers["Host"] in receiver.url for headers, _ in receiver.taken)  # no redirect was followed
    with database.write() as session:
        assert session.exec(select(Webhook)).one().failing_since == NOW
        retry_call(session, 1, now=clock.at)
    await call_webhooks(caller)
    assert call_of(database).status is CallStatus.SENT
    with database.read() as session:
        assert session.exec(select(Webhook)).one().failing_since is None


async def test_an_address_that_is_gone_is_left_alone(
    caller: Runtime, receiver: Receiver, database: Database, secret: str
) -> None:
    note(database, "1")
    note(database, "2")
    receiver.statuses = [410]
    await call_webhooks(caller)
    with database.read() as session:
        assert not session.exec(select(Webhook)).one().active
        assert {one.status for one in session.exec(select(WebhookCall))} == {CallStatus.FAILED}
    note(database, "3")
    await call_webhooks(caller)
    assert len(receiver.taken) == 1


async def test_a_call_cut_off_in_the_middle_is_made_again_with_the_same_id(
    caller: Runtime, receiver: Receiver, database: Database, secret: str
) -> None:
    note(database)
    receiver.hangs = True
    task = asyncio.create_task(call_webhooks(caller))
    await asyncio.wait_for(receiver.called.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    receiver.hangs = False
    await call_webhooks(caller)
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    assert len(receiver.taken) == 2
    assert call_of(database).status is CallStatus.SENT


async def test_one_address_that_fails_does_not_stop_another(
    caller: Runtime, receiver: Receiver, database: Database, clock: FixedClock
) -> None:
    with database.write() as session:
        add_webhook(session, "https://127.0.0.1:1/private", [WebhookEvent.RESHARE_FOUND], now=NOW)
        add_webhook(session, receiver.url, [WebhookEvent.RESHARE_FOUND], now=NOW)
        add_webhook(session, receiver.url, [WebhookEvent.REPORT_READY], now=NOW)
    note(database, "1")
    note(database, "2")
    await call_webhooks(caller)
    assert len(receiver.taken) == 2
    with database.read() as session:
        failed = session.exec(select(WebhookCall).where(WebhookCall.webhook_id == 1)).all()
    assert [one.attempts for one in failed] == [1, 0]  # after one that failed the rest waits for the next turn
    assert "port not allowed" in (failed[0].error or "")


async def test_a_private_address_is_never_dialled(runtime: Runtime, receiver: Receiver, database: Database) -> None:
    with database.write() as session:
        add_webhook(session, "https://localhost/hook", list(WebhookEvent), now=NOW)
    note(database)
    await call_webhooks(runtime)
    assert "not allowed" in (call_of(database).error or "")
    assert receiver.taken == []


async def test_a_paused_address_hears_nothing_of_the_time_between(
    caller: Runtime, receiver: Receiver, database: Database, secret: str
) -> None:
    note(database, "waiting")
    with database.write() as session:
        set_active(session, 1, active=False)
    note(database, "between")
    await call_webhooks(caller)
    assert receiver.taken == []
    with database.write() as session:
        set_active(session, 1, active=True)
        note_test(session, 1, now=NOW)
    await call_webhooks(caller)
    assert [json.loads(body)["type"] for _, body in receiver.taken] == ["reshare.found", "webhook.test"]
