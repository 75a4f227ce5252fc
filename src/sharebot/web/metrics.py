"""Figures for Prometheus, counted from the rows at each scrape, so that every process tells the same."""

import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from sharebot import __version__
from sharebot.store.schema import HEAD
from sharebot.store.spending import MICROS
from sharebot.store.vitals import Vitals, get_vitals
from sharebot.values.alerts import AlertCode
from sharebot.web.guard import ANYBODY
from sharebot.web.pages import runtime_of

router = APIRouter(dependencies=[ANYBODY])
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Answer this machine, and whoever sends the token; anybody else gets nothing."""
    if not (_has_token(request) or _is_local(request)):
        return PlainTextResponse(
            "This needs web.metrics_token as a bearer token\n", 401, {"WWW-Authenticate": "Bearer"}
        )
    runtime = runtime_of(request)
    now = runtime.now()
    try:
        with runtime.database.read() as session:
            vitals = get_vitals(session, now=now)
    except SQLAlchemyError:
        return PlainTextResponse("The database does not answer\n", 503)
    registry = CollectorRegistry()
    registry.register(_Rows(vitals, now))
    encode, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"Content-Type": kind})


def _has_token(request: Request) -> bool:
    token = runtime_of(request).settings.web.metrics_token
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token is None or not token.get_secret_value() or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.get_secret_value().encode())


def _is_local(request: Request) -> bool:
    """Whether a program on this machine asks; a reverse proxy on it asks for somebody else."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        is_loopback = ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return is_loopback and request.url.hostname in _LOOPBACK_NAMES


class _Rows(Collector):
    """The library asks a collector for its metrics; this one has them already."""

    def __init__(self, vitals: Vitals, now: datetime) -> None:
        self._vitals, self._now = vitals, now

    def collect(self) -> Iterable[Metric]:
        """Yield all metrics."""
        build = GaugeMetricFamily("sharebot_build_info", "The version that answers.", labels=("version", "revision"))
        build.add_metric((__version__, HEAD), 1)
        yield build
        yield from _of_messages(self._vitals, self._now)
        yield from _of_bots(self._vitals)
        yield from _of_workers(self._vitals)
        yield from _of_people(self._vitals)
        yield from _of_networks(self._vitals, self._now)


def _of_messages(vitals: Vitals, now: datetime) -> Iterable[Metric]:
    oldest = min((bot.oldest_due_at for bot in vitals.bots if bot.oldest_due_at), default=now)
    attempts = CounterMetricFamily("sharebot_attempts", "Tries to send that ended, by how.", labels=("outcome",))
    for outcome, count in sorted(vitals.attempts.items()):
        attempts.add_metric((outcome,), count)
    yield attempts
    yield _each("deliveries", "Messages by where they stand.", "status", vitals.deliveries)
    yield _one("deliveries_due", "Messages queued whose time has come.", sum(bot.due for bot in vitals.bots))
    waits = max(now - oldest, timedelta(0)).total_seconds()
    yield _one("oldest_due_seconds", "For how long the oldest queued message has been due.", waits)
    yield _one("inbox_pending", "Updates of Telegram that are stored and not yet taken in.", vitals.updates_pending)
    yield _one("inbox_failed", "Updates that could not be taken in during the last day.", vitals.updates_failed)


def _of_bots(vitals: Vitals) -> Iterable[Metric]:
    up = {bot.code: float(bot.is_running) for bot in vitals.bots}
    blocked = {bot.code: bot.blocked_for.total_seconds() for bot in vitals.bots}
    slowness = {bot.code: bot.slowness for bot in vitals.bots}
    yield _each("bot_up", "1, or 0 while the bot is paused until a person resumes it.", "bot", up)
    yield _each("bot_blocked_seconds", "For how long the bot still has to be silent.", "bot", blocked)
    yield _each("bot_slowness", "How many times slower than configured the bot sends.", "bot", slowness)


def _of_workers(vitals: Vitals) -> Iterable[Metric]:
    leaders = sum(one.leads for one in vitals.workers)
    off = {one.name: one.clock_off_s for one in vitals.workers if one.clock_off_s is not None}
    yield _one("workers", "Sending processes seen within a minute.", len(vitals.workers))
    yield _one("worker_leads", "1 when one of them leads: it polls Telegram and runs the jobs.", leaders)
    yield _each("clock_off_seconds", "How far a worker's clock stood from Telegram's.", "worker", off)


def _of_people(vitals: Vitals) -> Iterable[Metric]:
    alerts = {code.value: 0 for code in AlertCode} | dict(vitals.alerts)
    yield _each("alerts_open", "Alerts that are open; docs/operations.md explains each.", "code", alerts)
    yield _each("sources", "Sources by whether they answer.", "status", vitals.sources)
    yield _each("reports", "Reports by whether they were mailed.", "status", vitals.reports)


def _of_networks(vitals: Vitals, now: datetime) -> Iterable[Metric]:
    ages = {one.name: (now - one.ok_at).total_seconds() for one in vitals.networks if one.ok_at is not None}
    up = {one.name: float(one.is_up) for one in vitals.networks}
    failures = {one.name: float(one.failures) for one in vitals.networks}
    spent = {one.name: one.spent / MICROS for one in vitals.networks}
    yield _each("network_up", "1 while the posts of a network can be looked at.", "network", up)
    yield _each("network_failures", "How many looks at a network failed in a row.", "network", failures)
    yield _each("network_ok_age_seconds", "How long ago a whole look at a network succeeded.", "network", ages)
    yield _each("network_spent_dollars", "What looking cost since the UTC month began.", "network", spent)


def _one(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"sharebot_{name}", says, value=value)


def _each(name: str, says: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"sharebot_{name}", says, labels=(label,))
    for word, value in sorted(values.items()):
        family.add_metric((word,), value)
    return family
