"""The figures for Prometheus: right, cheap, and for those only who may read them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event

from sharebot import __version__
from sharebot.config.settings import Settings
from sharebot.models import (
    Alert,
    Attempt,
    Delivery,
    InboxUpdate,
    Report,
    Source,
    TrackerSpend,
    TrackerState,
    Worker,
)
from sharebot.runtime import Runtime
from sharebot.store.bots import get_bot
from sharebot.store.database import Database
from sharebot.store.schema import HEAD
from sharebot.values.status import (
    AttemptOutcome,
    BotStatus,
    DeliveryKind,
    DeliveryStatus,
    Network,
    ReportKind,
    ReportStatus,
    SourceKind,
    SourceStatus,
)
from sharebot.values.tracking import TrackerStatus
from sharebot.web.app import build_app
from tests.cast import NOW

LOCAL, OUTSIDE = "127.0.0.1", "203.0.113.9"
MINUTE = timedelta(minutes=1)
TOKEN = "scrape-canary-1f2e3d"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@asynccontextmanager
async def scraper(
    runtime: Runtime, *, token: str | None = None, address: str = LOCAL, base: str = "http://127.0.0.1:8080"
) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate({"web": {"metrics_token": token, "public_url": "https://share.example"}})
    app = build_app(replace(runtime, settings=settings))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client


async def scrape(runtime: Runtime) -> Samples:
    async with scraper(runtime) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"sharebot_{name}", frozenset(labels.items())]


def values(samples: Samples, name: str, label: str) -> dict[str, float]:
    """Return the samples of a metric that are not 0, by their one label."""
    found = {dict(labels)[label]: n for (metric, labels), n in samples.items() if metric == f"sharebot_{name}"}
    return {word: n for word, n in found.items() if n}


def fill(database: Database) -> None:
    with database.write() as session:
        main, asia = get_bot(session), get_bot(session, "asia")
        main.blocked_until, main.slowness, main.slowed_at = NOW + 2 * MINUTE, 3, NOW - 5 * MINUTE
        asia.status, asia.blocked_until = BotStatus.PAUSED, NOW - MINUTE
        session.add_all([main, asia])
        states = [
            (DeliveryStatus.QUEUED, NOW - 10 * MINUTE, main.id),
            (DeliveryStatus.QUEUED, NOW - 30 * MINUTE, asia.id),
            (DeliveryStatus.QUEUED, NOW + MINUTE, main.id),
            (DeliveryStatus.SENT, NOW - 90 * MINUTE, main.id),
            (DeliveryStatus.SENDING, NOW - 60 * MINUTE, main.id),
        ]
        for number, (status, due_at, bot_id) in enumerate(states, 1):
            session.add(
                Delivery(
                    key=str(number),
                    kind=DeliveryKind.WELCOME,
                    bot_id=bot_id or 0,
                    status=status,
                    due_at=due_at,
                    expires_at=NOW + timedelta(days=9),
                    created_at=NOW,
                )
            )
        session.flush()
        outcomes = [AttemptOutcome.SENT, AttemptOutcome.SENT, AttemptOutcome.RATE_LIMITED, AttemptOutcome.OPEN]
        for number, outcome in enumerate(outcomes, 1):
            session.add(Attempt(delivery_id=4, number=number, worker="w", outcome=outcome, started_at=NOW))
        ends: list[dict[str, Any]] = [
            {},
            {"done_at": NOW},
            {"done_at": NOW, "error": "x"},
            {"done_at": NOW - timedelta(days=2), "error": "x"},
        ]
        for number, end in enumerate(ends):
            row = InboxUpdate(bot_id=main.id or 0, update_id=number, body="secret words", received_at=NOW, **end)
            session.add(row)
        session.add(Worker(name="a", started_at=NOW, seen_at=NOW, leads=True, clock_off_s=-1.5))
        session.add(Worker(name="b", started_at=NOW, seen_at=NOW - MINUTE))
        session.add(Worker(name="dead", started_at=NOW, seen_at=NOW - 2 * MINUTE, leads=True, clock_off_s=9))
        session.add(Alert(code="bot_paused", subject="asia", opened_at=NOW))
        session.add(Alert(code="entry_paused", subject="1", opened_at=NOW))
        session.add(Alert(code="entry_paused", subject="2", opened_at=NOW))
        session.add(Alert(code="disk_low", opened_at=NOW, resolved_at=NOW))
        for number, at in enumerate([SourceStatus.ACTIVE, SourceStatus.ACTIVE, SourceStatus.OFF]):
            url = f"https://secret{number}.example"
            session.add(Source(kind=SourceKind.FEED, url=url, status=at, next_poll_at=NOW, created_at=NOW))
        session.add(
            Report(
                recipient="secret@alliance.example",
                kind=ReportKind.WEEKLY,
                period="2026-W47",
                language="en",
                status=ReportStatus.FAILED,
                due_at=NOW,
                message_id="x",
            )
        )


async def test_the_figures_are_those_of_the_rows(runtime: Runtime, database: Database) -> None:
    fill(database)
    found = await scrape(runtime)
    assert values(found, "deliveries", "status") == {"queued": 3, "sent": 1, "sending": 1}
    assert value(found, "deliveries_due") == 2
    assert value(found, "oldest_due_seconds") == 1800
    assert values(found, "attempts_total", "outcome") == {"sent": 2, "rate_limited": 1}
    assert values(found, "bot_up", "bot") == {"main": 1}
    assert values(found, "bot_blocked_seconds", "bot") == {"main": 120}
    assert values(found, "bot_slowness", "bot") == {"main": 2, "asia": 1}  # half of the slowing has worn off
    assert (value(found, "inbox_pending"), value(found, "inbox_failed")) == (1, 1)
    assert (value(found, "workers"), value(found, "worker_leads")) == (2, 1)
    assert values(found, "clock_off_seconds", "worker") == {"a": -1.5}
    assert values(found, "alerts_open", "code") == {"bot_paused": 1, "entry_paused": 2}
    assert values(found, "sources", "status") == {"active": 2, "off": 1}
    assert values(found, "reports", "status") == {"failed": 1}
    assert value(found, "build_info", version=__version__, revision=HEAD) == 1


async def test_every_word_of_a_set_is_there_from_the_beginning(runtime: Runtime) -> None:
    found = await scrape(runtime)
    names = {name: {dict(labels).get("status", "") for metric, labels in found if metric == name} for name, _ in found}
    assert names["sharebot_deliveries"] == {status.value for status in DeliveryStatus}
    assert names["sharebot_sources"] == {status.value for status in SourceStatus}
    assert names["sharebot_reports"] == {status.value for status in ReportStatus}
    assert value(found, "attempts_total", outcome="refused") == 0
    assert value(found, "alerts_open", code="no_worker") == 0
    assert ("sharebot_attempts_total", frozenset({("outcome", "open")})) not in found
    assert (value(found, "oldest_due_seconds"), value(found, "workers")) == (0, 0)


async def test_networks_tell_their_age_failures_and_spending(runtime: Runtime, database: Database) -> None:
    with database.write() as session:
        hour_ago = NOW - timedelta(hours=1)
        session.add(TrackerState(network=Network.X, status=TrackerStatus.RUNNING, failures=0, ok_at=hour_ago))
        session.add(TrackerState(network=Network.MASTODON, status=TrackerStatus.FAILING, failures=5))
        for days, micros in ((0, 250_000), (1, 1_000_000), (40, 7_000_000)):
            on_date = (NOW - timedelta(days=days)).date()
            session.add(TrackerSpend(network=Network.X, on_date=on_date, resource="post", n=1, micros=micros))
    found = await scrape(runtime)
    x, mastodon = frozenset({("network", "x")}), frozenset({("network", "mastodon")})
    assert found["sharebot_network_up", x] == 1
    assert found["sharebot_network_up", mastodon] == 0
    assert found["sharebot_network_ok_age_seconds", x] == 3600
    assert ("sharebot_network_ok_age_seconds", mastodon) not in found
    assert found["sharebot_network_failures", mastodon] == 5
    assert found["sharebot_network_spent_dollars", x] == 1.25


async def test_a_scrape_is_at_most_ten_queries(runtime: Runtime, database: Database) -> None:
    fill(database)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    await scrape(runtime)
    assert 0 < len(statements) <= 10, statements


async def test_nothing_that_names_a_person_or_an_item_is_told(runtime: Runtime, database: Database) -> None:
    fill(database)
    async with scraper(runtime) as client:
        assert "secret" not in (await client.get("/metrics")).text


async def test_both_formats_of_prometheus_are_spoken(runtime: Runtime, database: Database) -> None:
    fill(database)
    async with scraper(runtime) as client:
        plain = await client.get("/metrics")
        openmetrics = await client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert plain.headers["content-type"].startswith("text/plain; version=")
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    names = {family.name for family in parse_openmetrics(openmetrics.text)}
    assert {"sharebot_attempts", "sharebot_deliveries", "sharebot_bot_up"} <= names
    assert all(
        line.startswith(("# HELP sharebot_", "# TYPE sharebot_", "sharebot_")) for line in plain.text.splitlines()
    )


async def test_names_follow_the_conventions(runtime: Runtime) -> None:
    async with scraper(runtime) as client:
        families = list(text_string_to_metric_families((await client.get("/metrics")).text))
    for family in families:
        assert family.documentation.endswith("."), family.name
        assert family.type == ("counter" if family.name == "sharebot_attempts" else "gauge")
        assert not family.name.endswith(("_count", "_sum", "_minutes", "_ms"))


@pytest.mark.parametrize(
    ("token", "given", "address", "status"),
    [
        (None, None, LOCAL, 200),
        (None, None, "::1", 200),
        (None, None, OUTSIDE, 401),
        (None, "", OUTSIDE, 401),
        (None, "None", OUTSIDE, 401),
        ("", "", OUTSIDE, 401),
        (TOKEN, None, OUTSIDE, 401),
        (TOKEN, "", OUTSIDE, 401),
        (TOKEN, TOKEN[:-1], OUTSIDE, 401),
        (TOKEN, f"{TOKEN}x", OUTSIDE, 401),
        (TOKEN, "é", OUTSIDE, 401),
        (TOKEN, TOKEN, OUTSIDE, 200),
        (TOKEN, None, LOCAL, 200),
    ],
)
async def test_only_this_machine_or_the_token_may_read(
    runtime: Runtime, token: str | None, given: str | None, address: str, status: int
) -> None:
    headers = [] if given is None else [(b"Authorization", f"Bearer {given}".encode())]
    async with scraper(runtime, token=token, address=address) as client:
        answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("sharebot_" in answer.text) == (status == 200)
    assert TOKEN not in answer.text


@pytest.mark.parametrize("scheme", ["Basic", "", "Token"])
async def test_the_token_is_taken_as_a_bearer_token_only(runtime: Runtime, scheme: str) -> None:
    async with scraper(runtime, token=TOKEN, address=OUTSIDE) as client:
        answer = await client.get("/metrics", headers={"Authorization": f"{scheme} {TOKEN}".strip()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_a_proxy_on_this_machine_is_not_this_machine(runtime: Runtime, header: str) -> None:
    async with scraper(runtime) as client:
        assert (await client.get("/metrics", headers={header: OUTSIDE})).status_code == 401
    async with scraper(runtime, base="https://share.example") as client:  # it kept the Host that was asked for
        assert (await client.get("/metrics")).status_code == 401


async def test_a_database_that_fails_is_said_so(runtime: Runtime, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE alert")
    async with scraper(runtime) as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.text) == (503, "The database does not answer\n")


async def test_a_scrape_of_a_hundred_thousand_deliveries_is_quick(runtime: Runtime, database: Database) -> None:
    with database.write() as session:
        bot_id = get_bot(session).id
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        session.connection().exec_driver_sql(
            "INSERT INTO delivery (key, kind, bot_id, status, due_at, expires_at, attempts, copies, created_at) "
            f"{numbers} SELECT 'k' || i, 'welcome', {bot_id}, CASE WHEN i % 10 THEN 'sent' ELSE 'queued' END, "
            f"'{NOW:%Y-%m-%d %H:%M:%S.%f}', '{NOW:%Y-%m-%d %H:%M:%S.%f}', 1, 1, '{NOW:%Y-%m-%d %H:%M:%S.%f}' FROM n"
        )
        session.connection().exec_driver_sql(
            "INSERT INTO attempt (delivery_id, number, worker, body_sha256, outcome, started_at) "
            f"SELECT id, 1, 'w', '', 'sent', '{NOW:%Y-%m-%d %H:%M:%S.%f}' FROM delivery"
        )
    async with scraper(runtime) as client:
        await client.get("/metrics")
        answer = await client.get("/metrics")
    assert 'sharebot_deliveries{status="sent"} 90000.0' in answer.text
    assert "sharebot_deliveries_due 10000.0" in answer.text
    assert answer.elapsed < timedelta(seconds=1)
