"""A group: its members, its topics, and what the bot gets to read of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sharebot.sandbox.entities import plain
from sharebot.sandbox.membership import change_json
from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from sharebot.sandbox.telegram import TelegramServer


class Group:
    """A group with people, and perhaps the bot, in it. With `topics`, by their numbers, it is a forum."""

    def __init__(self, server: TelegramServer, chat_id: int, title: str, topics: dict[int, str]) -> None:
        self._server = server
        self.chat_id, self.title, self.topics = chat_id, title, topics
        self.messages: list[Shown] = []
        self.members: dict[int, Phone] = {}
        self.has_bot = self.was_kicked = False
        self.moved_to: int | None = None

    @property
    def last_message(self) -> Shown | None:
        """The latest message of the bot, or None."""
        return next((shown for shown in reversed(self.messages) if shown.from_bot), None)

    @property
    def menu(self) -> list[dict[str, str]]:
        """The bot's menu of commands, as the group shows it."""
        return self._server.menu_of([f"chat:{self.chat_id}", "all_group_chats", "default"], "")

    def join(self, *phones: Phone) -> None:
        """Let people in; the bot is not told."""
        self.members |= {phone.chat_id: phone for phone in phones}

    def add_bot(self, by: Phone) -> None:
        """Let a member add the bot."""
        self.join(by)
        self.has_bot, self.was_kicked = True, False
        self._server.push(my_chat_member=change_json(self._server, self, by.user_json(), old="left", new="member"))

    def remove_bot(self, by: Phone) -> None:
        """Let a member remove the bot."""
        self.has_bot, self.was_kicked = False, True
        self._server.push(my_chat_member=change_json(self._server, self, by.user_json(), old="member", new="kicked"))

    def write(
        self,
        phone: Phone,
        text: str,
        *,
        thread_id: int | None = None,
        reply_to: Shown | None = None,
        links: Mapping[str, str] | None = None,
    ) -> Shown:
        """Write as a member. In privacy mode the bot reads commands that may be meant for it, and answers to it."""
        shown = Shown(self._server.next_message_id(), False, plain(text, links), self._server.timestamp())
        shown.author, shown.reply_to, shown.thread_id = phone.user_json(), reply_to, thread_id
        self.join(phone)
        self.messages.append(shown)
        if self.has_bot and (self._is_for_bot(text) or (reply_to is not None and reply_to.from_bot)):
            self._server.push(message=self._server.message_json(self, shown))
        return shown

    def tap(self, phone: Phone, label: str, *, message: Shown | None = None) -> bool:
        """Press a button as a member; see `Phone.tap`."""
        self.join(phone)
        return phone.press(self, label, message=message)

    def migrate(self, chat_id: int) -> Group:
        """Make it a supergroup with a new id; both chats say so."""
        group = self._server.add_group(chat_id, self.title, topics=self.topics)
        group.members, group.has_bot, group.messages = self.members, self.has_bot, list(self.messages)
        self.moved_to = chat_id
        if self.has_bot:
            self._tell_service(self, migrate_to_chat_id=chat_id)
            self._tell_service(group, migrate_from_chat_id=self.chat_id)
        self.has_bot = False
        return group

    def _tell_service(self, group: Group, **change: int) -> None:
        number = self._server.next_message_id()
        message = {"message_id": number, "date": self._server.timestamp(), "chat": group.chat_json(), **change}
        self._server.push(message=message)

    def _is_for_bot(self, text: str) -> bool:
        command, _, name = text.split(maxsplit=1)[0].partition("@") if text.startswith("/") else ("", "", "")
        return bool(command) and name in {"", self._server.username}

    def chat_json(self) -> dict[str, Any]:
        """Return it in the API's form."""
        is_super = bool(self.topics) or self.chat_id < -(10**12)
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.chat_id, "type": "supergroup" if is_super else "group", "title": self.title, **forum}

    def check_bot(self, *, thread_id: int | None = None) -> None:
        """Raise Refusal where the bot may not write."""
        if self.moved_to is not None:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, words, migrate_to_chat_id=self.moved_to)
        if not self.has_bot:
            kind = self.chat_json()["type"]
            words = (
                f"bot was kicked from the {kind} chat" if self.was_kicked else "bot is not a member of the group chat"
            )
            raise Refusal(403, f"Forbidden: {words}")
        if thread_id is not None and thread_id not in self.topics:
            raise Refusal(400, "Bad Request: message thread not found")
