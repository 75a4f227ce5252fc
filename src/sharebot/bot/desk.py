"""Staff in Telegram: who they are, where they may work, and how what they change is noted."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session
from telegram import CallbackQuery, MaybeInaccessibleMessage, Update

from sharebot.bot.context import Context, acknowledge, bot_id_of, officer_of, runtime_of, say
from sharebot.runtime import Runtime
from sharebot.store.audit import Change, audited
from sharebot.store.staff import SignedIn
from sharebot.store.staff_telegram import find_by_telegram
from sharebot.store.strangers import note_stranger
from sharebot.texts import desk as texts
from sharebot.texts import replies
from sharebot.values.status import StaffRole

log = logging.getLogger(__name__)
_RANK = {role: rank for rank, role in enumerate(StaffRole)}
Handler = Callable[["Desk"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody of staff at work in a chat; `staff.language` is what the chat is answered in."""

    context: Context
    update: Update
    staff: SignedIn
    chat_id: int

    @property
    def runtime(self) -> Runtime:
        """The runtime."""
        return runtime_of(self.context)

    @property
    def name(self) -> str:
        """How colleagues call them."""
        return self.staff.name or self.staff.email.partition("@")[0]

    @property
    def query(self) -> CallbackQuery | None:
        """The tap, if it is one."""
        return self.update.callback_query

    @property
    def shown(self) -> MaybeInaccessibleMessage | None:
        """The message that the tapped button hangs on."""
        return self.query.message if self.query else None

    def may(self, role: StaffRole, *, whole: bool = False) -> bool:
        """Whether their role includes `role`; what concerns all is not for staff of one region."""
        return _RANK[self.staff.role] <= _RANK[role] and not (whole and self.staff.region)

    @contextmanager
    def change(self, action: str, subject: str = "", detail: str = "") -> Iterator[Session]:
        """Open a write transaction; what they did is noted in the audit log along with it."""
        noted = Change(self.staff.actor, action, subject, detail)
        with audited(self.runtime.database, noted, now=self.runtime.now()) as session:
            yield session

    async def toast(self, words: str | None = None) -> None:
        """End the spinner of the tapped button, with some words."""
        if self.query is not None:
            await acknowledge(self.query, words)


def is_staff_chat(context: Context, chat_id: int) -> bool:
    """Whether this is the chat of all staff."""
    return chat_id == runtime_of(context).settings.telegram.staff_chat


def find_staff(context: Context, update: Update) -> Desk | None:
    """Return who of the staff wrote or tapped, where staff may work; None for anybody and anywhere else.

    Nobody is staff behind a channel, as an anonymous administrator, or at a bot that is not the main one.
    """
    runtime, chat, user = runtime_of(context), update.effective_chat, update.effective_user
    if chat is None or user is None or _is_masked(update):
        return None
    is_own = chat.type == "private" and chat.id == user.id
    is_shared = is_staff_chat(context, chat.id)
    if not is_own and not is_shared:
        return None
    if bot_id_of(context) != next(iter(runtime.messengers), None):
        return None
    with runtime.database.read() as session:
        staff = find_by_telegram(session, user.id)
    if staff is None:
        return None
    if is_shared:
        staff = replace(staff, language=runtime.settings.organisation.languages[0])
    return Desk(context, update, staff, chat.id)


def _is_masked(update: Update) -> bool:
    user, message = update.effective_user, update.message
    return user is None or user.is_bot or (message is not None and message.sender_chat is not None)


def for_staff(handler: Handler) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """Return the handler of a command that staff alone may use; of anybody else it is noted, and not answered."""

    async def on_command(update: Update, context: Context) -> None:
        desk = find_staff(context, update)
        if desk is None:
            await refuse(update, context)
            return
        await handler(desk)

    return on_command


async def refuse(update: Update, context: Context) -> None:
    """Note that somebody tried what is staff's; a stranger gets no answer.

    In staff's own chat they are told, once, how to be known.
    """
    runtime, chat, user = runtime_of(context), update.effective_chat, update.effective_user
    if user is None or chat is None or _is_masked(update):
        return
    with runtime.database.write() as session:
        is_new = note_stranger(session, user.id, now=runtime.now())
    log.warning("staff's command by a stranger")
    if update.callback_query is not None:
        in_staff_chat = is_staff_chat(context, chat.id)
        words = texts.not_known(runtime.settings.organisation.languages[0]) if in_staff_chat else None
        await acknowledge(update.callback_query, words)
    officer = officer_of(context, update) if update.callback_query is None else None
    if officer is not None:
        # To an officer it is a word like any other that the bot does not know.
        await say(context, chat.id, replies.not_understood(officer.language))
    elif is_new and is_staff_chat(context, chat.id):
        account = f"{runtime.settings.web.public_url}/account"
        await say(context, chat.id, texts.how_to_link(runtime.settings.organisation.languages[0], account))
