"""Send to Telegram through python-telegram-bot, with outcomes that can be trusted."""

from collections.abc import Awaitable
from typing import Any, TypeVar

import telegram
from telegram import Bot, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from sharebot.errors import ContentRefused, SharebotError, UnknownOutcome
from sharebot.messengers.outcome import MediaRefused
from sharebot.values.messages import Message, Receipt
from sharebot.values.status import AssetKind

CAPTION_LIMIT = 1024
T = TypeVar("T")


class TelegramMessenger:
    """See `messengers.Messenger`."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, chat_id: int, message: Message) -> Receipt:
        """Send with media when it fits; words and link alone when Telegram refuses the media."""
        if message.media is not None and _visible_length(message.html) <= CAPTION_LIMIT:
            try:
                return _receipt(await _told(self._send_media(chat_id, message)))
            except MediaRefused:
                pass  # a refusal provably sent nothing, and the words are what matters
        return _receipt(await _told(self._send_text(chat_id, message)))

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """Replace words and buttons; the media stays. "Not modified" is success."""
        if message.media is None or _visible_length(message.html) > CAPTION_LIMIT:
            await self._edit(chat_id, message_id, message, caption=False)
            return
        try:
            await self._edit(chat_id, message_id, message, caption=True)
        except ContentRefused as error:
            if "no caption in the message" not in str(error):
                raise
            # Telegram refused the media when it was sent, so that the words stand alone.
            await self._edit(chat_id, message_id, message, caption=False)

    async def _edit(self, chat_id: int, message_id: int, message: Message, *, caption: bool) -> None:
        place: dict[str, Any] = {
            "chat_id": chat_id,
            "message_id": message_id,
            "parse_mode": ParseMode.HTML,
            "reply_markup": keyboard_of(message),
        }
        try:
            if caption:
                await _told(self._bot.edit_message_caption(caption=message.html, **place))
            else:
                await _told(self._bot.edit_message_text(text=message.html, **place))
        except ContentRefused as error:
            if "not modified" not in str(error):
                raise

    async def _send_text(self, chat_id: int, message: Message) -> telegram.Message:
        preview = LinkPreviewOptions(is_disabled=message.preview_url is None, url=message.preview_url)
        return await self._bot.send_message(
            chat_id,
            message.html,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard_of(message),
            link_preview_options=preview,
            protect_content=message.protected or None,
        )

    async def _send_media(self, chat_id: int, message: Message) -> telegram.Message:
        media = message.media
        assert media is not None  # noqa: S101 - the caller looked
        common: dict[str, Any] = {
            "caption": message.html,
            "parse_mode": ParseMode.HTML,
            "reply_markup": keyboard_of(message),
            "protect_content": message.protected or None,
        }
        what = message.file_id or media.url
        if media.kind is AssetKind.PICTURE:
            return await self._bot.send_photo(chat_id, what, **common)
        if media.kind is AssetKind.VIDEO:
            return await self._bot.send_video(chat_id, what, duration=media.duration_s, **common)
        if media.kind is AssetKind.AUDIO:
            return await self._bot.send_audio(chat_id, what, duration=media.duration_s, **common)
        return await self._bot.send_document(chat_id, what, **common)


async def _told(call: Awaitable[T]) -> T:
    """Await a call of the library and give its error the meaning `request` found."""
    try:
        return await call
    except TelegramError as error:
        if isinstance(error.__cause__, SharebotError):
            raise error.__cause__ from None
        raise UnknownOutcome(f"unexpected: {type(error).__name__}") from error
    except Exception as error:
        # The library stumbles with any error over a success that is not shaped like one.
        raise UnknownOutcome(f"unreadable answer: {type(error).__name__}") from error


def keyboard_of(message: Message) -> InlineKeyboardMarkup | None:
    """Return the buttons in Telegram's form, or None."""
    rows = [
        [
            InlineKeyboardButton(
                button.text,
                url=button.url,
                callback_data=button.data,
                copy_text=CopyTextButton(button.copy) if button.copy else None,
            )
            for button in row
        ]
        for row in message.buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def _receipt(sent: telegram.Message) -> Receipt:
    if not isinstance(sent, telegram.Message) or not isinstance(sent.message_id, int) or sent.message_id <= 0:
        raise UnknownOutcome("Telegram's answer has no message id")
    files = (sent.video, sent.audio, sent.document, sent.photo[-1] if sent.photo else None)
    return Receipt(sent.message_id, next((file.file_id for file in files if file), None))


def _visible_length(html: str) -> int:
    """Count UTF-16 units as Telegram counts them: after the tags are taken out."""
    text, inside = [], False
    for letter in html:
        if letter in "<>":
            inside = letter == "<"
        elif not inside:
            text.append(letter)
    words = "".join(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return len(words.encode("utf-16-le")) // 2
