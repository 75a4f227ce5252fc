"""The Bot API methods the sandbox knows, with their parameters; a test holds this table against the API."""

from dataclasses import dataclass

# Parameter types: i integer, s string, b boolean, c chat (integer or @name), f file or string,
# o JSON object, a JSON array. A capital letter means required.
_SEND = (
    "business_connection_id:s message_thread_id:i disable_notification:b protect_content:b "
    "message_effect_id:s reply_parameters:o"
)
_CAPTION = "caption:s parse_mode:s caption_entities:a show_caption_above_media:b"
_KEYS = "reply_markup:o"
_EDIT = "business_connection_id:s chat_id:c message_id:i inline_message_id:s reply_markup:o"

_TABLE = {
    "getMe": "",
    "getUpdates": "offset:i limit:i timeout:i allowed_updates:a",
    "getWebhookInfo": "",
    "setWebhook": "url:S certificate:f ip_address:s max_connections:i allowed_updates:a "
    "drop_pending_updates:b secret_token:s",
    "deleteWebhook": "drop_pending_updates:b",
    "setMyCommands": "commands:A scope:o language_code:s",
    "getMyCommands": "scope:o language_code:s",
    "deleteMyCommands": "scope:o language_code:s",
    "sendMessage": f"chat_id:C text:S parse_mode:s entities:a link_preview_options:o {_SEND} {_KEYS}",
    "sendPhoto": f"chat_id:C photo:F has_spoiler:b {_CAPTION} {_SEND} {_KEYS}",
    "sendVideo": f"chat_id:C video:F duration:i width:i height:i thumbnail:f has_spoiler:b "
    f"supports_streaming:b {_CAPTION} {_SEND} {_KEYS}",
    "sendAudio": f"chat_id:C audio:F duration:i performer:s title:s thumbnail:f "
    f"{_CAPTION.replace(' show_caption_above_media:b', '')} {_SEND} {_KEYS}",
    "sendVoice": f"chat_id:C voice:F duration:i {_CAPTION.replace(' show_caption_above_media:b', '')} {_SEND} {_KEYS}",
    "sendDocument": f"chat_id:C document:F thumbnail:f disable_content_type_detection:b "
    f"{_CAPTION.replace(' show_caption_above_media:b', '')} {_SEND} {_KEYS}",
    "sendMediaGroup": f"chat_id:C media:A {_SEND}",
    "sendChatAction": "chat_id:C action:S message_thread_id:i business_connection_id:s",
    "forwardMessage": "chat_id:C from_chat_id:C message_id:I message_thread_id:i disable_notification:b "
    "protect_content:b",
    "copyMessage": f"chat_id:C from_chat_id:C message_id:I message_thread_id:i disable_notification:b "
    f"protect_content:b reply_parameters:o {_CAPTION} {_KEYS}",
    "editMessageText": f"text:s parse_mode:s entities:a link_preview_options:o {_EDIT}",
    "editMessageCaption": f"{_CAPTION} {_EDIT}",
    "editMessageMedia": f"media:O {_EDIT}",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id:C message_id:I",
    "deleteMessages": "chat_id:C message_ids:A",
    "answerCallbackQuery": "callback_query_id:S text:s show_alert:b url:s cache_time:i",
    "answerInlineQuery": "inline_query_id:S results:A cache_time:i is_personal:b next_offset:s button:o",
    "getFile": "file_id:S",
    "leaveChat": "chat_id:C",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its `kind` is a letter of the legend above."""

    kind: str
    required: bool


def _read(text: str) -> dict[str, Parameter]:
    words = [word.split(":") for word in text.split()]
    return {name: Parameter(kind.lower(), kind.isupper()) for name, kind in words}


METHODS = {name: _read(text) for name, text in _TABLE.items()}
