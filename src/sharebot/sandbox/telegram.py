"""The Bot API's chats and updates, without the HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sharebot.clock import Clock
from sharebot.sandbox.arguments import read_arguments
from sharebot.sandbox.calls import carry_out
from sharebot.sandbox.channels import Channel
from sharebot.sandbox.groups import Group
from sharebot.sandbox.inline import Inline
from sharebot.sandbox.messages import Chat, Files, Shown, Uploaded, message_json
from sharebot.sandbox.methods import METHODS
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.refusals import Refusal
from sharebot.sandbox.updates import Updates

__all__ = ["Accepted", "Shown", "TelegramServer", "Uploaded"]
BOT_ID = 7000000001


@dataclass(frozen=True, slots=True)
class Accepted:
    """One entry of the journal: a call that Telegram took."""

    method: str
    arguments: dict[str, Any]
    message_id: int | None


class TelegramServer:
    """All chats of one bot. `journal` holds what was accepted, `requests` every call.

    `commands` are the menus that the bot has set, by scope ("default", "all_private_chats", "chat:1", …) and
    language.
    """

    def __init__(self, clock: Clock, token: str, *, username: str = "sharebot_demo_bot") -> None:
        self.clock, self.token, self.username = clock, token, username
        self.phones: dict[int, Phone] = {}
        self.groups: dict[int, Group] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.journal: list[Accepted] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.webhook_url = ""
        self.files, self.updates, self.inline = Files(), Updates(), Inline()
        self._next_message = 1

    def add_phone(self, chat_id: int, name: str, *, language: str = "en") -> Phone:
        """Give somebody a phone with Telegram on it."""
        self.phones[chat_id] = Phone(self, chat_id, name, language)
        return self.phones[chat_id]

    def add_group(self, chat_id: int, title: str, *, topics: Mapping[int, str] | None = None) -> Group:
        """Found a group; with topics it is a forum. Its id is negative, as Telegram's are."""
        self.groups[chat_id] = Group(self, chat_id, title, dict(topics or {}))
        return self.groups[chat_id]

    def add_channel(self, chat_id: int, title: str, username: str = "") -> Channel:
        """Found a channel."""
        self.channels[chat_id] = Channel(self, chat_id, title, username)
        return self.channels[chat_id]

    def find_chat(self, chat_id: Any) -> Chat:
        """Return a chat by its id or a channel by its @name. Raises Refusal."""
        chats: dict[Any, Chat] = {**self.phones, **self.groups, **self.channels}
        if (chat := chats.get(chat_id)) is not None:
            return chat
        for channel in self.channels.values():
            if channel.username and chat_id == f"@{channel.username}":
                return channel
        raise Refusal(400, "Bad Request: chat not found")

    def push(self, **update: Any) -> None:
        """Queue an update for getUpdates."""
        self.updates.push(**update)

    def wake(self) -> None:
        """Let a waiting getUpdates answer at once."""
        self.updates.wake()

    @property
    def pending(self) -> int:
        """How many updates the bot has not acknowledged."""
        return len(self.updates)

    @property
    def uploads(self) -> dict[str, Uploaded]:
        """The files that the bot brought, by their handles."""
        return self.files.uploads

    def keep(self, file: Uploaded) -> str:
        """Keep an uploaded file and return its handle."""
        return self.files.keep(file)

    def file_url(self, file_id: str) -> str:
        """Return where a known file lies."""
        return self.files.url(file_id)

    def next_message_id(self) -> int:
        """Return a fresh message id."""
        self._next_message += 1
        return self._next_message - 1

    def timestamp(self) -> int:
        """Return the present second."""
        return int(self.clock.now().timestamp())

    def me(self) -> dict[str, Any]:
        """Return the bot in the API's form."""
        return {"id": BOT_ID, "is_bot": True, "first_name": "sharebot", "username": self.username}

    def message_json(self, chat: Chat, shown: Shown) -> dict[str, Any]:
        """Return a message in the API's form."""
        return message_json(chat, shown, me=self.me(), files=self.files)

    def menu_of(self, scopes: list[str], language: str) -> list[dict[str, str]]:
        """Return the menu of commands that a chat shows: the narrowest scope, the language before no language."""
        found = (self.commands.get((scope, code)) for scope in scopes for code in (language, ""))
        return next((menu for menu in found if menu is not None), [])

    async def call(self, method: str, raw: dict[str, Any]) -> Any:
        """Carry out one call. Raises Refusal."""
        if method not in METHODS:
            raise Refusal(404, "Not Found")
        self.requests.append((method, raw))
        arguments = read_arguments(method, raw)
        if method == "getUpdates":
            if self.webhook_url:
                raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
            return await self.updates.get(**arguments)
        result = carry_out(self, method, arguments)
        message_id = result.get("message_id") if isinstance(result, dict) else None
        self.journal.append(Accepted(method, arguments, message_id))
        return result
