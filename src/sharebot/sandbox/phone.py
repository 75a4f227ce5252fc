"""An officer's phone: what it shows, and what its owner does with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sharebot.sandbox.entities import plain
from sharebot.sandbox.membership import change_json
from sharebot.sandbox.messages import Chat, Shown, find_button
from sharebot.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from sharebot.sandbox.telegram import TelegramServer

SAMPLE_PHOTO = "https://alliance.example/photo.jpg"


class Phone:
    """One person, and their private chat with the bot. Every action makes the update that Telegram would send."""

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

    @property
    def menu(self) -> list[dict[str, str]]:
        """The bot's menu of commands, as this phone shows it."""
        return self._server.menu_of([f"chat:{self.chat_id}", "all_private_chats", "default"], self.language)

    def open_link(self, payload: str) -> None:
        """Tap t.me/<bot>?start=payload and press Start."""
        self.write(f"/start {payload}".strip())

    def follow(self, url: str) -> None:
        """Tap an invitation link as staff sent it."""
        self.open_link(parse_qs(urlsplit(url).query).get("start", [""])[0])

    def write(self, text: str, *, reply_to: Shown | None = None, links: Mapping[str, str] | None = None) -> Shown:
        """Write to the bot; `links` puts addresses under words of the text."""
        return self._say(Shown(0, False, plain(text, links), self._server.timestamp(), reply_to=reply_to))

    def send_photo(self, caption: str = "", *, reply_to: Shown | None = None, url: str = SAMPLE_PHOTO) -> Shown:
        """Send a picture, with words under it."""
        shown = Shown(0, False, plain(caption), self._server.timestamp(), reply_to=reply_to)
        shown.media, shown.media_url = "photo", url
        return self._say(shown)

    def forward(
        self,
        text: str,
        *,
        origin: dict[str, Any] | None = None,
        photo: bool = False,
        links: Mapping[str, str] | None = None,
    ) -> Shown:
        """Forward somebody else's message; without an `origin` of somebody who hides behind a name."""
        shown = Shown(0, False, plain(text, links), self._server.timestamp())
        shown.origin = origin or {"type": "hidden_user", "sender_user_name": "Somebody", "date": shown.at}
        if photo:
            shown.media, shown.media_url = "photo", SAMPLE_PHOTO
        return self._say(shown)

    def edit(self, shown: Shown, text: str) -> None:
        """Change what was written before."""
        shown.words, shown.edited = plain(text), True
        message = self._server.message_json(self, shown) | {"edit_date": self._server.timestamp()}
        self._server.push(edited_message=message)

    def _say(self, shown: Shown) -> Shown:
        self.started = True
        shown.author, shown.message_id = self.user_json(), self._server.next_message_id()
        self.messages.append(shown)
        self._server.push(message=self._server.message_json(self, shown))
        return shown

    def tap(self, label: str, *, message: Shown | None = None) -> bool:
        """Press the button whose text contains `label`, or whose data is `label`; False when there is none.

        Looks from the latest message up.
        """
        return self.press(self, label, message=message)

    def press(self, chat: Chat, label: str, *, message: Shown | None = None) -> bool:
        """Press a button in any chat that this phone shows."""
        found = find_button([message] if message else chat.messages, label)
        if found is None:
            return False
        self._press(*found, chat=chat)
        return True

    def _press(self, shown: Shown, data: str, *, chat: Chat | None = None) -> None:
        """Send what a button would say back, whether there is one or not."""
        query_id = f"{self.chat_id}{len(self._queries) + 1:05}"
        self._queries.add(query_id)
        self._server.push(
            callback_query={
                "id": query_id,
                "from": self.user_json(),
                "message": self._server.message_json(chat or self, shown),
                "chat_instance": str((chat or self).chat_id),
                "data": data,
            }
        )

    def end_query(self, arguments: dict[str, Any]) -> bool:
        """Whether this phone waited for the answer."""
        return arguments["callback_query_id"] in self._queries and bool(arguments.get("text"))

    def ask_inline(self, words: str, *, chat_type: str = "channel") -> str:
        """Type the bot's name and some words in another chat; return the query's id.

        The answer stands in `server.inline.answers` under it.
        """
        query_id = self._server.inline.ask(self.chat_id)
        query = {"id": query_id, "from": self.user_json(), "query": words, "offset": "", "chat_type": chat_type}
        self._server.push(inline_query=query)
        return query_id

    def choose(self, result_id: str, query: str = "", *, chat: Chat | None = None) -> Shown:
        """Take one of the latest answer's results, so that its words stand in `chat`. Raises KeyError."""
        words, keyboard = self._server.inline.take(self.chat_id, result_id)
        shown = Shown(self._server.next_message_id(), False, words, self._server.timestamp(), keyboard, via_bot=True)
        shown.author = self.user_json()
        chosen = {"result_id": result_id, "from": self.user_json(), "query": query}
        if keyboard:
            chosen["inline_message_id"] = f"inline-{shown.message_id}"
        if self._server.inline.feedback:
            self._server.push(chosen_inline_result=chosen)
        if chat is not None:
            chat.messages.append(shown)
        return shown

    def block(self) -> None:
        """Block the bot."""
        self._change("member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self._change("kicked", "member")

    def _change(self, old: str, new: str) -> None:
        self.blocked = new == "kicked"
        self._server.push(my_chat_member=change_json(self._server, self, self.user_json(), old=old, new=new))

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

    def check_bot(self, *, thread_id: int | None = None) -> None:
        """Raise Refusal where the bot may not write."""
        if not self.started:
            raise Refusal(400, "Bad Request: chat not found")
        if self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if thread_id is not None:
            raise Refusal(400, "Bad Request: message thread not found")
