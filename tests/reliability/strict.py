"""What the Bot API refuses of a message, and the Message it answers when it takes one."""

import hashlib
import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

SENDS = {
    "sendMessage": "text",
    "sendPhoto": "photo",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendDocument": "document",
}
EDITS = ("editMessageText", "editMessageCaption", "editMessageReplyMarkup", "editMessageMedia")
_ENTITIES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre", "a": "text_link",
    "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-z-]+)((?:\s[^<>]*)?)>")
_HREF = re.compile(r'href="([^"]*)"')
_STRAY = re.compile(r"[<>]|&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)")
_FILE = re.compile(r"FILE[0-9a-f]{12}")


class Refusal(Exception):
    """An answer that is not ok."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.retry_after = status, description, retry_after


@dataclass(frozen=True, slots=True)
class Words:
    """A message as its reader sees it; `raw` is what was sent."""

    raw: str
    text: str
    entities: list[dict[str, object]]


def read_arguments(content_type: bytes, body: bytes, query: bytes) -> dict[str, Any]:
    """Read a call's arguments in any of the three forms the Bot API takes."""
    arguments: dict[str, Any] = dict(parse_qsl(query.decode())) if query else {}
    try:
        if content_type.startswith(b"application/json"):
            arguments |= json.loads(body or b"{}")
        elif content_type.startswith(b"multipart/form-data"):
            arguments |= _read_parts(content_type, body)
        else:
            arguments |= parse_qsl(body.decode(), keep_blank_values=True)
    except (ValueError, TypeError):
        raise Refusal(400, "Bad Request: can't parse the request") from None
    return arguments


def _read_parts(content_type: bytes, body: bytes) -> dict[str, str]:
    """Return the fields; an uploaded file becomes the id that it has from now on."""
    boundary = b"--" + content_type.partition(b"boundary=")[2].strip(b'" ')
    fields: dict[str, str] = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'\bname="([^"]*)"', head)
        content = content.removesuffix(b"\r\n")
        if name:
            uploaded = b"filename=" in head
            fields[name[1].decode()] = file_id_of(content) if uploaded else content.decode()
    return fields


def file_id_of(content: bytes) -> str:
    """Return the id of an uploaded file: the same for the same bytes."""
    return "FILE" + hashlib.sha256(content).hexdigest()[:12]


def check_message(method: str, arguments: dict[str, Any]) -> tuple[int, Words, Any]:
    """Return the chat, the words and the buttons. Raises Refusal."""
    chat = str(arguments.get("chat_id", ""))
    if not re.fullmatch(r"-?\d{1,15}", chat):
        raise Refusal(400, "Bad Request: chat_id is empty" if not chat else "Bad Request: chat not found")
    plain = method in {"sendMessage", "editMessageText"}
    words = _read_words(str(arguments.get("text" if plain else "caption", "")), arguments.get("parse_mode"))
    units = len(words.text.encode("utf-16-le")) // 2
    if plain and not words.text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if units > (4096 if plain else 1024):
        raise Refusal(400, f"Bad Request: message {'' if plain else 'caption '}is too long")
    if method in SENDS and not plain:
        _check_file(str(arguments.get(SENDS[method], "")))
    return int(chat), words, _read_keyboard(arguments.get("reply_markup"))


def _check_file(what: str) -> None:
    if not (_FILE.fullmatch(what) or what.startswith(("http://", "https://", "attach://"))):
        raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")


def _read_words(raw: str, parse_mode: object) -> Words:
    if parse_mode is None:
        return Words(raw, raw, [])
    if parse_mode != "HTML":
        raise Refusal(400, "Bad Request: unsupported parse_mode")
    text, entities, opened, at = "", [], [], 0
    for tag in _TAG.finditer(raw):
        text += _unescape(raw[at : tag.start()])
        at, name = tag.end(), tag[2]
        if name not in _ENTITIES:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{name}"')
        if not tag[1]:
            opened.append((name, len(text.encode("utf-16-le")) // 2, tag[3]))
            continue
        if not opened or opened[-1][0] != name:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unmatched end tag "{name}"')
        _, offset, attributes = opened.pop()
        entities.append(_entity(name, offset, len(text.encode("utf-16-le")) // 2 - offset, attributes))
    if opened:
        raise Refusal(400, f"Bad Request: can't parse entities: Can't find end tag \"{opened[-1][0]}\"")
    return Words(raw, text + _unescape(raw[at:]), entities)


def _entity(name: str, offset: int, length: int, attributes: str) -> dict[str, object]:
    entity: dict[str, object] = {"type": _ENTITIES[name], "offset": offset, "length": length}
    link = _HREF.search(attributes)
    return entity | ({"url": html.unescape(link[1])} if link else {})


def _unescape(part: str) -> str:
    if _STRAY.search(part):
        raise Refusal(400, "Bad Request: can't parse entities: unescaped character")
    return html.unescape(part)


def _read_keyboard(markup: Any) -> Any:
    if not markup:
        return None
    try:
        keyboard = json.loads(markup) if isinstance(markup, str) else markup
        buttons = [button for row in keyboard.get("inline_keyboard", []) for button in row]
    except (ValueError, TypeError, AttributeError):
        raise Refusal(400, "Bad Request: can't parse reply keyboard markup JSON object") from None
    for button in buttons:
        if not button.get("text"):
            raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if len(str(button.get("callback_data", "")).encode()) > 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        if len((button.get("copy_text") or {}).get("text", "")) > 256:
            raise Refusal(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
    return keyboard


def message_json(
    method: str, arguments: dict[str, Any], read: tuple[int, Words, Any], *, message_id: int, date: int, bot_id: int
) -> dict[str, Any]:
    """Return the Message that stands in the chat now."""
    chat_id, words, keyboard = read
    message: dict[str, Any] = {
        "message_id": message_id,
        "from": {"id": bot_id, "is_bot": True, "first_name": "sharebot", "username": "sharebot_proof_bot"},
        "chat": chat_json(chat_id),
        "date": date,
    }
    kind = SENDS.get(method, "text")
    name = "text" if method in {"sendMessage", "editMessageText"} else "caption"
    if words.text:
        message[name] = words.text
        if words.entities:
            message["entities" if name == "text" else "caption_entities"] = words.entities
    if kind != "text":
        message[kind] = _file_json(kind, str(arguments[kind]))
    if keyboard:
        message["reply_markup"] = keyboard
    return message


def chat_json(chat_id: int) -> dict[str, Any]:
    """Return a chat: private when its id is positive."""
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": f"Group {-chat_id}"}
    return {"id": chat_id, "type": "private", "first_name": f"Desk {chat_id}"}


def _file_json(kind: str, what: str) -> Any:
    file_id = what if _FILE.fullmatch(what) else file_id_of(what.encode())
    common: dict[str, Any] = {"file_id": file_id, "file_unique_id": file_id.lower(), "file_size": 1000}
    if kind == "photo":
        return [common | {"width": 1200, "height": 675}]
    if kind == "video":
        return common | {"width": 1280, "height": 720, "duration": 10}
    return common | ({"duration": 10} if kind == "audio" else {"file_name": "file"})
