"""The Bot API's chats and updates, without the HTTP."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sharebot.clock import Clock
from sharebot.sandbox.arguments import CAPTION_LIMIT, TEXT_LIMIT, read_arguments, read_keyboard, read_words
from sharebot.sandbox.entities import Formatted, plain
from sharebot.sandbox.methods import METHODS
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.refusals import Refusal

BOT_ID = 7000000001
_MEDIA = {"sendPhoto": "photo", "sendVideo": "video", "sendAudio": "audio", "sendDocument": "document"}


@dataclass(slots=True)
class Shown:
    """One message in a chat, as its phone shows it."""

    message_id: int
    from_bot: bool
    words: Formatted
    at: int
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    media: str | None = None
    media_url: str | None = None
    duration: int | None = None
    protected: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """One entry of the journal: a call that Telegram took."""

    method: str
    arguments: dict[str, Any]
    message_id: int | None


class TelegramServer:
    """All chats of one bot. `journal` holds what was accepted, `requests` every call."""

    def __init__(self, clock: Clock, token: str, *, username: str = "sharebot_demo_bot") -> None:
        self.clock, self.token, self.username = clock, token, username
        self.phones: dict[int, Phone] = {}
        self.journal: list[Accepted] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.webhook_url = ""
        self._updates: dict[int, dict[str, Any]] = {}
        self._next_update, self._next_message = 1, 1
        self._files: dict[str, str] = {}
        self._news = asyncio.Event()

    def add_phone(self, chat_id: int, name: str, *, language: str = "en") -> Phone:
        """Give somebody a phone with Telegram on it."""
        self.phones[chat_id] = Phone(self, chat_id, name, language)
        return self.phones[chat_id]

    def add_own(self, phone: Phone, text: str) -> Shown:
        """Show what a phone's owner wrote."""
        shown = Shown(self.next_message_id(), False, plain(text), self.timestamp())
        phone.messages.append(shown)
        return shown

    def push(self, **update: Any) -> None:
        """Queue an update for getUpdates."""
        number = self._next_update
        self._next_update += 1
        self._updates[number] = {"update_id": number, **update}
        self._news.set()

    @property
    def pending(self) -> int:
        """How many updates the bot has not acknowledged."""
        return len(self._updates)

    def next_message_id(self) -> int:
        """Return a fresh message id."""
        self._next_message += 1
        return self._next_message - 1

    def timestamp(self) -> int:
        """Return the present second."""
        return int(self.clock.now().timestamp())

    async def call(self, method: str, raw: dict[str, Any]) -> Any:
        """Carry out one call. Raises Refusal."""
        if method not in METHODS:
            raise Refusal(404, "Not Found")
        self.requests.append((method, raw))
        arguments = read_arguments(method, raw)
        if method == "getUpdates":
            return await self._get_updates(**arguments)
        result = self._carry_out(method, arguments)
        message_id = result.get("message_id") if isinstance(result, dict) else None
        self.journal.append(Accepted(method, arguments, message_id))
        return result

    def _carry_out(self, method: str, arguments: dict[str, Any]) -> Any:
        if method == "sendMessage":
            words = read_words(arguments, "text", TEXT_LIMIT)
            return self._add(arguments, Shown(0, True, words, self.timestamp()))
        if method in _MEDIA:
            return self._send_media(method, arguments)
        if method == "sendMediaGroup":
            return self._send_group(arguments)
        if method in {"forwardMessage", "copyMessage"}:
            return self._repeat(method, arguments)
        if method.startswith("editMessage"):
            return self._edit(method, arguments)
        if method == "deleteMessage":
            phone, shown = self._find(arguments)
            phone.messages.remove(shown)
            return True
        return self._simple(method, arguments)

    def _simple(self, method: str, arguments: dict[str, Any]) -> Any:
        if method == "getMe":
            return self._me() | {"can_join_groups": True, "can_read_all_group_messages": False}
        if method == "getFile":
            file_id = arguments["file_id"]
            if file_id not in self._files:
                raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
            return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_path": f"files/{file_id}"}
        if method == "getWebhookInfo":
            return {
                "url": self.webhook_url,
                "has_custom_certificate": False,
                "pending_update_count": self.pending,
            }
        if method in {"setWebhook", "deleteWebhook"}:
            self.webhook_url = arguments.get("url", "")
        if method == "answerCallbackQuery":
            for phone in self.phones.values():
                phone.toasts += [arguments.get("text", "")] if phone.end_query(arguments) else []
        return True

    async def _get_updates(
        self,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109
        allowed_updates: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        if self.webhook_url:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        wanted = set(allowed_updates or [])
        self._forget(offset, wanted)
        if not self._updates and timeout:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), min(timeout, 50))
            except TimeoutError:
                return []
        self._forget(offset, wanted)
        return list(self._updates.values())[: max(1, min(limit, 100))]

    def _forget(self, offset: int, wanted: set[str]) -> None:
        """Drop the updates that are acknowledged, and those the bot does not want."""
        kept = {
            number: one
            for number, one in self._updates.items()
            if number >= offset and (not wanted or wanted & set(one))
        }
        self._updates = kept

    def wake(self) -> None:
        """Let a waiting getUpdates answer at once."""
        self._news.set()

    def _phone(self, chat_id: Any) -> Phone:
        phone = self.phones.get(chat_id)
        if phone is None or not phone.started:
            raise Refusal(400, "Bad Request: chat not found")
        if phone.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return phone

    def _send_media(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        kind = _MEDIA[method]
        words = read_words(arguments, "caption", CAPTION_LIMIT)
        url = self._file_url(arguments[kind])
        shown = Shown(0, True, words, self.timestamp(), media=kind, media_url=url)
        shown.duration = arguments.get("duration")
        return self._add(arguments, shown)

    def file_url(self, file_id: str) -> str:
        """Return where a known file lies."""
        return self._files[file_id]

    def _file_url(self, value: Any) -> str:
        if value in self._files:
            return self._files[value]
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            return value
        raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")

    def _send_group(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        media = arguments["media"]
        if not 2 <= len(media) <= 10:
            raise Refusal(400, "Bad Request: wrong number of messages in the album")
        sent = []
        for one in media:
            words = read_words(one, "caption", CAPTION_LIMIT)
            shown = Shown(0, True, words, self.timestamp(), media=one["type"], media_url=self._file_url(one["media"]))
            sent.append(self._add({"chat_id": arguments["chat_id"]}, shown))
        return sent

    def _repeat(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        _, shown = self._find({"chat_id": arguments["from_chat_id"], "message_id": arguments["message_id"]})
        copy = Shown(0, True, shown.words, self.timestamp(), media=shown.media, media_url=shown.media_url)
        sent = self._add(arguments, copy)
        return sent if method == "forwardMessage" else {"message_id": sent["message_id"]}

    def _add(self, arguments: dict[str, Any], shown: Shown) -> dict[str, Any]:
        phone = self._phone(arguments["chat_id"])
        shown.keyboard = read_keyboard(arguments)
        shown.protected = bool(arguments.get("protect_content"))
        shown.message_id = self.next_message_id()
        phone.messages.append(shown)
        return self.message_json(phone, shown)

    def _find(self, arguments: dict[str, Any]) -> tuple[Phone, Shown]:
        phone = self._phone(arguments.get("chat_id"))
        for shown in phone.messages:
            if shown.message_id == arguments.get("message_id"):
                return phone, shown
        raise Refusal(400, "Bad Request: message to edit not found")

    def _edit(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        phone, shown = self._find(arguments)
        keyboard = read_keyboard(arguments)
        words = shown.words
        if method == "editMessageText":
            if shown.media:
                raise Refusal(400, "Bad Request: there is no text in the message to edit")
            words = read_words(arguments, "text", TEXT_LIMIT)
        if method == "editMessageCaption":
            if not shown.media:
                raise Refusal(400, "Bad Request: there is no caption in the message to edit")
            words = read_words(arguments, "caption", CAPTION_LIMIT)
        if (words, keyboard) == (shown.words, shown.keyboard):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup "
                "are exactly the same as a current content and reply markup of the message",
            )
        shown.words, shown.keyboard, shown.edited = words, keyboard, True
        return self.message_json(phone, shown)

    def _me(self) -> dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "sharebot", "username": self.username}

    def message_json(self, phone: Phone, shown: Shown) -> dict[str, Any]:
        """Return a message in the API's form."""
        message: dict[str, Any] = {
            "message_id": shown.message_id,
            "date": shown.at,
            "chat": phone.chat_json(),
            "from": self._me() if shown.from_bot else phone.user_json(),
        }
        name = "caption" if shown.media else "text"
        if shown.words.text:
            message[name] = shown.words.text
            entities = f"{'caption_' if shown.media else ''}entities"
            message |= {entities: list(shown.words.entities)} if shown.words.entities else {}
        if shown.media and shown.media_url:
            message[shown.media] = self._file_json(shown)
        if shown.keyboard:
            message["reply_markup"] = {"inline_keyboard": shown.keyboard}
        return message

    def _file_json(self, shown: Shown) -> Any:
        url = shown.media_url or ""
        file_id = next((known for known, address in self._files.items() if address == url), None)
        if file_id is None:
            file_id = f"FILE{len(self._files) + 1:06}"
            self._files[file_id] = url
        common: dict[str, Any] = {"file_id": file_id, "file_unique_id": f"u{file_id}"}
        if shown.media == "photo":
            return [common | {"width": 1200, "height": 675}]
        if shown.media == "video":
            return common | {"width": 1280, "height": 720, "duration": shown.duration or 0}
        return common | ({"duration": shown.duration or 0} if shown.media == "audio" else {})
