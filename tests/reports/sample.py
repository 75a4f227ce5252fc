"""Figures as a store would hand them over, with names as enemies would write them."""

from datetime import UTC, date, datetime

from sharebot.values.figures import ContentFigures, Figures, Levels, PartyFigures
from sharebot.values.status import AnswerKind, ClickOutcome, ContentKind, DeliveryStatus, Evidence, Network

SCRIPT = '<script>alert(1)</script>"><img src=https://tracker.example/x.png onerror=alert(1)> {{7*7}} &amp;'
OBSERVED, CHECKED, GIVEN, CLAIMED = Evidence.OBSERVED, Evidence.LINK_CHECKED, Evidence.LINK_GIVEN, Evidence.CLAIMED


def make_party(
    code: str,
    *,
    name: str = "",
    received: int = 3,
    observable: bool = True,
    levels: Levels | None = None,
    clicks: int = 0,
    region: str = "Europe",
) -> PartyFigures:
    found = levels or {}
    return PartyFigures(
        code=code,
        name=name or f"Party {code.title()}",
        region=region,
        language="en",
        received=received,
        observable=observable,
        levels=found,
        shared=min(1, sum(found.values())),
        clicks=clicks,
        declined=0,
    )


PARTIES = (
    make_party("north", levels={OBSERVED: 2, CLAIMED: 1}, clicks=1234),
    make_party("south", levels={CHECKED: 1, GIVEN: 4}, region="Africa"),
    make_party("east", name=SCRIPT, levels={CLAIMED: 1}),
    make_party("west", observable=False),
    make_party("quiet"),
    make_party("far", received=0, region="Asia-Pacific"),
)


def make_figures(parties: tuple[PartyFigures, ...] = PARTIES) -> Figures:
    story = ContentFigures(
        1,
        {"en": "A story", "fr": "Une histoire", "es": "Una historia"},
        ContentKind.POST,
        5,
        {OBSERVED: 2, CLAIMED: 2},
        2,
        1234,
    )
    film = ContentFigures(2, {"en": f"Film {SCRIPT}"}, ContentKind.VIDEO, 4, {CHECKED: 1, GIVEN: 4}, 1, 0)
    days = {date(2026, 11, 23 + number): number * 100 for number in range(7)}
    return Figures(
        period="2026-W48",
        starts_at=datetime(2026, 11, 22, 23, tzinfo=UTC),
        ends_at=datetime(2026, 11, 29, 23, tzinfo=UTC),
        parties=parties,
        contents=(story, film),
        deliveries={DeliveryStatus.SENT: 9, DeliveryStatus.FAILED: 1, DeliveryStatus.NEEDS_REVIEW: 2},
        answers={AnswerKind.DECLINED: 1},
        networks={Network.BLUESKY: {OBSERVED: 2}, None: {CLAIMED: 2}, Network.X: {CHECKED: 1, GIVEN: 4}},
        languages={"en": {OBSERVED: 2}, "": {CLAIMED: 2}, "fr": {CHECKED: 1, GIVEN: 4}},
        clicks_by_day=days,
        discarded={ClickOutcome.PREVIEW: 7},
        queued_next=2,
    )


def make_empty() -> Figures:
    """A week in which nothing happened, before any party was there."""
    full = make_figures(())
    return Figures(
        period=full.period,
        starts_at=full.starts_at,
        ends_at=full.ends_at,
        parties=(),
        contents=(),
        deliveries={},
        answers={},
        networks={},
        languages={},
        clicks_by_day=dict.fromkeys(full.clicks_by_day, 0),
    )
