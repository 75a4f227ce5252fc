"""All people of staff: add, change, remove, and hand out sign-in links; for admins."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from sharebot.config.checks import check_email
from sharebot.rules.members_file import REGIONS
from sharebot.store.audit import Change, record
from sharebot.store.passkeys import list_passkeys
from sharebot.store.staff import (
    LINK_LASTS,
    Post,
    SignedIn,
    add_staff,
    change_post,
    create_link,
    describe_person,
    get_person,
    remove_staff,
)
from sharebot.store.staff_views import FILTERS, StaffView, find_staff
from sharebot.texts.catalogue import Translator, languages
from sharebot.values.status import StaffRole
from sharebot.web import words
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Admin, Unreadable
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$"), Field(default="")
]


class PersonForm(BaseModel):
    """What an admin says of a person; an empty region means all regions."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    role: StaffRole
    region: str = ""
    language: str = "en"

    def read(self) -> Post:
        """Return the post. Raises Unreadable for a region or language that is none of ours."""
        if self.region and self.region not in REGIONS:
            raise Unreadable("region: there is no such region")
        if self.language not in languages():
            raise Unreadable("language: the pages do not speak it")
        return Post(self.role, self.region or None)


class NewPersonForm(PersonForm):
    """A new person."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(check_email)]


@router.get("/staff")
def show_staff(request: Request, admin: Admin) -> Response:
    """List all people."""
    t = speak(admin.language)
    columns = _columns(t)
    listing = read_listing(request, columns, FILTERS)
    with runtime_of(request).database.read() as session:
        listed = find_staff(session, listing)
    if wants_csv(request):
        return download("staff", columns, listed)
    return render(
        request,
        "staff.html",
        admin,
        table=arrange(request, columns, listing, listed),
        regions=REGIONS,
        roles=list(StaffRole),
        role_options=[(one.value, words.role(t, one)) for one in StaffRole],
        region_options=[(one, words.region(t, one)) for one in REGIONS],
    )


@router.post("/staff")
def add(request: Request, admin: Admin, form: Annotated[NewPersonForm, Form()]) -> Response:
    """Add a person."""
    post, now = form.read(), runtime_of(request).now()
    with runtime_of(request).database.write() as session:
        added = add_staff(session, form.email, role=post.role, region=post.region, language=form.language, now=now)
        describe_person(session, added.id or 0, name=form.name, language=form.language)
        record(session, Change(admin.actor, "staff.added", f"staff:{added.id}", _detail(post)), now=now)
    return go(f"/staff/{added.id}", said="staff_added")


@router.get("/staff/{staff_id}")
def show_person(request: Request, admin: Admin, staff_id: int) -> Response:
    """Show one person, with what an admin may do."""
    return _render_person(request, admin, staff_id)


@router.post("/staff/{staff_id}")
def change_person(request: Request, admin: Admin, staff_id: int, form: Annotated[PersonForm, Form()]) -> Response:
    """Keep what an admin says of a person; another role or region ends their sessions at once."""
    post = form.read()
    with change(request, admin, "staff.changed", f"staff:{staff_id}", _detail(post)) as session:
        describe_person(session, staff_id, name=form.name, language=form.language)
        change_post(session, staff_id, post)
    return go("/staff", said="staff_changed")


@router.post("/staff/{staff_id}/remove")
def remove(request: Request, admin: Admin, staff_id: int) -> Response:
    """Shut a person out at once."""
    with change(request, admin, "staff.removed", f"staff:{staff_id}") as session:
        remove_staff(session, get_person(session, staff_id).email)
    return go("/staff", said="staff_removed")


@router.post("/staff/{staff_id}/link")
def show_link(request: Request, admin: Admin, staff_id: int) -> Response:
    """Show a sign-in link for a person, this once."""
    runtime = runtime_of(request)
    with change(request, admin, "staff.link", f"staff:{staff_id}") as session:
        token = create_link(session, get_person(session, staff_id).email, now=runtime.now())
    return _render_person(request, admin, staff_id, link=f"{runtime.settings.web.public_url}/sign-in/{token}")


def _render_person(request: Request, admin: SignedIn, staff_id: int, *, link: str = "") -> Response:
    with runtime_of(request).database.read() as session:
        person = get_person(session, staff_id)
        keys = len(list_passkeys(session, staff_id))
    return render(
        request,
        "staff_person.html",
        admin,
        person=person,
        keys=keys,
        regions=REGIONS,
        roles=list(StaffRole),
        link=link,
        minutes=int(LINK_LASTS.total_seconds() // 60),
    )


def _detail(post: Post) -> str:
    return f"{post.role.value} {post.region}" if post.region else post.role.value


def _columns(t: Translator) -> list[Column]:
    def cell(name: str) -> Any:
        return lambda one: getattr(one, name)

    def role(one: StaffView) -> str:
        return words.role(t, one.role)

    return [
        Column("name", t("Name"), cell("name")),
        Column("email", t("E-mail"), cell("email")),
        Column("role", t("Role"), role),
        Column("region", t("Region"), lambda one: words.region(t, one.region) if one.region else t("all regions")),
        Column("passkeys", t("Passkeys"), cell("passkeys"), sorts=False),
        Column("seen", t("Last seen"), lambda one: one.seen_at.isoformat() if one.seen_at else ""),
    ]
