"""Send to Telegram, with outcomes that can be trusted (core.telegram.org/bots/api)."""

import json
import re
from dataclasses import replace
from typing import Any

from sharebot.errors import ContentRefused, PermanentError, RecipientGone, UnknownOutcome
from sharebot.messengers.http import MEDIA_SECONDS, READ_SECONDS, Http, form_of
from sharebot.messengers.outcome import MediaRefused, TopicRefused
from sharebot.values.messages import Button, Message, Origin, Receipt, Upload
from sharebot.values.status import AssetKind

CAPTION_LIMIT = 1024
_JSON = {"Content-Type": "application/json"}
_MEDIA = {
    AssetKind.PICTURE: ("sendPhoto", "photo"),
    AssetKind.VIDEO: ("sendVideo", "video"),
    AssetKind.AUDIO: ("sendAudio", "audio"),
    AssetKind.FILE: ("sendDocument", "document"),
}
_TIMED = (AssetKind.VIDEO, AssetKind.AUDIO)


class TelegramMessenger:
    """See `messengers.Messenger`. `url` is the Bot API's address with the bot's token."""

    def __init__(self, http: Http, url: str) -> None:
        self._http, self._url = http, url

    async def send(self, address: int | str, message: Message) -> Receipt:
        """Send with media when it fits; words and link alone when Telegram refuses the media.

        What is meant for a topic that is closed or gone arrives in the group itself.
        """
        try:
            return await self._send(address, message)
        except TopicRefused:
            if message.thread_id is None:
                raise
            return await self._send(address, replace(message, thread_id=None))

    async def _send(self, address: int | str, message: Message) -> Receipt:
        if message.forward is not None:
            return _receipt(await self._forward(address, message.forward, message))
        if _kind_of(message) is not None and _visible_length(message.html) <= CAPTION_LIMIT:
            try:
                return _receipt(await self._send_media(address, message))
            except MediaRefused:
                pass  # a refusal provably sent nothing, and the words are what matters
        return _receipt(await self._send_text(address, message))

    async def probe(self) -> None:
        """Ask who we are."""
        await self._call("getMe")

    async def edit(self, address: int | str, message_id: int, message: Message) -> None:
        """Replace words and buttons; the media stays. "Not modified" is success."""
        if _kind_of(message) is None or _visible_length(message.html) > CAPTION_LIMIT:
            await self._edit_words(address, message_id, message)
            return
        try:
            await self._edit(address, message_id, message, caption=True)
        except ContentRefused as error:
            if "no caption in the message" not in str(error):
                raise
            # Telegram refused the media when it was sent, so that the words stand alone.
            await self._edit(address, message_id, message, caption=False)

    async def _edit_words(self, address: int | str, message_id: int, message: Message) -> None:
        """Replace the words of a message that has no media any more, though it may have been sent with some."""
        try:
            await self._edit(address, message_id, message, caption=False)
        except ContentRefused as error:
            if "no text in the message" not in str(error) or _visible_length(message.html) > CAPTION_LIMIT:
                raise
            await self._edit(address, message_id, message, caption=True)

    async def delete(self, address: int | str, message_id: int) -> None:
        """Delete a message of either side; "not found" and "can't be deleted" are as good as done."""
        try:
            await self._call("deleteMessage", chat_id=address, message_id=message_id)
        except ContentRefused as error:
            if not re.search(r"message to delete not found|message can't be deleted", str(error)):
                raise

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _edit(self, chat_id: int | str, message_id: int, message: Message, *, caption: bool) -> None:
        words = {"caption": message.html} if caption else {"text": message.html}
        method = "editMessageCaption" if caption else "editMessageText"
        try:
            await self._call(method, chat_id=chat_id, message_id=message_id, **words, **_dress(message))
        except ContentRefused as error:
            if "not modified" not in str(error):
                raise

    async def _send_text(self, chat_id: int | str, message: Message) -> Any:
        preview: dict[str, Any] = {"is_disabled": message.preview_url is None}
        if message.preview_url is not None:
            preview["url"] = message.preview_url
        dress = _dress(message) | _circumstances(message)
        return await self._call(
            "sendMessage", chat_id=chat_id, text=message.html, link_preview_options=preview, **dress
        )

    async def _forward(self, chat_id: int | str, origin: Origin, message: Message) -> Any:
        places = {"from_chat_id": origin.chat_id, "message_id": origin.message_id}
        try:
            return await self._call("forwardMessage", chat_id=chat_id, **places, **_circumstances(message))
        except RecipientGone as error:
            # Of the two chats it does not say which one is meant; the item that follows will tell.
            raise PermanentError(str(error)) from error

    async def _send_media(self, chat_id: int | str, message: Message) -> Any:
        media, kind = message.media, _kind_of(message)
        assert kind is not None  # noqa: S101 - the caller looked
        method, name = _MEDIA[kind]
        arguments: dict[str, Any] = {"chat_id": chat_id, "caption": message.html}
        if media is not None and kind in _TIMED and media.duration_s is not None:
            arguments["duration"] = media.duration_s
        arguments |= _dress(message) | _circumstances(message)
        if message.upload is not None and message.file_id is None:
            return await self._upload(method, name, message.upload, arguments)
        address = media.url if media is not None else None
        return await self._call(method, **{name: message.file_id or address}, **arguments)

    async def _upload(self, method: str, name: str, file: Upload, arguments: dict[str, Any]) -> Any:
        """Call with a file's bytes, which takes longer."""
        words = {key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()}
        form = form_of(words, {name: (file.name, file.body, file.mime)})
        seconds = READ_SECONDS + MEDIA_SECONDS
        _, answer = await self._http.exchange("POST", f"{self._url}/{method}", data=form, seconds=seconds)
        return _result(answer)

    async def _call(self, method: str, **arguments: Any) -> Any:
        body = json.dumps(arguments, ensure_ascii=False).encode("utf-8", "replace")
        _, answer = await self._http.exchange("POST", f"{self._url}/{method}", data=body, headers=_JSON)
        return _result(answer)


def _dress(message: Message) -> dict[str, Any]:
    rows = [[_button(button) for button in row] for row in message.buttons]
    keyboard = {"reply_markup": {"inline_keyboard": rows}} if rows else {}
    return {"parse_mode": "HTML", **keyboard}


def _circumstances(message: Message) -> dict[str, Any]:
    """Say where in a chat a message goes, and whether it may be passed on; neither can be edited."""
    thread = {"message_thread_id": message.thread_id} if message.thread_id is not None else {}
    return thread | ({"protect_content": True} if message.protected else {})


def _result(answer: bytes) -> Any:
    try:
        return json.loads(answer)["result"]
    except (ValueError, KeyError, RecursionError) as error:
        raise UnknownOutcome("unreadable answer") from error


def _kind_of(message: Message) -> AssetKind | None:
    """Return what file goes along, or None for words alone."""
    if message.media is not None:
        return message.media.kind
    if message.upload is None:
        return None
    return AssetKind.PICTURE if message.upload.mime.startswith("image/") else AssetKind.FILE


def _button(button: Button) -> dict[str, Any]:
    if button.copy:
        return {"text": button.text, "copy_text": {"text": button.copy}}
    if button.url:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data}


def _receipt(sent: Any) -> Receipt:
    """Read a success; one that is not shaped like one proves nothing."""
    if not isinstance(sent, dict):
        raise UnknownOutcome("Telegram's answer is no message")
    number, chat = sent.get("message_id"), sent.get("chat")
    is_message = isinstance(sent.get("date"), int) and isinstance(chat, dict) and isinstance(chat.get("id"), int)
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0 or not is_message:
        raise UnknownOutcome("Telegram's answer has no message id")
    file = _file(sent)
    return Receipt(number, file.get("file_id"), file.get("file_unique_id"))


def _file(sent: dict[str, Any]) -> dict[str, str]:
    """Return the handles of what was uploaded, if anything; of a photo's sizes the last is the largest."""
    photos = sent.get("photo")
    files = [sent.get(name) for name in ("video", "audio", "document")]
    files += photos[-1:] if isinstance(photos, list) else []
    known = (one for one in files if isinstance(one, dict) and isinstance(one.get("file_id"), str))
    return {name: value for name, value in next(known, {}).items() if isinstance(value, str)}


def _visible_length(html: str) -> int:
    """Count UTF-16 units as Telegram counts them: after the tags are taken out."""
    text, inside = [], False
    for letter in html:
        if letter in "<>":
            inside = letter == "<"
        elif not inside:
            text.append(letter)
    words = "".join(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return len(words.encode("utf-16-le", "surrogatepass")) // 2
