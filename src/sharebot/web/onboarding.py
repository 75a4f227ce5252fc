"""Take a party in: one form, then its invitations."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from sharebot.errors import Refused
from sharebot.rules.members_file import REGIONS, MemberRow, read_row
from sharebot.rules.party_defaults import Place, choose_code, place_of
from sharebot.store import member_import
from sharebot.store.member_page import get_member_page
from sharebot.store.members import import_members
from sharebot.store.staff import SignedIn
from sharebot.texts.catalogue import Translator, languages
from sharebot.values.status import MemberKind, Network
from sharebot.web.desk import change
from sharebot.web.guard import Approver
from sharebot.web.invitations import invite
from sharebot.web.pages import render, runtime_of, speak

router = APIRouter()
SEATS, ACCOUNTS = 3, 4  # as many as the form has lines for

Words = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=10)]


class PartyForm(BaseModel):
    """A new party; what is left empty of region, zone, languages and code comes from its country and name."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=300)] = ""
    country: Annotated[str, Field(max_length=2)] = ""
    kind: Annotated[str, Field(max_length=20)] = MemberKind.PARTY.value
    region: Annotated[str, Field(max_length=40)] = ""
    zone: Annotated[str, Field(max_length=64)] = ""
    languages: Annotated[str, Field(max_length=80)] = ""
    code: Annotated[str, Field(max_length=40)] = ""
    label: Words = []
    language: Words = []
    network: Words = []
    handle: Words = []

    def seats(self, usual: str) -> str:
        """Return the seats as the members file writes them, in their own or the usual language."""
        spoken = [*self.language, *[""] * len(self.label)]
        pairs = zip(self.label, spoken, strict=False)
        return ";".join(f"{_one(label)}:{language or usual}" for label, language in pairs if label.strip())

    def accounts(self) -> str:
        """Return the accounts as the members file writes them."""
        pairs = zip(self.network, self.handle, strict=False)
        return ";".join(f"{network}={_one(handle)}" for network, handle in pairs if handle.strip())


def _one(word: str) -> str:
    # A semicolon would make two of it.
    return word.strip().replace(";", ",")


@router.get("/members/new")
def show_form(request: Request, approver: Approver) -> Response:
    """Show the form for a new party."""
    form = PartyForm(label=[speak(approver.language)("Press desk")])
    return _show(request, approver, form)


@router.post("/members/new")
def add_party(request: Request, approver: Approver, form: Annotated[PartyForm, Form()]) -> Response:
    """Add a party with its seats and accounts, and show the invitations, this once."""
    runtime, now = runtime_of(request), runtime_of(request).now()
    with runtime.database.read() as session:
        row, wrong = _read(session, form)
        plan = member_import.plan_import(session, [row]) if row else None
    if row is None or plan is None:
        return _show(request, approver, form, wrong)
    if plan.problems:
        return _show(request, approver, form, [one.message for one in plan.problems])
    if not plan.added:
        return _show(request, approver, form, [f"code {row.code!r} is taken"])
    if approver.region is not None and row.region != approver.region:
        return _show(request, approver, form, [f"region: your parties are those of {approver.region}"])
    with change(request, approver, "member.added", detail=f"seats={len(row.seats)}") as session:
        if not import_members(session, [row], now=now).added:
            raise Refused("somebody has just added this party")
        session.flush()
        page = get_member_page(session, row.code, region=approver.region, now=now)
        made = [invite(session, seat.officer, runtime=runtime) for seat in page.seats]
    return render(request, "invitation.html", approver, invitations=made, code=row.code, is_new=True)


def _read(session: Session, form: PartyForm) -> tuple[MemberRow | None, list[str]]:
    neighbours = [
        Place(region, zone, tuple(spoken.split(",")))
        for region, zone, spoken in member_import.list_places(session, form.country)
    ]
    place = place_of(form.country, neighbours, spoken=languages())
    chosen = form.languages or " ".join(place.languages)
    ours = [one for one in chosen.split() if one in languages()]
    return read_row(
        {
            "code": form.code or choose_code(form.name, form.country, member_import.list_codes(session)),
            "name": form.name,
            "kind": form.kind,
            "country": form.country,
            "region": form.region or place.region,
            "languages": chosen,
            "zone": form.zone or place.zone,
            "seats": form.seats((ours or chosen.split() or ["en"])[0]),
            "accounts": form.accounts(),
        }
    )


def _show(request: Request, reader: SignedIn, form: PartyForm, wrong: Sequence[str] = ()) -> Response:
    t = speak(reader.language)
    return render(
        request,
        "member_new.html",
        reader,
        status=422 if wrong else 200,
        form=form,
        wrong=wrong,
        countries=_list_countries(t),
        kinds=list(MemberKind),
        regions=[reader.region] if reader.region else REGIONS,
        networks=list(Network),
        written=languages(),
        seats=SEATS,
        accounts=ACCOUNTS,
    )


def _list_countries(t: Translator) -> list[tuple[str, str]]:
    names = [(code, str(name)) for code, name in t.locale.territories.items() if len(code) == 2 and code.isalpha()]
    return sorted((one for one in names if one[0] not in _NO_COUNTRIES), key=lambda pair: pair[1].casefold())


_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})  # what CLDR names besides
