"""The networks: what is seen on each and by what, whether it answers, what it costs; accounts that need a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import SecretStr

from sharebot.config.settings import Settings
from sharebot.reports.levels import STRONGEST_FIRST
from sharebot.rules.observing import TRACKED
from sharebot.store.spending import MICROS
from sharebot.store.tracker_views import (
    FILTERS,
    NEEDY,
    RENAMED,
    NeedyAccount,
    NetworkView,
    count_evidence,
    count_seen_parties,
    count_unnamed,
    list_needy,
    list_networks,
)
from sharebot.store.tracking import look_soon
from sharebot.texts.catalogue import Translator
from sharebot.values.status import Network
from sharebot.values.tracking import TrackerStatus
from sharebot.web import tracking_words, words
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Admin, Unreadable, Viewer
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()
WATCHED = (
    Network.X,
    Network.BLUESKY,
    Network.MASTODON,
    Network.TELEGRAM,
    Network.WEBSITE,
    Network.YOUTUBE,
    Network.LINKEDIN,
)
TOLD = tuple(one for one in Network if one not in WATCHED)
# What switches a network on: secrets by their variable in the environment, the rest by its key.
_SWITCHES = {
    Network.X: "SHAREBOT_X__BEARER_TOKEN",
    Network.BLUESKY: "bluesky.enabled",
    Network.MASTODON: "mastodon.enabled",
    Network.TELEGRAM: "SHAREBOT_TELEGRAM__TOKEN",
    Network.WEBSITE: "websites.enabled",
    Network.YOUTUBE: "SHAREBOT_YOUTUBE__API_KEY",
    Network.LINKEDIN: "SHAREBOT_LINKEDIN__TOKEN, linkedin.organization",
}
_COLOURS = {
    TrackerStatus.RUNNING: "active",
    TrackerStatus.LIMITED: "waiting",
    TrackerStatus.SPENT: "waiting",
    TrackerStatus.FAILING: "failed",
    TrackerStatus.OFF: "",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What the page says of one network. `status` is None while it was never looked at.

    `budget` is in dollars a UTC month, `units_a_day` what may be used of a quota; None where there is none.
    """

    view: NetworkView
    status: TrackerStatus | None
    switch: str
    budget: float | None = None
    units_a_day: int | None = None

    @property
    def network(self) -> Network:
        """Which one."""
        return self.view.network

    @property
    def colour(self) -> str:
        """The class of the badge that names its state."""
        return _COLOURS[self.status] if self.status else ""

    @property
    def dollars(self) -> float:
        """What it cost this month."""
        return self.view.micros / MICROS

    @property
    def units_today(self) -> int:
        """What was used of the quota today."""
        return sum(one.today for one in self.view.spent.values())

    @property
    def shows_posts(self) -> bool:
        """Whether posts of parties are seen there at all."""
        return self.network in TRACKED

    @property
    def is_watched(self) -> bool:
        """Whether it is not switched off."""
        return self.status is not TrackerStatus.OFF

    @property
    def is_asked(self) -> bool:
        """Whether somebody goes and looks; Telegram brings posts by itself."""
        return self.network is not Network.TELEGRAM

    @property
    def may_be_asked(self) -> bool:
        """Whether it can be looked at sooner than planned."""
        is_open = self.status in {TrackerStatus.RUNNING, TrackerStatus.FAILING}
        return is_open and self.is_asked and self.view.state is not None


@router.get("/tracking")
def show_tracking(request: Request, reader: Viewer) -> Response:
    """Show the networks, and the accounts that need a person; whoever works for a region sees its parties' alone."""
    runtime, t = runtime_of(request), speak(reader.language)
    columns, now = _columns(t), runtime.now()
    listing = read_listing(request, columns, FILTERS)
    if listing.chosen("why") not in {"", RENAMED, *NEEDY} or listing.chosen("network") not in {"", *Network}:
        raise Unreadable("why, network: there is no such choice")
    with runtime.database.read() as session:
        listed = list_needy(session, listing, now=now, region=reader.region)
        if wants_csv(request):
            return download("accounts", columns, listed)
        views = list_networks(session, now=now)
        levels, unnamed = count_evidence(session, now=now), count_unnamed(session, now=now)
        seen, total = count_seen_parties(session)
    return render(
        request,
        "tracking.html",
        reader,
        cards=[make_card(views[one], runtime.settings) for one in WATCHED],
        told=[views[one] for one in TOLD],
        levels=levels,
        unnamed=unnamed,
        seen=seen,
        total=total,
        evidence=STRONGEST_FIRST,
        says=tracking_words,
        table=arrange(request, columns, listing, listed),
        reasons=_reasons(t),
        networks=[(one.value, words.network(t, one)) for one in WATCHED],
        is_asked=any(table_filter for table_filter in (listing.q, *listing.filters.values())),
    )


@router.post("/tracking/{network}/look")
def look_now(request: Request, admin: Admin, network: Network) -> Response:
    """Have a network looked at within a minute."""
    now = runtime_of(request).now()
    with change(request, admin, "network.look", f"network:{network.value}") as session:
        look_soon(session, network, now=now)
    return go("/tracking", said="look_soon")


def make_card(view: NetworkView, settings: Settings) -> Card:
    """Put together what is said of a network; what the settings switch off is off, whatever the worker noted."""
    network = view.network
    status = view.state.status if view.state else None
    if not _is_on(settings)[network]:
        status = TrackerStatus.OFF
    elif network is Network.TELEGRAM:
        status = TrackerStatus.RUNNING
    budget = settings.x.monthly_usd if network is Network.X else None
    units = settings.youtube.daily_units if network is Network.YOUTUBE else None
    return Card(view, status, _SWITCHES[network], budget, units)


def _is_on(settings: Settings) -> Mapping[Network, bool]:
    return {
        Network.X: _has(settings.x.bearer_token),
        Network.BLUESKY: settings.bluesky.enabled,
        Network.MASTODON: settings.mastodon.enabled,
        Network.TELEGRAM: _has(settings.telegram.token),
        Network.WEBSITE: settings.websites.enabled,
        Network.YOUTUBE: _has(settings.youtube.api_key),
        Network.LINKEDIN: _has(settings.linkedin.token) and settings.linkedin.organization is not None,
    }


def _has(secret: SecretStr | None) -> bool:
    return secret is not None and bool(secret.get_secret_value())


def list_watching(settings: Settings) -> Sequence[tuple[Network, int | None]]:
    """Return each network that is asked by the clock with the minutes between looks, None where it is switched off."""
    minutes = {
        Network.X: settings.x.every_minutes,
        Network.BLUESKY: settings.bluesky.every_minutes,
        Network.MASTODON: settings.mastodon.every_minutes,
        Network.WEBSITE: settings.websites.every_minutes,
        Network.YOUTUBE: settings.youtube.every_minutes,
        Network.LINKEDIN: settings.linkedin.every_minutes,
    }
    is_on = _is_on(settings)
    return [(network, every if is_on[network] else None) for network, every in minutes.items()]


def _reasons(t: Translator) -> Sequence[tuple[str, str]]:
    return [*((one.value, tracking_words.why_unseen(t, one)) for one in NEEDY), (RENAMED, t("renamed lately"))]


def _columns(t: Translator) -> list[Column]:
    return [
        Column("why", t("What"), lambda one: _say_why(t, one)),
        Column("party", t("Party"), lambda one: one.party),
        Column("network", t("Network"), lambda one: words.network(t, one.network)),
        Column("handle", t("Handle"), lambda one: one.handle),
        Column("at", t("When"), lambda one: one.at.isoformat() if one.at else "", sorts=False),
    ]


def _say_why(t: Translator, one: NeedyAccount) -> str:
    if one.why is not None:
        return tracking_words.why_unseen(t, one.why)
    return t("renamed, before: {name}", name=one.renamed_from or "–")
