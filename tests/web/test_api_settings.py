"""The page for other programs: what is shown once, what is shown always, and what ends."""

import re

import httpx
from sqlmodel import select

from sharebot.models import ApiToken, AuditRecord, Webhook, WebhookCall
from sharebot.store.database import Database
from sharebot.store.webhooks import list_due_calls, record_failure
from sharebot.values.api import CallStatus
from sharebot.values.status import StaffRole
from tests.cast import NOW
from tests.web.conftest import BASE, Browser
from tests.web.matrix_api import PLACES, ROUTES, prepare

PAGE = "/settings/api"
HOOK = {"url": "https://hooks.example/in", "events": ["reshare.found", "report.ready"]}


async def _call(stranger: httpx.AsyncClient, token: str) -> int:
    answer = await stranger.get(f"{BASE}/api/v1/contents", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


async def test_a_token_is_shown_once_and_opens_until_it_is_revoked(
    browser: Browser, stranger: httpx.AsyncClient, database: Database
) -> None:
    client = await browser(StaffRole.ADMIN)
    assert "No token yet" in (await client.get(PAGE)).text
    form = {"name": "<b>Site</b>", "scopes": ["content:read", "queue:read"], "lasts": "90"}
    made = (await client.post(f"{PAGE}/tokens", data=form)).text
    [token] = re.findall(r"sb_[\w-]{43}", made)
    assert await _call(stranger, token) == 200
    page = (await client.get(PAGE)).text
    assert token not in page and "&lt;b&gt;Site" in page and "<b>Site" not in page
    with database.read() as session:
        assert token not in str(session.exec(select(ApiToken)).one())
    sheet = await client.get(f"{PAGE}?format=csv&sort=name")
    assert "Site" in sheet.text and "sb_" not in sheet.text
    assert (await client.post(f"{PAGE}/tokens/1/revoke")).status_code == 303
    assert await _call(stranger, token) == 401
    with database.read() as session:
        noted = {one.action: one.detail for one in session.exec(select(AuditRecord))}
    assert noted["token.made"] == "content:read queue:read" and "token.revoked" in noted
    assert (await client.post(f"{PAGE}/tokens/9/revoke")).status_code == 404


async def test_forms_take_nothing_but_their_fields(browser: Browser) -> None:
    client = await browser(StaffRole.ADMIN)
    good = {"name": "Site", "scopes": ["content:read"], "lasts": "90"}
    changes: list[dict[str, object]] = [
        {"staff_id": "2"},
        {"scopes": []},
        {"scopes": ["all"]},
        {"lasts": "9"},
        {"name": ""},
    ]
    for bad in changes:
        assert (await client.post(f"{PAGE}/tokens", data=good | bad)).status_code == 422, bad
    for url in (
        "http://hooks.example",
        "ftp://hooks.example",
        "https://u@hooks.example",
        "https://hooks.example:22",
        "x",
    ):
        assert (await client.post(f"{PAGE}/webhooks", data=HOOK | {"url": url})).status_code == 422, url


async def test_a_webhook_is_tested_paused_and_deleted(browser: Browser, database: Database) -> None:
    client = await browser(StaffRole.ADMIN, "fr")
    made = (await client.post(f"{PAGE}/webhooks", data=HOOK)).text
    [secret] = re.findall(r"whsec_[\w+/=]{44}", made)
    assert (await client.post(f"{PAGE}/webhooks/1/test")).status_code == 303
    with database.write() as session:
        [call] = list_due_calls(session, now=NOW)
        record_failure(session, call, "it answers 500", now=NOW)
    page = (await client.get(PAGE)).text
    assert secret not in page and "it answers 500" in page and "Relancer l’appel" in page
    assert (await client.post(f"{PAGE}/calls/1/retry")).status_code == 303
    with database.read() as session:
        row = session.exec(select(WebhookCall)).one()
        assert (row.status, row.attempts, row.due_at) == (CallStatus.QUEUED, 0, NOW)
    assert (await client.post(f"{PAGE}/webhooks/1/pause")).status_code == 303
    assert (await client.post(f"{PAGE}/webhooks/1/test")).status_code == 409
    assert (await client.post(f"{PAGE}/webhooks/1/resume")).status_code == 303
    assert (await client.post(f"{PAGE}/webhooks/1/delete")).status_code == 303
    with database.read() as session:
        assert session.exec(select(Webhook)).all() == []
        assert session.exec(select(WebhookCall)).all() == []
    assert (await client.post(f"{PAGE}/webhooks/1/test")).status_code == 404


async def test_the_page_is_for_admins_alone(browser: Browser, stranger: httpx.AsyncClient, database: Database) -> None:
    prepare(database)
    approver, admin = await browser(StaffRole.APPROVER), await browser(StaffRole.ADMIN)
    for method, path in ROUTES:
        address = path.format(**PLACES)
        assert (await stranger.request(method, address)).status_code == 401, path
        assert (await approver.request(method, address)).status_code == 403, path
        assert (await admin.request(method, address)).status_code in {200, 303, 422}, path
