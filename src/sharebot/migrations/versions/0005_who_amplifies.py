"""Give accounts reasons and consent, posts a ground and re-checks; add lost reshares, counts, cursors and spending."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NO_TRACKER = "UPDATE social_account SET reason = 'no_tracker' WHERE status = 'unobservable'"
# Networks that were not looked at before, and are now.
_NOW_WATCHED = (
    "UPDATE social_account SET status = 'watched', reason = NULL "
    "WHERE status = 'unobservable' AND network IN ('x', 'mastodon', 'telegram', 'website', 'linkedin')"
)


def upgrade() -> None:
    _upgrade_accounts()
    _upgrade_posts()
    _upgrade_files()
    _create_lost()
    _create_counts()
    _create_tracking()


def _upgrade_accounts() -> None:
    with op.batch_alter_table("social_account") as batch:
        batch.add_column(sa.Column("reason", sa.String(length=24), nullable=True))
        batch.add_column(sa.Column("confirmed_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("confirmed_by", AutoString(length=40), nullable=True))
        batch.add_column(sa.Column("identified_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("renamed_from", AutoString(length=200), nullable=True))
        batch.add_column(sa.Column("renamed_at", UTCDateTime(), nullable=True))
    op.execute(_NO_TRACKER)
    op.execute(_NOW_WATCHED)


def _upgrade_posts() -> None:
    with op.batch_alter_table("observed_post") as batch:
        batch.add_column(sa.Column("ground", sa.String(length=24), nullable=True))
        batch.add_column(sa.Column("check_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("checks", sa.Integer(), nullable=False, server_default="0"))
        batch.create_index(op.f("ix_observed_post_check_at"), ["check_at"])
    with op.batch_alter_table("observed_post") as batch:
        # Without the default that filled it, as the tables of a fresh database are.
        batch.alter_column("checks", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("reshare") as batch:
        batch.add_column(sa.Column("ground", sa.String(length=24), nullable=True))


def _upgrade_files() -> None:
    with op.batch_alter_table("asset_file") as batch:
        batch.add_column(sa.Column("unique_id", AutoString(length=100), nullable=True))
        batch.create_index(op.f("ix_asset_file_unique_id"), ["unique_id"])


def _create_lost() -> None:
    op.create_table(
        "lost_reshare",
        sa.Column("reshare_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", AutoString(length=600), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("network", sa.String(length=24), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("evidence", sa.String(length=24), nullable=False),
        sa.Column("language", AutoString(length=3), nullable=True),
        sa.Column("url", AutoString(length=2048), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ground", sa.String(length=24), nullable=True),
        sa.Column("gone_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_lost_reshare_content_id_content")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_lost_reshare_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_lost_reshare_member_id_member")),
        sa.PrimaryKeyConstraint("reshare_id", name=op.f("pk_lost_reshare")),
        sa.UniqueConstraint("key", name=op.f("uq_lost_reshare_key")),
    )
    for column in ("content_id", "gone_at", "member_id"):
        op.create_index(op.f(f"ix_lost_reshare_{column}"), "lost_reshare", [column])


def _create_counts() -> None:
    op.create_table(
        "post_count",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("reposts", sa.Integer(), nullable=True),
        sa.Column("quotes", sa.Integer(), nullable=True),
        sa.Column("replies", sa.Integer(), nullable=True),
        sa.Column("likes", sa.Integer(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["observed_post.id"], name=op.f("fk_post_count_post_id_observed_post")),
        sa.PrimaryKeyConstraint("post_id", "on_date", name=op.f("pk_post_count")),
    )
    op.create_table(
        "visit_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["tracked_link.id"], name=op.f("fk_visit_tally_link_id_tracked_link")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_tally")),
        sa.UniqueConstraint("link_id", "on_date", name=op.f("uq_visit_tally_link_id_on_date")),
    )
    op.create_index(op.f("ix_visit_tally_on_date"), "visit_tally", ["on_date"])


def _create_tracking() -> None:
    op.create_table(
        "tracker_state",
        sa.Column("network", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("ok_at", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", AutoString(length=300), nullable=True),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_tracker_state")),
    )
    op.create_table(
        "tracker_cursor",
        sa.Column("network", sa.String(length=24), nullable=False),
        sa.Column("key", AutoString(length=200), nullable=False),
        sa.Column("value", AutoString(length=1000), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("network", "key", name=op.f("pk_tracker_cursor")),
    )
    op.create_table(
        "tracker_spend",
        sa.Column("network", sa.String(length=24), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("resource", AutoString(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network", "on_date", "resource", name=op.f("pk_tracker_spend")),
    )
