"""What an answer of the Bot API that is not a success means (core.telegram.org/bots/api#making-requests)."""

import re
from datetime import timedelta

from sharebot.errors import (
    Conflict,
    ContentRefused,
    CredentialRefused,
    PermanentError,
    RateLimited,
    RecipientGone,
    RecipientMoved,
    SharebotError,
    UnknownOutcome,
)

_GONE = re.compile(
    r"bot was blocked|user is deactivated|bot was kicked|can't initiate conversation|chat not found"
    r"|user not found|bot can't send messages to bots|PEER_ID_INVALID|chat was (?:deleted|deactivated)"
    r"|bot is not a member of the",
    re.I,
)
# The chat takes nothing from us, or not this: neither the content's fault nor the end of the chat.
_NO_RIGHTS = re.compile(
    r"not enough rights|have no rights|need administrator rights|CHAT_(?:WRITE|RESTRICTED|SEND_\w+)"
    r"|VOICE_MESSAGES_FORBIDDEN",
    re.I,
)
_TOPIC = re.compile(r"TOPIC_(?:CLOSED|DELETED)|message thread not found", re.I)
_PICTURE = re.compile(
    r"failed to get HTTP URL content|wrong (?:file identifier|type of the web page)|wrong remote file"
    r"|PHOTO_INVALID|IMAGE_PROCESS_FAILED|WEBPAGE_|wrong file_id|file is too big|VIDEO_|MEDIA_EMPTY",
    re.I,
)

_LONGEST_HALT_S = 7 * 86_400  # what is more is no halt but nonsense, and too large for a date


class TopicRefused(PermanentError):
    """Telegram refuses the topic of a group, not the group."""


class MediaRefused(ContentRefused):
    """Telegram refuses the picture, video or audio, not the words."""


def read_refusal(status: int, description: str, parameters: dict[str, object]) -> SharebotError:
    """Translate an answer that is not a success into one of our errors.

    Only 4xx answers prove that nothing was sent.
    """
    moved = parameters.get("migrate_to_chat_id")
    if isinstance(moved, int):
        return RecipientMoved("the chat has a new id", address=moved)
    if status == 429:
        return RateLimited("too many requests (429)", retry_after=_seconds(parameters.get("retry_after")))
    if status in {401, 404}:
        return CredentialRefused(f"the bot's token is not accepted ({status})")
    if 300 <= status < 400:
        return CredentialRefused(f"the Bot API's address leads elsewhere ({status})")
    if status == 409:
        return Conflict("another program reads this bot's messages with its token (409)")
    if status >= 500 or status < 300:
        return UnknownOutcome(f"Telegram answered {status}")
    text = f"{status}: {description[:200]}"
    if _GONE.search(description):
        return RecipientGone(text)
    if _TOPIC.search(description):
        return TopicRefused(text)
    if _NO_RIGHTS.search(description):
        return PermanentError(text)
    if status == 400 and _PICTURE.search(description):
        return MediaRefused(text)
    # An unknown 403 says nothing of the content and must not switch anybody off.
    return PermanentError(text) if status == 403 else ContentRefused(text)


def _seconds(value: object) -> timedelta | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        return None
    return timedelta(seconds=min(value, _LONGEST_HALT_S))
