"""A channel: its owner posts, and the bot hears of it when it is an administrator."""

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


class Channel:
    """A channel. While `is_protected` nothing of it may be forwarded."""

    def __init__(self, server: TelegramServer, chat_id: int, title: str, username: str) -> None:
        self._server = server
        self.chat_id, self.title, self.username = chat_id, title, username
        self.messages: list[Shown] = []
        self.has_bot = self.is_protected = False
        self._albums: dict[int, str] = {}

    def add_bot(self, by: Phone) -> None:
        """Make the bot an administrator."""
        self.has_bot = True
        change = change_json(self._server, self, by.user_json(), old="left", new="administrator")
        self._server.push(my_chat_member=change)

    def remove_bot(self, by: Phone, *, new: str = "kicked") -> None:
        """Remove the bot, or make it the `new` that Telegram has a word for."""
        self.has_bot = False
        change = change_json(self._server, self, by.user_json(), old="administrator", new=new)
        self._server.push(my_chat_member=change)

    def post(
        self,
        text: str,
        *,
        links: Mapping[str, str] | None = None,
        photo: str | None = None,
        origin: dict[str, Any] | None = None,
        button: str | None = None,
        album: str | None = None,
    ) -> Shown:
        """Post as the owner; `photo` is the address of a picture, `origin` that of a forward, `button` one to open.

        Posts with the same `album` are one for whoever reads them.
        """
        shown = Shown(self._server.next_message_id(), False, plain(text, links), self._server.timestamp())
        shown.origin = origin
        shown.keyboard = [[{"text": "Open", "url": button}]] if button else []
        if album:
            self._albums[shown.message_id] = album
        if photo:
            shown.media, shown.media_url = "photo", photo
        self.messages.append(shown)
        if self.has_bot:
            self._server.push(channel_post=self._message_json(shown))
        return shown

    def _message_json(self, shown: Shown) -> dict[str, Any]:
        album = self._albums.get(shown.message_id)
        return self._server.message_json(self, shown) | ({"media_group_id": album} if album else {})

    def edit(self, shown: Shown, text: str, *, links: Mapping[str, str] | None = None) -> None:
        """Change a post."""
        shown.words, shown.edited = plain(text, links), True
        if self.has_bot:
            message = self._message_json(shown) | {"edit_date": self._server.timestamp()}
            self._server.push(edited_channel_post=message)

    def delete(self, shown: Shown) -> None:
        """Take a post back; Telegram tells no bot of it."""
        self.messages.remove(shown)

    def chat_json(self) -> dict[str, Any]:
        """Return it in the API's form."""
        name = {"username": self.username} if self.username else {}
        protected = {"has_protected_content": True} if self.is_protected else {}
        return {"id": self.chat_id, "type": "channel", "title": self.title, **name, **protected}

    def check_bot(self, *, thread_id: int | None = None) -> None:
        """Raise Refusal where the bot may not write."""
        if not self.has_bot:
            raise Refusal(403, "Forbidden: bot is not a member of the channel chat")
        if thread_id is not None:
            raise Refusal(400, "Bad Request: message thread not found")
