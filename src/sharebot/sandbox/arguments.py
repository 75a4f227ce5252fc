"""Read and check a method's parameters as the Bot API does."""

import json
from typing import Any
from urllib.parse import urlsplit

from sharebot.sandbox.entities import Formatted, parse_html, plain, utf16
from sharebot.sandbox.methods import METHODS
from sharebot.sandbox.refusals import Refusal

TEXT_LIMIT, CAPTION_LIMIT, COPY_LIMIT, DATA_LIMIT = 4096, 1024, 256, 64


def read_arguments(method: str, raw: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with their types. Raises Refusal for an unknown, missing or wrong one."""
    known = METHODS[method]
    for name in raw:
        if name not in known:
            raise Refusal(400, f"Bad Request: unknown parameter {name}")
    for name, parameter in known.items():
        if parameter.required and raw.get(name) in (None, ""):
            raise Refusal(400, f"Bad Request: parameter {name} is required")
    return {name: _typed(name, value, known[name].kind) for name, value in raw.items()}


def _typed(name: str, value: Any, kind: str) -> Any:
    wrong = Refusal(400, f"Bad Request: wrong type of parameter {name}")
    try:
        if kind == "i":
            return int(value)
        if kind == "b":
            return {"true": True, "false": False, True: True, False: False, "1": True, "0": False}[value]
        if kind == "c":
            return int(value) if str(value).lstrip("-").isdigit() else str(value)
        if kind in {"o", "a"}:
            data = json.loads(value) if isinstance(value, str) else value
            if not isinstance(data, dict if kind == "o" else list):
                raise wrong
            return data
    except (ValueError, KeyError, TypeError):
        raise wrong from None
    return value if kind == "f" else str(value)


def read_words(arguments: dict[str, Any], name: str, limit: int) -> Formatted:
    """Return formatted words within the limit. Raises Refusal."""
    text = arguments.get(name) or ""
    mode = arguments.get("parse_mode", "")
    if mode and mode.lower() != "html":
        raise Refusal(400, "Bad Request: unsupported parse_mode")
    words = parse_html(text) if mode else plain(text)
    if name == "text" and not words.text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if words.length > limit:
        what = "message" if name == "text" else "message caption"
        raise Refusal(400, f"Bad Request: {what} is too long")
    return words


def read_keyboard(arguments: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the inline keyboard's rows. Raises Refusal for a button Telegram would not take."""
    markup = arguments.get("reply_markup") or {}
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refusal(400, "Bad Request: inline keyboard expected")
    for button in (button for row in rows for button in row):
        if not isinstance(button, dict):
            raise Refusal(400, "Bad Request: object expected as inline keyboard button")
        _check_button(button)
    return rows


def _check_button(button: dict[str, Any]) -> None:
    if not button.get("text"):
        raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    kinds = [kind for kind in ("url", "callback_data", "copy_text") if button.get(kind)]
    if len(kinds) != 1:
        raise Refusal(400, "Bad Request: BUTTON_TYPE_INVALID")
    if "url" in kinds and not _is_address(button["url"]):
        raise Refusal(400, f"Bad Request: inline keyboard button URL '{button['url'][:60]}' is invalid")
    if "callback_data" in kinds and not 1 <= len(button["callback_data"].encode()) <= DATA_LIMIT:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if "copy_text" in kinds and not 1 <= utf16(button["copy_text"].get("text", "")) <= COPY_LIMIT:
        raise Refusal(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https", "tg"} and bool(parts.netloc) and " " not in url
