"""Run the migrations on the connection that `store.schema` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel

import sharebot.models  # noqa: F401 - fills the metadata
from sharebot.models.columns import Word


def render_word(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a Word column as the plain text it is in the database."""
    return "sa.String(length=24)" if kind == "type" and isinstance(item, Word) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_word,
)
with context.begin_transaction():
    context.run_migrations()
