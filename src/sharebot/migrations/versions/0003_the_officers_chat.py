"""Give officers their wishes, items their renditions and wordings, and add pasted posts, proposals, erasures."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _upgrade_contents()
    _upgrade_officers()
    _upgrade_links()
    _create_proposals()
    _upgrade_queue()
    _create_posts()
    _create_traces()


def _upgrade_contents() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", AutoString(length=40), nullable=False),
        sa.Column("name", AutoString(length=200), nullable=False),
        sa.Column("hashtag", AutoString(length=100), nullable=False),
        sa.Column("line", AutoString(length=200), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    with op.batch_alter_table("content") as batch:
        batch.add_column(sa.Column("topics", AutoString(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("proposed_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_content_campaign_id_campaign"), "campaign", ["campaign_id"], ["id"])
        batch.create_foreign_key(op.f("fk_content_proposed_by_id_member"), "member", ["proposed_by_id"], ["id"])
    _drop_defaults("content", topics=AutoString(length=200))
    with op.batch_alter_table("variant") as batch:
        batch.add_column(sa.Column("channel_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("channel_message_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", AutoString(length=4000), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_wording_variant_id_variant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint("variant_id", "position", name=op.f("uq_wording_variant_id_position")),
    )
    op.create_index(op.f("ix_wording_variant_id"), "wording", ["variant_id"])
    with op.batch_alter_table("asset") as batch:
        batch.add_column(sa.Column("tier", sa.String(length=24), nullable=False, server_default="full"))
        batch.add_column(sa.Column("original_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("prepared_at", UTCDateTime(), nullable=True))
        batch.create_foreign_key(op.f("fk_asset_original_id_asset"), "asset", ["original_id"], ["id"])
        batch.create_index(op.f("ix_asset_original_id"), ["original_id"])
    _drop_defaults("asset", tier=sa.String(length=24))
    op.create_table(
        "asset_body",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_body_asset_id_asset")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_body")),
    )


def _upgrade_officers() -> None:
    with op.batch_alter_table("chat") as batch:
        batch.add_column(sa.Column("thread_id", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("officer") as batch:
        batch.add_column(sa.Column("untracked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("topics", AutoString(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("networks", AutoString(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("zone", AutoString(length=64), nullable=True))
        batch.add_column(sa.Column("opens", sa.Time(), nullable=True))
        batch.add_column(sa.Column("closes", sa.Time(), nullable=True))
        batch.add_column(sa.Column("rhythm", sa.String(length=24), nullable=False, server_default="each"))
        batch.add_column(sa.Column("asks_per_week", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("name_sealed", AutoString(), nullable=True))
        batch.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("consented_at", UTCDateTime(), nullable=True))
        batch.create_foreign_key(op.f("fk_officer_replaces_id_officer"), "officer", ["replaces_id"], ["id"])
    words = AutoString(length=200)
    _drop_defaults("officer", untracked=sa.Boolean(), topics=words, networks=words, rhythm=sa.String(length=24))
    # They joined before they could be asked, and were told what the bot is for.
    op.execute("UPDATE officer SET consented_at = joined_at WHERE status IN ('active', 'paused', 'unreachable')")


def _upgrade_links() -> None:
    with op.batch_alter_table("tracked_link") as batch:
        batch.add_column(sa.Column("wording_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_tracked_link_wording_id_wording"), "wording", ["wording_id"], ["id"])
    op.create_table(
        "share_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("network", sa.String(length=24), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["tracked_link.id"], name=op.f("fk_share_tally_link_id_tracked_link")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_tally")),
        sa.UniqueConstraint("link_id", "on_date", "network", name=op.f("uq_share_tally_link_id_on_date_network")),
    )


def _create_proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("language", AutoString(length=3), nullable=False),
        sa.Column("title", AutoString(length=500), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("url", AutoString(length=2048), nullable=True),
        sa.Column("decided_by", AutoString(length=200), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_proposal_member_id_member")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_proposal_officer_id_officer")),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_proposal_content_id_content")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_status"), "proposal", ["status"])


def _upgrade_queue() -> None:
    with op.batch_alter_table("queue_entry") as batch:
        batch.add_column(sa.Column("priority", sa.String(length=24), nullable=False, server_default="normal"))
    _drop_defaults("queue_entry", priority=sa.String(length=24))
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("about_officer_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("about_proposal_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_delivery_about_officer_id_officer"), "officer", ["about_officer_id"], ["id"])
        batch.create_foreign_key(
            op.f("fk_delivery_about_proposal_id_proposal"), "proposal", ["about_proposal_id"], ["id"]
        )
        batch.create_foreign_key(op.f("fk_delivery_digest_id_delivery"), "delivery", ["digest_id"], ["id"])
        batch.create_index(op.f("ix_delivery_digest_id"), ["digest_id"])
    with op.batch_alter_table("answer") as batch:
        batch.add_column(sa.Column("officer_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("remind_at", UTCDateTime(), nullable=True))
        batch.create_foreign_key(op.f("fk_answer_officer_id_officer"), "officer", ["officer_id"], ["id"])
        batch.create_index(op.f("ix_answer_remind_at"), ["remind_at"])


def _create_posts() -> None:
    op.create_table(
        "pasted_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("network", sa.String(length=24), nullable=False),
        sa.Column("url", AutoString(length=2048), nullable=False),
        sa.Column("url_sha256", AutoString(length=64), nullable=False),
        sa.Column("handle", AutoString(length=300), nullable=True),
        sa.Column("external_id", AutoString(length=500), nullable=True),
        sa.Column("evidence", sa.String(length=24), nullable=False),
        sa.Column("reason", AutoString(length=100), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("pasted_at", UTCDateTime(), nullable=False),
        sa.Column("check_at", UTCDateTime(), nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_pasted_post_officer_id_officer")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_pasted_post_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pasted_post")),
        sa.UniqueConstraint("officer_id", "url_sha256", name=op.f("uq_pasted_post_officer_id_url_sha256")),
    )
    op.create_index(op.f("ix_pasted_post_delivery_id"), "pasted_post", ["delivery_id"])
    op.create_index(op.f("ix_pasted_post_check_at"), "pasted_post", ["check_at"])


def _create_traces() -> None:
    op.create_table(
        "passing_message",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("delete_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_passing_message_chat_id_chat")),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_passing_message")),
    )
    op.create_index(op.f("ix_passing_message_delete_at"), "passing_message", ["delete_at"])
    op.create_table(
        "erasure",
        sa.Column("officer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_erasure")),
    )


def _drop_defaults(table: str, **columns: sa.types.TypeEngine[Any]) -> None:
    """Leave new columns without the default that filled them, as the tables of a fresh database are."""
    with op.batch_alter_table(table) as batch:
        for name, kind in columns.items():
            batch.alter_column(name, existing_type=kind, server_default=None)
