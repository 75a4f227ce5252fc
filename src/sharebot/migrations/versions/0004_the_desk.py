"""Give staff sign-ins, an audit log and regions, entries an embargo and proposers; add lists, holds and the API."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_audit()
    _upgrade_staff()
    _upgrade_members()
    _upgrade_contents()
    _upgrade_queue()
    _create_api()


def _create_audit() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", AutoString(length=80), nullable=False),
        sa.Column("action", AutoString(length=60), nullable=False),
        sa.Column("subject", AutoString(length=80), nullable=False),
        sa.Column("detail", AutoString(length=2000), nullable=False),
        sa.Column("hash", AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_record")),
    )
    op.create_index(op.f("ix_audit_record_actor"), "audit_record", ["actor"])
    op.create_index(op.f("ix_audit_record_subject"), "audit_record", ["subject"])


def _upgrade_staff() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", AutoString(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(length=60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"])
    op.create_table(
        "sign_in_try",
        sa.Column("token_sha256", AutoString(length=64), nullable=False),
        sa.Column("kind", AutoString(length=20), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("secret", AutoString(length=1000), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_try_staff_id_staff")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in_try")),
    )
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("name", AutoString(length=80), nullable=False, server_default=""))
        batch.add_column(sa.Column("region", AutoString(length=40), nullable=True))
        batch.add_column(sa.Column("telegram_index", AutoString(length=64), nullable=True))
        batch.add_column(sa.Column("oidc_subject", AutoString(length=255), nullable=True))
        batch.add_column(sa.Column("passkey_handle", AutoString(length=64), nullable=True))
        batch.create_unique_constraint(op.f("uq_staff_oidc_subject"), ["oidc_subject"])
        batch.create_unique_constraint(op.f("uq_staff_passkey_handle"), ["passkey_handle"])
        batch.create_unique_constraint(op.f("uq_staff_telegram_index"), ["telegram_index"])
    _drop_defaults("staff", name=AutoString(length=80))
    with op.batch_alter_table("staff_link") as batch:
        batch.add_column(sa.Column("purpose", sa.String(length=24), nullable=False, server_default="sign_in"))
    _drop_defaults("staff_link", purpose=sa.String(length=24))
    with op.batch_alter_table("staff_session") as batch:
        batch.add_column(sa.Column("browser", AutoString(length=60), nullable=False, server_default=""))
        batch.add_column(sa.Column("way", AutoString(length=10), nullable=False, server_default="link"))
    _drop_defaults("staff_session", browser=AutoString(length=60), way=AutoString(length=10))


def _upgrade_members() -> None:
    op.create_table(
        "member_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_list")),
        sa.UniqueConstraint("name", name=op.f("uq_member_list_name")),
    )
    op.create_table(
        "member_listing",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["member_list.id"], name=op.f("fk_member_listing_list_id_member_list")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_listing_member_id_member")),
        sa.PrimaryKeyConstraint("list_id", "member_id", name=op.f("pk_member_listing")),
    )
    with op.batch_alter_table("member") as batch:
        batch.add_column(sa.Column("notes", AutoString(length=4000), nullable=False, server_default=""))
    _drop_defaults("member", notes=AutoString(length=4000))


def _upgrade_contents() -> None:
    op.create_table(
        "network_text",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(length=24), nullable=False),
        sa.Column("text", AutoString(length=5000), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_network_text_variant_id_variant")),
        sa.PrimaryKeyConstraint("variant_id", "network", name=op.f("pk_network_text")),
    )
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("goal", AutoString(length=500), nullable=False, server_default=""))
        batch.add_column(sa.Column("goal_parties", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    _drop_defaults("campaign", goal=AutoString(length=500))
    with op.batch_alter_table("content") as batch:
        batch.add_column(sa.Column("hashtags", AutoString(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("evergreen", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("created_by", AutoString(length=200), nullable=True))
    op.create_index(op.f("ix_content_campaign_id"), "content", ["campaign_id"])
    _drop_defaults("content", hashtags=AutoString(length=200), evergreen=sa.Boolean())


def _upgrade_queue() -> None:
    op.create_table(
        "country_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", AutoString(length=2), nullable=False),
        sa.Column("from_at", UTCDateTime(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.Column("by", AutoString(length=200), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country_hold")),
    )
    op.create_index(op.f("ix_country_hold_country"), "country_hold", ["country"])
    op.create_index(op.f("ix_answer_at"), "answer", ["at"])
    op.create_index(op.f("ix_click_tally_on_date"), "click_tally", ["on_date"])
    op.create_index("ix_reshare_member_at", "reshare", ["member_id", "at", "evidence"])
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("about_content_id", sa.Integer(), nullable=True))
        batch.create_index(
            "ix_delivery_about_content_id",
            ["about_content_id"],
            sqlite_where=sa.text("about_content_id IS NOT NULL"),
            postgresql_where=sa.text("about_content_id IS NOT NULL"),
        )
        batch.create_index(
            "ix_delivery_about_id",
            ["about_id"],
            sqlite_where=sa.text("about_id IS NOT NULL"),
            postgresql_where=sa.text("about_id IS NOT NULL"),
        )
        batch.create_index(
            "ix_delivery_about_officer_id",
            ["about_officer_id"],
            sqlite_where=sa.text("about_officer_id IS NOT NULL"),
            postgresql_where=sa.text("about_officer_id IS NOT NULL"),
        )
        batch.create_index(
            "ix_delivery_about_proposal_id",
            ["about_proposal_id"],
            sqlite_where=sa.text("about_proposal_id IS NOT NULL"),
            postgresql_where=sa.text("about_proposal_id IS NOT NULL"),
        )
        batch.create_index("ix_delivery_entry_status", ["entry_id", "kind", "status"])
        batch.create_index("ix_delivery_sent", ["sent_at", "kind"])
        batch.create_foreign_key(op.f("fk_delivery_about_content_id_content"), "content", ["about_content_id"], ["id"])
    with op.batch_alter_table("queue_entry") as batch:
        batch.add_column(sa.Column("proposed_by", AutoString(length=200), nullable=True))
        batch.add_column(sa.Column("returned_by", AutoString(length=200), nullable=True))
        batch.add_column(sa.Column("share_from", UTCDateTime(), nullable=True))


def _create_api() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", AutoString(length=2048), nullable=False),
        sa.Column("events", AutoString(length=300), nullable=False),
        sa.Column("secret_sealed", AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(length=60), nullable=False),
        sa.Column("token_sha256", AutoString(length=64), nullable=False),
        sa.Column("scopes", AutoString(length=300), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_api_token_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_token_token_sha256")),
    )
    op.create_index(op.f("ix_api_token_staff_id"), "api_token", ["staff_id"])
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("key", AutoString(length=120), nullable=False),
        sa.Column("event", AutoString(length=40), nullable=False),
        sa.Column("body", AutoString(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("error", AutoString(length=300), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id_webhook")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_call_key")),
    )
    op.create_index("ix_webhook_call_due", "webhook_call", ["status", "due_at"])
    op.create_index(op.f("ix_webhook_call_webhook_id"), "webhook_call", ["webhook_id"])
    op.create_table(
        "api_reply",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", AutoString(length=80), nullable=False),
        sa.Column("request_sha256", AutoString(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_api_reply_token_id_api_token")),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_api_reply")),
    )
    op.create_index(op.f("ix_api_reply_at"), "api_reply", ["at"])


def _drop_defaults(table: str, **columns: sa.types.TypeEngine[Any]) -> None:
    """Leave new columns without the default that filled them, as the tables of a fresh database are."""
    with op.batch_alter_table(table) as batch:
        for name, kind in columns.items():
            batch.alter_column(name, existing_type=kind, server_default=None)
