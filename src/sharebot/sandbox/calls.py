"""What each method of the Bot API does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sharebot.sandbox.arguments import CAPTION_LIMIT, TEXT_LIMIT, read_keyboard, read_words
from sharebot.sandbox.messages import Chat, Shown, find_shown
from sharebot.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from sharebot.sandbox.telegram import TelegramServer

_MEDIA = {
    "sendPhoto": "photo",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendDocument": "document",
}
_DELETABLE_SECONDS = 48 * 3600
_NO_EDIT = "message to edit not found"


def carry_out(server: TelegramServer, method: str, arguments: dict[str, Any]) -> Any:
    """Carry out a call whose parameters are checked, and return its result. Raises Refusal."""
    if method in _MEDIA:
        return _send_media(server, _MEDIA[method], arguments)
    if method.startswith("editMessage"):
        return _edit(server, method, arguments)
    call = _CALLS.get(method)
    return True if call is None else call(server, arguments)


def _send_text(server: TelegramServer, arguments: dict[str, Any]) -> dict[str, Any]:
    words = read_words(arguments, "text", TEXT_LIMIT)
    return _add(server, arguments, Shown(0, True, words, server.timestamp()))


def _send_media(server: TelegramServer, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    words = read_words(arguments, "caption", CAPTION_LIMIT)
    shown = Shown(0, True, words, server.timestamp(), media=kind, media_url=server.files.url(arguments[kind]))
    shown.duration = arguments.get("duration")
    server.files.describe(shown, arguments[kind])
    return _add(server, arguments, shown)


def _send_album(server: TelegramServer, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    if not 2 <= len(arguments["media"]) <= 10:
        raise Refusal(400, "Bad Request: wrong number of messages in the album")
    sent = []
    for one in arguments["media"]:
        words = read_words(one, "caption", CAPTION_LIMIT)
        shown = Shown(0, True, words, server.timestamp(), media=one["type"], media_url=server.files.url(one["media"]))
        server.files.describe(shown, one["media"])
        sent.append(_add(server, {**arguments, "reply_markup": None}, shown))
    return sent


def _forward(server: TelegramServer, arguments: dict[str, Any]) -> dict[str, Any]:
    chat, shown = _find_source(server, arguments, verb="forward")
    copy = _copy_of(server, shown)
    copy.origin = shown.origin or _origin_of(server, chat, shown)
    return _add(server, arguments, copy)


def _copy(server: TelegramServer, arguments: dict[str, Any]) -> dict[str, Any]:
    _, shown = _find_source(server, arguments, verb="copy")
    return {"message_id": _add(server, arguments, _copy_of(server, shown))["message_id"]}


def _find_source(server: TelegramServer, arguments: dict[str, Any], *, verb: str) -> tuple[Chat, Shown]:
    chat = server.find_chat(arguments["from_chat_id"])
    chat.check_bot()
    shown = find_shown(chat, arguments["message_id"], otherwise=f"message to {verb} not found")
    if shown.protected or chat.chat_json().get("has_protected_content"):
        what = "forwarded" if verb == "forward" else "copied"
        raise Refusal(400, f"Bad Request: message has protected content and can't be {what}")
    return chat, shown


def _copy_of(server: TelegramServer, shown: Shown) -> Shown:
    copy = Shown(0, True, shown.words, server.timestamp(), media=shown.media, media_url=shown.media_url)
    copy.duration, copy.file_name, copy.file_size = shown.duration, shown.file_name, shown.file_size
    return copy


def _origin_of(server: TelegramServer, chat: Chat, shown: Shown) -> dict[str, Any]:
    if chat.chat_json()["type"] == "channel":
        return {"type": "channel", "date": shown.at, "chat": chat.chat_json(), "message_id": shown.message_id}
    author = server.me() if shown.from_bot else shown.author
    return {"type": "user", "date": shown.at, "sender_user": author}


def _add(server: TelegramServer, arguments: dict[str, Any], shown: Shown) -> dict[str, Any]:
    chat = server.find_chat(arguments["chat_id"])
    shown.thread_id = arguments.get("message_thread_id")
    chat.check_bot(thread_id=shown.thread_id)
    shown.keyboard = read_keyboard(arguments)
    shown.protected = bool(arguments.get("protect_content"))
    shown.reply_to = _replied_to(chat, arguments.get("reply_parameters") or {})
    shown.message_id = server.next_message_id()
    chat.messages.append(shown)
    return server.message_json(chat, shown)


def _replied_to(chat: Chat, reply: dict[str, Any]) -> Shown | None:
    if not reply:
        return None
    try:
        return find_shown(chat, reply.get("message_id"), otherwise="message to be replied not found")
    except Refusal:
        if reply.get("allow_sending_without_reply"):
            return None
        raise


def _edit(server: TelegramServer, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    chat = server.find_chat(arguments.get("chat_id"))
    chat.check_bot()
    shown = find_shown(chat, arguments.get("message_id"), otherwise=_NO_EDIT)
    if not shown.from_bot or shown.origin:
        raise Refusal(400, "Bad Request: message can't be edited")
    keyboard, words = read_keyboard(arguments), shown.words
    if method == "editMessageText":
        if shown.media:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        words = read_words(arguments, "text", TEXT_LIMIT)
    if method == "editMessageCaption":
        if not shown.media:
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        words = read_words(arguments, "caption", CAPTION_LIMIT)
    if method == "editMessageMedia":
        words = _replace_media(server, shown, arguments["media"])
    elif (words, keyboard) == (shown.words, shown.keyboard):
        raise Refusal(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message",
        )
    shown.words, shown.keyboard, shown.edited = words, keyboard, True
    return server.message_json(chat, shown)


def _replace_media(server: TelegramServer, shown: Shown, media: dict[str, Any]) -> Any:
    shown.media, shown.media_url = media.get("type"), server.files.url(media.get("media"))
    shown.file_name, shown.file_size, shown.duration = "", None, media.get("duration")
    server.files.describe(shown, media.get("media"))
    return read_words(media, "caption", CAPTION_LIMIT)


def _delete(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    chat = server.find_chat(arguments["chat_id"])
    chat.check_bot()
    shown = find_shown(chat, arguments["message_id"], otherwise="message to delete not found")
    is_old = server.timestamp() - shown.at > _DELETABLE_SECONDS
    if is_old or (not shown.from_bot and chat.chat_json()["type"] != "private"):
        raise Refusal(400, "Bad Request: message can't be deleted for everyone")
    chat.messages.remove(shown)
    return True


def _delete_several(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    """Delete each that can be; Telegram skips the others without a word."""
    server.find_chat(arguments["chat_id"]).check_bot()
    if not 1 <= len(arguments["message_ids"]) <= 100:
        raise Refusal(400, "Bad Request: there must be 1-100 message identifiers")
    for number in arguments["message_ids"]:
        try:
            _delete(server, {"chat_id": arguments["chat_id"], "message_id": number})
        except Refusal:
            continue
    return True


def _get_me(server: TelegramServer, _: dict[str, Any]) -> dict[str, Any]:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False}
    return server.me() | abilities | {"supports_inline_queries": server.inline.is_on}


def _get_file(server: TelegramServer, arguments: dict[str, Any]) -> dict[str, Any]:
    file_id = arguments["file_id"]
    if file_id not in server.files:
        raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_path": f"files/{file_id}"}


def _get_webhook(server: TelegramServer, _: dict[str, Any]) -> dict[str, Any]:
    return {"url": server.webhook_url, "has_custom_certificate": False, "pending_update_count": server.pending}


def _set_webhook(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    server.webhook_url = arguments.get("url", "")
    return True


def _end_query(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    for phone in server.phones.values():
        phone.toasts += [arguments.get("text", "")] if phone.end_query(arguments) else []
    return True


def _set_commands(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    for one in arguments["commands"]:
        if not (str(one.get("command", "")).islower() and 1 <= len(str(one.get("description", ""))) <= 256):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
    server.commands[_scope(arguments), arguments.get("language_code", "")] = arguments["commands"]
    return True


def _get_commands(server: TelegramServer, arguments: dict[str, Any]) -> list[dict[str, str]]:
    return server.commands.get((_scope(arguments), arguments.get("language_code", "")), [])


def _delete_commands(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    server.commands.pop((_scope(arguments), arguments.get("language_code", "")), None)
    return True


def _scope(arguments: dict[str, Any]) -> str:
    scope = arguments.get("scope") or {"type": "default"}
    return ":".join(str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope)


def _leave(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    left = server.groups.get(arguments["chat_id"]) or server.channels.get(arguments["chat_id"])
    if left is None:
        raise Refusal(400, "Bad Request: chat not found")
    left.check_bot()
    left.has_bot = False
    return True


def _answer_inline(server: TelegramServer, arguments: dict[str, Any]) -> bool:
    server.inline.answer(arguments)
    return True


_CALLS: dict[str, Callable[[TelegramServer, dict[str, Any]], Any]] = {
    "sendMessage": _send_text,
    "sendMediaGroup": _send_album,
    "forwardMessage": _forward,
    "copyMessage": _copy,
    "deleteMessage": _delete,
    "deleteMessages": _delete_several,
    "getMe": _get_me,
    "getFile": _get_file,
    "getWebhookInfo": _get_webhook,
    "setWebhook": _set_webhook,
    "deleteWebhook": _set_webhook,
    "answerCallbackQuery": _end_query,
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    "leaveChat": _leave,
    "answerInlineQuery": _answer_inline,
}
