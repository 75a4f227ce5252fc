"""The page for other programs: tokens of the API, and the addresses that are told of events."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.errors import PermanentError
from sharebot.store.api_tokens import TokenView, add_token, find_tokens, revoke_token
from sharebot.store.audit import Change, record
from sharebot.store.staff import SignedIn
from sharebot.store.webhooks import (
    add_webhook,
    delete_webhook,
    list_webhooks,
    note_test,
    retry_call,
    set_active,
)
from sharebot.values.api import Scope, WebhookEvent
from sharebot.web import api_words
from sharebot.web.api.app import PLACE
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Admin, Unreadable
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()
PAGE = "/settings/api"
LASTING = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365), "ever": None}


class TokenForm(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")]
    scopes: Annotated[set[Scope], Field(min_length=1)]
    lasts: Literal["30", "90", "365", "ever"]


class WebhookForm(BaseModel):
    """An address to be told."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    url: Annotated[str, Field(min_length=1, max_length=2048)]
    events: Annotated[set[WebhookEvent], Field(min_length=1)]


@router.get(PAGE)
def show_api(request: Request, admin: Admin) -> Response:
    """Show tokens and addresses, and how to begin."""
    if wants_csv(request):
        columns = _columns(admin.language)
        runtime, listing = runtime_of(request), read_listing(request, columns)
        with runtime.database.read() as session:
            listed = find_tokens(session, listing, now=runtime.now())
        return download("tokens", columns, listed)
    return _page(request, admin)


def _columns(language: str) -> list[Column]:
    t = speak(language)

    def state(one: TokenView) -> str:
        return api_words.token_state(t, one)

    return [
        Column("made", t("Made"), lambda one: one.created_at),
        Column("name", t("Name"), lambda one: one.name),
        Column("scopes", t("May"), lambda one: " ".join(one.scopes), sorts=False),
        Column("by", t("Made by"), lambda one: one.by),
        Column("used", t("Last used"), lambda one: one.used_at),
        Column("expires", t("Ends"), lambda one: one.expires_at),
        Column("state", t("State"), state, sorts=False),
    ]


def _page(request: Request, admin: SignedIn, **made: str) -> Response:
    runtime, columns = runtime_of(request), _columns(admin.language)
    listing = read_listing(request, columns)
    if not listing.sort:
        listing = replace(listing, descending=True)  # the newest first
    with runtime.database.read() as session:
        listed, webhooks = find_tokens(session, listing, now=runtime.now()), list_webhooks(session)
    return render(
        request,
        "api.html",
        admin,
        table=arrange(request, columns, listing, listed),
        api_words=api_words,
        webhooks=webhooks,
        scopes=list(Scope),
        events=list(WebhookEvent),
        address=f"{runtime.settings.web.public_url}{PLACE}",
        made=made,
    )


@router.post(f"{PAGE}/tokens")
def make_token(request: Request, admin: Admin, form: Annotated[TokenForm, Form()]) -> Response:
    """Make a token and show it, this once: only its hash is kept."""
    runtime = runtime_of(request)
    now, lasts = runtime.now(), LASTING[form.lasts]
    with runtime.database.write() as session:
        expires_at = now + lasts if lasts else None
        token_id, token = add_token(session, admin.staff_id, form.name, form.scopes, expires_at=expires_at, now=now)
        scopes = " ".join(sorted(form.scopes))
        record(session, Change(admin.actor, "token.made", f"token:{token_id}", scopes), now=now)
    return _page(request, admin, token=token)


@router.post(f"{PAGE}/tokens/{{token_id}}/revoke")
def end_token(request: Request, admin: Admin, token_id: int) -> Response:
    """Shut a token out."""
    with change(request, admin, "token.revoked", f"token:{token_id}") as session:
        revoke_token(session, token_id, now=runtime_of(request).now())
    return go(PAGE, said="token_revoked")


@router.post(f"{PAGE}/webhooks")
def make_webhook(request: Request, admin: Admin, form: Annotated[WebhookForm, Form()]) -> Response:
    """Add an address and show its secret, this once."""
    runtime = runtime_of(request)
    try:
        runtime.fetcher.check(form.url)
    except PermanentError as error:
        raise Unreadable(f"url: {error}") from error
    now = runtime.now()
    with runtime.database.write() as session:
        webhook_id, secret = add_webhook(session, form.url, form.events, now=now)
        events = " ".join(sorted(form.events))
        record(session, Change(admin.actor, "webhook.made", f"webhook:{webhook_id}", events), now=now)
    return _page(request, admin, secret=secret)


@router.post(f"{PAGE}/webhooks/{{webhook_id}}/test")
def test_webhook(request: Request, admin: Admin, webhook_id: int) -> Response:
    """Call an address, to see whether it answers."""
    with change(request, admin, "webhook.tested", f"webhook:{webhook_id}") as session:
        note_test(session, webhook_id, now=runtime_of(request).now())
    return go(PAGE, said="webhook_tested")


@router.post(f"{PAGE}/webhooks/{{webhook_id}}/pause")
def pause_webhook(request: Request, admin: Admin, webhook_id: int) -> Response:
    """Tell an address of nothing for now."""
    with change(request, admin, "webhook.paused", f"webhook:{webhook_id}") as session:
        set_active(session, webhook_id, active=False)
    return go(PAGE, said="webhook_paused")


@router.post(f"{PAGE}/webhooks/{{webhook_id}}/resume")
def resume_webhook(request: Request, admin: Admin, webhook_id: int) -> Response:
    """Tell an address again of what happens."""
    with change(request, admin, "webhook.resumed", f"webhook:{webhook_id}") as session:
        set_active(session, webhook_id, active=True)
    return go(PAGE, said="webhook_resumed")


@router.post(f"{PAGE}/webhooks/{{webhook_id}}/delete")
def remove_webhook(request: Request, admin: Admin, webhook_id: int) -> Response:
    """Forget an address."""
    with change(request, admin, "webhook.deleted", f"webhook:{webhook_id}") as session:
        delete_webhook(session, webhook_id)
    return go(PAGE, said="webhook_deleted")


@router.post(f"{PAGE}/calls/{{call_id}}/retry")
def call_again(request: Request, admin: Admin, call_id: int) -> Response:
    """Make a call once more."""
    with change(request, admin, "webhook.retried", f"call:{call_id}") as session:
        retry_call(session, call_id, now=runtime_of(request).now())
    return go(PAGE, said="webhook_tested")
