"""Which events are noted for whom, once each."""

import json
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from sharebot.models import Delivery, Member, WebhookCall
from sharebot.rules.findings import Finding
from sharebot.store.database import Database
from sharebot.store.ended_entries import note_ended_entries
from sharebot.store.findings import add_finding
from sharebot.store.webhooks import add_webhook, delete_webhook, forget_calls, set_active
from sharebot.values.api import WebhookEvent
from sharebot.values.status import DeliveryStatus, Evidence, Network, ReshareKind
from tests.cast import NOW, add_cast
from tests.web.props import add_draft, queue_and_release


def bodies(database: Database) -> list[dict[str, object]]:
    with database.read() as session:
        return [json.loads(one) for one in session.exec(select(WebhookCall.body).order_by(col(WebhookCall.id)))]


def end_delivery(database: Database, delivery_id: int, status: DeliveryStatus) -> int:
    with database.write() as session:
        session.execute(update(Delivery).where(col(Delivery.id) == delivery_id).values(status=status))
        return note_ended_entries(session, now=NOW)


def test_an_entry_is_told_of_when_its_last_message_has_ended(either: Database) -> None:
    add_cast(either)
    with either.write() as session:
        add_webhook(session, "https://one.example", list(WebhookEvent), now=NOW)
        add_webhook(session, "https://two.example", [WebhookEvent.REPORT_READY], now=NOW)
        content_id = add_draft(session)
        assert note_ended_entries(session, now=NOW) == 0
    entry_id = queue_and_release(either, content_id)
    assert end_delivery(either, 1, DeliveryStatus.SENT) == 0
    assert end_delivery(either, 2, DeliveryStatus.UNCERTAIN) == 0
    assert end_delivery(either, 2, DeliveryStatus.FAILED) == 1
    assert end_delivery(either, 2, DeliveryStatus.FAILED) == 0
    [body] = bodies(either)
    assert body["type"] == "delivery.finished"
    assert body["data"] == {"entry_id": entry_id, "content_id": content_id, "deliveries": {"sent": 1, "failed": 1}}


def test_a_webhook_hears_nothing_of_the_time_before_it(either: Database) -> None:
    add_cast(either)
    with either.write() as session:
        content_id = add_draft(session)
    queue_and_release(either, content_id)
    with either.write() as session:
        add_webhook(session, "https://one.example", list(WebhookEvent), now=NOW + timedelta(seconds=1))
    end_delivery(either, 1, DeliveryStatus.SENT)
    assert end_delivery(either, 2, DeliveryStatus.SENT) == 0


def test_a_reshare_is_told_of_by_ids_and_codes(either: Database) -> None:
    add_cast(either)
    with either.write() as session:
        hook_id, secret = add_webhook(session, "https://one.example", [WebhookEvent.RESHARE_FOUND], now=NOW)
        assert secret.startswith("whsec_")
        content_id = add_draft(session)
        member_id = session.exec(select(Member.id).where(Member.code == "north")).one() or 0
        finding = Finding(member_id, content_id, ReshareKind.LINK, Evidence.OBSERVED, NOW, Network.BLUESKY, "post1")
        assert add_finding(session, finding, now=NOW)
        assert not add_finding(session, finding, now=NOW)
    [body] = bodies(either)
    data = {"reshare_id": 1, "content_id": content_id, "member": "north", "network": "bluesky", "evidence": "observed"}
    assert body["data"] == data
    with either.write() as session:
        set_active(session, hook_id, active=False)
        forget_calls(session, now=NOW + timedelta(days=119))
        assert session.exec(select(WebhookCall)).all()
        delete_webhook(session, hook_id)
    assert bodies(either) == []
