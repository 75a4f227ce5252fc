"""Reports: the figures of one week, as the weekly mail has them."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict

from sharebot.errors import NotFound
from sharebot.rules.periods import first_day
from sharebot.store.figures import get_figures
from sharebot.values.status import (
    AnswerKind,
    ContentKind,
    DeliveryStatus,
    Evidence,
    Network,
)
from sharebot.values.tracking import Unobservable
from sharebot.web.api.callers import ApiRoute, ReportReader, runtime_of
from sharebot.web.api.problems import documented

router = APIRouter(route_class=ApiRoute, tags=["reports"])


class PartyView(BaseModel):
    """One party's week: `levels` counts its reshares by evidence, `shared` the contents it spread.

    `unobservable` says why nothing of it can be seen now, where it is not `observable`.
    """

    model_config = ConfigDict(from_attributes=True)

    code: str
    region: str
    received: int
    observable: bool
    unobservable: Unobservable | None
    levels: dict[Evidence, int]
    shared: int
    clicks: int
    declined: int
    first_after_s: int | None


class ContentFiguresView(BaseModel):
    """One content's week: `sent` messages, `parties` that spread it."""

    model_config = ConfigDict(from_attributes=True)

    content_id: int
    titles: dict[str, str]
    kind: ContentKind
    sent: int
    levels: dict[Evidence, int]
    parties: int
    clicks: int


class ReportView(BaseModel):
    """The figures of an ISO week in the reports' zone; its end is not included."""

    model_config = ConfigDict(from_attributes=True)

    period: str
    starts_at: datetime
    ends_at: datetime
    levels: dict[Evidence, int]
    parties: list[PartyView]
    contents: list[ContentFiguresView]
    deliveries: dict[DeliveryStatus, int]
    answers: dict[AnswerKind, int]
    networks: dict[str, dict[Evidence, int]]
    languages: dict[str, dict[Evidence, int]]
    clicks: int
    clicks_by_day: dict[date, int]


@router.get("/reports/{period}", operation_id="getReport", responses=documented(404))
def get_report(
    request: Request,
    caller: ReportReader,
    period: Annotated[str, Path(pattern=r"^2[01][0-9]{2}-W[0-5][0-9]$", examples=["2026-W48"])],
) -> ReportView:
    """Return the figures of a week such as `2026-W48`; levels of evidence are never to be added up."""
    try:
        first_day(period)
    except ValueError as error:
        raise NotFound(str(error)) from error
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        figures = get_figures(session, period, zone=runtime.settings.report_zone)
    return ReportView(
        period=figures.period,
        starts_at=figures.starts_at,
        ends_at=figures.ends_at,
        levels=dict(figures.levels),
        parties=[PartyView.model_validate(one) for one in figures.parties],
        contents=[ContentFiguresView.model_validate(one) for one in figures.contents],
        deliveries=dict(figures.deliveries),
        answers=dict(figures.answers),
        networks={_word(network): dict(levels) for network, levels in figures.networks.items()},
        languages={language or "none": dict(levels) for language, levels in figures.languages.items()},
        clicks=figures.clicks,
        clicks_by_day=dict(figures.clicks_by_day),
    )


def _word(network: Network | None) -> str:
    return network.value if network else "none"
