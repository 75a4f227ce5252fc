"""An officer's phone: what it shows, and what its owner does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from sharebot.sandbox.telegram import Shown, TelegramServer


class Phone:
    """One private chat with the bot. Every action makes the update that Telegram would send."""

    def __init__(self, server: TelegramServer, chat_id: int, name: str, language: str) -> None:
        self._server = server
        self.chat_id, self.name, self.language = chat_id, name, language
        self.messages: list[Shown] = []
        self.toasts: list[str] = []
        self.started = self.blocked = False
        self._queries: set[str] = set()

    @property
    def last_message(self) -> Shown | None:
        """The latest message of the bot, or None."""
        return next((shown for shown in reversed(self.messages) if shown.from_bot), None)

    def open_link(self, payload: str) -> None:
        """Tap t.me/<bot>?start=payload and press Start."""
        self.write(f"/start {payload}".strip())

    def follow(self, url: str) -> None:
        """Tap an invitation link as staff sent it."""
        self.open_link(parse_qs(urlsplit(url).query).get("start", [""])[0])

    def write(self, text: str) -> None:
        """Write to the bot."""
        self.started = True
        shown = self._server.add_own(self, text)
        message = self._server.message_json(self, shown)
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self._server.push(message=message)

    def tap(self, label: str, *, message: Shown | None = None) -> bool:
        """Press the button whose text contains `label`, or whose data is `label`; False when there is none.

        Looks from the latest message up.
        """
        for shown in [message] if message else reversed(self.messages):
            for row in shown.keyboard:
                for button in row:
                    data = button.get("callback_data")
                    if data and (label in button["text"] or label == data):
                        self._press(shown, data)
                        return True
        return False

    def _press(self, shown: Shown, data: str) -> None:
        query_id = f"{self.chat_id}{len(self._queries) + 1:05}"
        self._queries.add(query_id)
        self._server.push(
            callback_query={
                "id": query_id,
                "from": self.user_json(),
                "message": self._server.message_json(self, shown),
                "chat_instance": str(self.chat_id),
                "data": data,
            }
        )

    def end_query(self, arguments: dict[str, Any]) -> bool:
        """Whether this phone waited for the answer."""
        return arguments["callback_query_id"] in self._queries and bool(arguments.get("text"))

    def block(self) -> None:
        """Block the bot."""
        self._change("member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self._change("kicked", "member")

    def _change(self, old: str, new: str) -> None:
        self.blocked = new == "kicked"
        me = {"id": 7000000001, "is_bot": True, "first_name": "sharebot"}

        def member(status: str) -> dict[str, Any]:
            return {"user": me, "status": status} | ({"until_date": 0} if status == "kicked" else {})

        self._server.push(
            my_chat_member={
                "chat": self.chat_json(),
                "from": self.user_json(),
                "date": self._server.timestamp(),
                "old_chat_member": member(old),
                "new_chat_member": member(new),
            }
        )

    def chat_json(self) -> dict[str, Any]:
        """Return the chat in the API's form."""
        return {"id": self.chat_id, "type": "private", "first_name": self.name}

    def user_json(self) -> dict[str, Any]:
        """Return the owner in the API's form."""
        return {
            "id": self.chat_id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }
