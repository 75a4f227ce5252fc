"""What stands in a chat, the files in it, and how the Bot API tells of both."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from sharebot.sandbox.entities import Formatted
from sharebot.sandbox.refusals import Refusal


@dataclass(slots=True)
class Shown:
    """One message in a chat, as its phones show it.

    `author` is the user who wrote it; None for the bot and for a channel. `origin` is where a forward comes from,
    in the API's form.
    """

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
    author: dict[str, Any] | None = None
    reply_to: "Shown | None" = None
    origin: dict[str, Any] | None = None
    thread_id: int | None = None
    via_bot: bool = False
    file_name: str = ""
    file_size: int | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that the bot sent along."""

    name: str
    mime: str
    body: bytes = field(repr=False)


class Chat(Protocol):
    """A private chat, a group or a channel."""

    chat_id: int
    messages: list[Shown]

    def chat_json(self) -> dict[str, Any]:
        """Return it in the API's form."""

    def check_bot(self, *, thread_id: int | None = None) -> None:
        """Raise Refusal where the bot may not write."""


class Files:
    """The handles of all files, and the bytes of those that the bot brought itself."""

    def __init__(self) -> None:
        self.uploads: dict[str, Uploaded] = {}
        self.urls: dict[str, str] = {}

    def __contains__(self, file_id: str) -> bool:
        return file_id in self.urls

    def keep(self, file: Uploaded) -> str:
        """Keep an uploaded file and return its handle."""
        file_id = self._new(f"/uploads/FILE{len(self.urls) + 1:06}")
        self.uploads[file_id] = file
        return file_id

    def url(self, value: Any) -> str:
        """Return where a handle or an address leads. Raises Refusal for anything else."""
        if value in self.urls:
            return self.urls[value]
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            return value
        raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")

    def describe(self, shown: Shown, value: Any) -> None:
        """Put the name and size of an uploaded file on its message."""
        kept = self.uploads.get(value) if isinstance(value, str) else None
        if kept is not None:
            shown.file_name, shown.file_size = kept.name, len(kept.body)

    def file_json(self, shown: Shown) -> Any:
        """Return the file of a message in the API's form, under a handle that stays the same."""
        url = shown.media_url or ""
        file_id = next((known for known, address in self.urls.items() if address == url), None) or self._new(url)
        common: dict[str, Any] = {"file_id": file_id, "file_unique_id": f"u{file_id}"}
        if (kept := self.uploads.get(file_id)) is not None:
            common["file_size"] = len(kept.body)
        if shown.media == "photo":
            return [common | {"width": 1200, "height": 675}]
        if shown.media == "video":
            return common | {"width": 1280, "height": 720, "duration": shown.duration or 0}
        return common | ({"duration": shown.duration or 0} if shown.media in {"audio", "voice"} else {})

    def _new(self, url: str) -> str:
        file_id = f"FILE{len(self.urls) + 1:06}"
        self.urls[file_id] = url
        return file_id


def message_json(chat: Chat, shown: Shown, *, me: dict[str, Any], files: Files) -> dict[str, Any]:
    """Return a message in the API's form."""
    message: dict[str, Any] = {"message_id": shown.message_id, "date": shown.at, "chat": chat.chat_json()}
    author = me if shown.from_bot else shown.author
    message |= {"from": author} if author else {"sender_chat": chat.chat_json()}
    message |= {"forward_origin": shown.origin} if shown.origin else {}
    message |= {"via_bot": me} if shown.via_bot else {}
    message |= {"has_protected_content": True} if shown.protected else {}
    if shown.thread_id is not None:
        message |= {"message_thread_id": shown.thread_id, "is_topic_message": True}
    if shown.reply_to is not None:
        answered = message_json(chat, shown.reply_to, me=me, files=files)
        message["reply_to_message"] = {name: value for name, value in answered.items() if name != "reply_to_message"}
    name = "caption" if shown.media else "text"
    if shown.words.text:
        message[name] = shown.words.text
        entities = f"{'caption_' if shown.media else ''}entities"
        message |= {entities: list(shown.words.entities)} if shown.words.entities else {}
    if shown.media and shown.media_url:
        message[shown.media] = files.file_json(shown)
    if shown.keyboard:
        message["reply_markup"] = {"inline_keyboard": shown.keyboard}
    return message


def find_shown(chat: Chat, message_id: Any, *, otherwise: str) -> Shown:
    """Return a message of the chat. Raises Refusal with these words when it is not there."""
    for shown in chat.messages:
        if shown.message_id == message_id:
            return shown
    raise Refusal(400, f"Bad Request: {otherwise}")


def find_button(messages: list[Shown], label: str) -> tuple[Shown, str] | None:
    """Return the latest button whose text contains `label`, or whose data is `label`."""
    for shown in reversed(messages):
        for button in (button for row in shown.keyboard for button in row):
            data = button.get("callback_data")
            if data and (label in button["text"] or label == data):
                return shown, data
    return None
