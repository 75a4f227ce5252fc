"""Give every chat its bot and its pace; add previews, edits, workers, alerts and markers."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SENDING = sa.text("status = 'sending'")
_OPEN = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    _upgrade_bot()
    _upgrade_chats()
    _upgrade_deliveries()
    _upgrade_files()
    _upgrade_inbox()
    _create_the_watch()


def _upgrade_bot() -> None:
    with op.batch_alter_table("bot") as batch:
        batch.add_column(sa.Column("code", AutoString(length=40), nullable=True))
        batch.add_column(sa.Column("pause_kind", sa.String(length=24), nullable=True))
        batch.add_column(sa.Column("slowness", sa.Float(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("slowed_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE bot SET code = 'main'")
    # Rows of other tables name a bot from now on, so that there has to be one wherever there are any.
    op.execute(
        "INSERT INTO bot (code, status, failures_in_row, slowness) SELECT 'main', 'running', 0, 1 "
        "WHERE NOT EXISTS (SELECT 1 FROM bot)"
    )
    if op.get_bind().dialect.name == "postgresql":
        # The one bot's id was given by hand: without this the first regional bot would get the same one.
        op.execute("SELECT setval(pg_get_serial_sequence('bot', 'id'), (SELECT max(id) FROM bot))")
    with op.batch_alter_table("bot") as batch:
        batch.alter_column("code", existing_type=AutoString(length=40), nullable=False)
        batch.alter_column("slowness", existing_type=sa.Float(), server_default=None)
        batch.create_unique_constraint(op.f("uq_bot_code"), ["code"])


def _upgrade_chats() -> None:
    op.create_table(
        "chat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("address_sealed", AutoString(), nullable=False),
        sa.Column("address_index", AutoString(length=64), nullable=False),
        sa.Column("next_send_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["bot_id"], ["bot.id"], name=op.f("fk_chat_bot_id_bot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sa.UniqueConstraint("bot_id", "address_index", name=op.f("uq_chat_bot_id_address_index")),
    )
    op.execute(
        "INSERT INTO chat (bot_id, kind, address_sealed, address_index, next_send_at) "
        "SELECT (SELECT min(id) FROM bot), 'private', chat_sealed, chat_index, next_send_at "
        "FROM officer WHERE chat_index IS NOT NULL"
    )
    with op.batch_alter_table("officer") as batch:
        batch.add_column(sa.Column("chat_id", sa.Integer(), nullable=True))
    # With the bot named, the unique key finds each chat; without it every officer would read all chats.
    op.execute(
        "UPDATE officer SET chat_id = (SELECT id FROM chat "
        "WHERE bot_id = (SELECT min(id) FROM bot) AND address_index = officer.chat_index)"
    )
    with op.batch_alter_table("officer") as batch:
        batch.drop_constraint(op.f("uq_officer_chat_index"), type_="unique")
        batch.drop_column("chat_sealed")
        batch.drop_column("chat_index")
        batch.drop_column("next_send_at")
        batch.create_unique_constraint(op.f("uq_officer_chat_id"), ["chat_id"])
        batch.create_foreign_key(op.f("fk_officer_chat_id_chat"), "chat", ["chat_id"], ["id"])


def _upgrade_deliveries() -> None:
    with op.batch_alter_table("delivery") as batch:
        batch.drop_index("uq_delivery_sending_officer")
        batch.drop_index("ix_delivery_due")
        batch.add_column(sa.Column("bot_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("chat_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("edit_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("about_id", sa.Integer(), nullable=True))
        batch.alter_column("officer_id", existing_type=sa.Integer(), nullable=True)
    op.execute("UPDATE delivery SET bot_id = (SELECT min(id) FROM bot)")
    op.execute("UPDATE delivery SET chat_id = (SELECT chat_id FROM officer WHERE officer.id = delivery.officer_id)")
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("bot_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(op.f("fk_delivery_bot_id_bot"), "bot", ["bot_id"], ["id"])
        batch.create_foreign_key(op.f("fk_delivery_chat_id_chat"), "chat", ["chat_id"], ["id"])
        batch.create_foreign_key(op.f("fk_delivery_about_id_delivery"), "delivery", ["about_id"], ["id"])
        batch.create_index("ix_delivery_due", ["bot_id", "status", "due_at", "id"])
        batch.create_index("ix_delivery_expiry", ["status", "expires_at"])
        batch.create_index("ix_delivery_edit_at", ["edit_at"])
        batch.create_index(op.f("ix_delivery_chat_id"), ["chat_id"])
        batch.create_index(
            "uq_delivery_sending_chat", ["chat_id"], unique=True, sqlite_where=_SENDING, postgresql_where=_SENDING
        )


def _upgrade_files() -> None:
    op.create_table(
        "asset_file",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("bot_id", sa.Integer(), nullable=False),
        sa.Column("file_id", AutoString(length=300), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_file_asset_id_asset")),
        sa.ForeignKeyConstraint(["bot_id"], ["bot.id"], name=op.f("fk_asset_file_bot_id_bot")),
        sa.PrimaryKeyConstraint("asset_id", "bot_id", name=op.f("pk_asset_file")),
    )
    op.execute(
        "INSERT INTO asset_file (asset_id, bot_id, file_id) "
        "SELECT id, (SELECT min(id) FROM bot), file_id FROM asset WHERE file_id IS NOT NULL"
    )
    with op.batch_alter_table("asset") as batch:
        batch.drop_column("file_id")


def _upgrade_inbox() -> None:
    op.rename_table("inbox_update", "inbox_before")
    # On PostgreSQL names of indexes and keys are the schema's, so that the old ones have to make room.
    op.drop_index(op.f("ix_inbox_update_done_at"), table_name="inbox_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE inbox_before RENAME CONSTRAINT pk_inbox_update TO pk_inbox_before")
    op.create_table(
        "inbox_update",
        sa.Column("bot_id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", AutoString(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("taken_by", AutoString(length=80), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("error", AutoString(length=300), nullable=True),
        sa.ForeignKeyConstraint(["bot_id"], ["bot.id"], name=op.f("fk_inbox_update_bot_id_bot")),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name=op.f("pk_inbox_update")),
    )
    op.create_index(op.f("ix_inbox_update_done_at"), "inbox_update", ["done_at"])
    op.execute(
        "INSERT INTO inbox_update (bot_id, update_id, body, received_at, done_at, error) "
        "SELECT (SELECT min(id) FROM bot), update_id, body, received_at, done_at, error FROM inbox_before"
    )
    op.drop_table("inbox_before")


def _create_the_watch() -> None:
    op.create_table(
        "worker",
        sa.Column("name", AutoString(length=80), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("clock_off_s", sa.Float(), nullable=True),
        sa.Column("held", AutoString(length=300), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", AutoString(length=40), nullable=False),
        sa.Column("subject", AutoString(length=80), nullable=False),
        sa.Column("detail", AutoString(length=500), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("resolved_at", UTCDateTime(), nullable=True),
        sa.Column("mailed_at", UTCDateTime(), nullable=True),
        sa.Column("chatted_at", UTCDateTime(), nullable=True),
        sa.Column("end_mailed_at", UTCDateTime(), nullable=True),
        sa.Column("end_chatted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_resolved_at"), "alert", ["resolved_at"])
    op.create_index(
        "uq_alert_open", "alert", ["code", "subject"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "marker",
        sa.Column("name", AutoString(length=40), nullable=False),
        sa.Column("value", AutoString(length=300), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marker")),
        if_not_exists=True,  # a backup taken just before this migration brings the table along
    )
