"""Campaigns: their hashtag and line, their goal, what belongs to them, how far they are."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sharebot.store.campaign_views import count_by_evidence, count_parties, list_campaign_lines
from sharebot.store.campaigns import (
    CampaignPlan,
    CampaignWords,
    add_campaign,
    edit_campaign,
    end_campaign,
    get_campaign,
)
from sharebot.store.library import list_library
from sharebot.texts.catalogue import Translator
from sharebot.values.listing import Listing
from sharebot.values.status import CampaignStatus, Evidence
from sharebot.web import words
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Viewer, WholeEditor
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()


def _none_if_empty(value: object) -> object:
    return value or None


Day = Annotated[date | None, BeforeValidator(_none_if_empty)]


class CampaignForm(BaseModel):
    """What a campaign is called, what it adds to texts, what it is to reach and when it runs."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    hashtag: Annotated[str, Field(max_length=100)] = ""
    line: Annotated[str, Field(max_length=200)] = ""
    goal: Annotated[str, Field(max_length=500)] = ""
    parties: Annotated[int | None, BeforeValidator(_none_if_empty), Field(ge=1, le=10_000)] = None
    starts_on: Day = None
    ends_on: Day = None

    def words(self) -> CampaignWords:
        """Return what it adds to texts."""
        return CampaignWords(self.name, self.hashtag, self.line)

    def plan(self) -> CampaignPlan:
        """Return what it is to reach."""
        return CampaignPlan(self.goal, self.parties, self.starts_on, self.ends_on)


class NewCampaignForm(CampaignForm):
    """The same with the code by which addresses and commands know it."""

    code: Annotated[str, Field(min_length=1, max_length=40)]


@router.get("/campaigns")
def show_campaigns(request: Request, reader: Viewer) -> Response:
    """List the campaigns with their progress."""
    t = speak(reader.language)
    columns = _columns(t)
    listing = read_listing(request, columns, ("status",))
    with runtime_of(request).database.read() as session:
        listed = list_campaign_lines(session, listing)
    if wants_csv(request):
        return download("campaigns", columns, listed)
    table = arrange(request, columns, listing, listed)
    statuses = [(one.value, words.campaign_status(t, one)) for one in CampaignStatus]
    return render(request, "campaigns.html", reader, table=table, statuses=statuses)


@router.get("/campaigns/new")
def offer_campaign(request: Request, editor: WholeEditor) -> Response:
    """Show the form of a new campaign."""
    return render(request, "campaign_new.html", editor)


@router.post("/campaigns/new")
def start_campaign(request: Request, editor: WholeEditor, form: Annotated[NewCampaignForm, Form()]) -> Response:
    """Add a campaign."""
    with change(request, editor, "campaign.added", f"campaign:{form.code}") as session:
        add_campaign(session, form.code, form.words(), plan=form.plan(), now=runtime_of(request).now())
    return go(f"/campaigns/{form.code}", said="kept")


@router.get("/campaigns/{code}")
def show_campaign(request: Request, reader: Viewer, code: str) -> Response:
    """Show one campaign: its words, its goal, its contents, how many parties shared something of it."""
    with runtime_of(request).database.read() as session:
        campaign = get_campaign(session, code)
        levels = count_by_evidence(session, campaign.id or 0)
        parties = count_parties(session, campaign.id or 0)
        newest = Listing(sort="published", descending=True, filters={"campaign": code})
        contents = list_library(session, newest, language=reader.language)
    return render(
        request,
        "campaign.html",
        reader,
        campaign=campaign,
        levels=levels,
        parties=parties,
        evidence=list(reversed(Evidence)),
        contents=contents,
    )


@router.post("/campaigns/{code}")
def change_campaign(
    request: Request, editor: WholeEditor, code: str, form: Annotated[CampaignForm, Form()]
) -> Response:
    """Give a campaign other words or another plan."""
    with change(request, editor, "campaign.edited", f"campaign:{code}") as session:
        changed = edit_campaign(session, code, form.words(), plan=form.plan())
    return go(f"/campaigns/{code}", said="texts_set" if changed else "kept")


@router.post("/campaigns/{code}/end")
def finish_campaign(request: Request, editor: WholeEditor, code: str) -> Response:
    """End a campaign: texts go without its words from now on."""
    with change(request, editor, "campaign.ended", f"campaign:{code}") as session:
        end_campaign(session, code)
    return go(f"/campaigns/{code}", said="campaign_ended")


def _columns(t: Translator) -> list[Column]:
    return [
        Column("name", t("Campaign"), lambda one: one.campaign.name),
        Column("hashtag", t("Hashtag"), lambda one: one.campaign.hashtag, sorts=False),
        Column("status", t("State"), lambda one: words.campaign_status(t, one.campaign.status)),
        Column("ends", t("Last day"), lambda one: one.campaign.ends_on),
        Column("contents", t("Contents"), lambda one: one.contents, number=True),
        Column("parties", t("Parties that shared, or say so"), lambda one: one.parties, number=True),
        Column("goal", t("Goal"), lambda one: one.campaign.goal_parties, sorts=False, number=True),
    ]
