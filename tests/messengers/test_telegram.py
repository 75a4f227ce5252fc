"""What the messenger makes of every way in which Telegram can answer, or not answer."""

import json
import socket
from datetime import timedelta

import pytest

from sharebot.errors import (
    ContentRefused,
    CredentialRefused,
    PermanentError,
    RateLimited,
    RecipientGone,
    RecipientMoved,
    SharebotError,
    TemporaryError,
    UnknownOutcome,
)
from sharebot.messengers.http import Http
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.telegram import Shown
from sharebot.sandbox.world import Sandbox
from sharebot.values.feeds import Media
from sharebot.values.messages import Button, Message
from sharebot.values.status import AssetKind
from tests.cast import ANA

pytestmark = pytest.mark.asyncio(loop_scope="module")

PICTURE = Media(AssetKind.PICTURE, "https://alliance.example/a.png")
WORDS = Message("<b>A &lt;title&gt;</b> &amp; more", ((Button("Shared", data="s:1:"),),))


def refusal(code: int, description: str, **parameters: object) -> str:
    return json.dumps({"ok": False, "error_code": code, "description": description, "parameters": parameters})


def answer(sandbox: Sandbox, status: int, body: str, *, method: str = "", times: int = 1) -> None:
    sandbox.faults.append(Fault("answer", times=times, method=method, status=status, body=body))


def shown_to_ana(sandbox: Sandbox) -> list[Shown]:
    return sandbox.telegram.phones[ANA].messages


def calls(sandbox: Sandbox) -> list[str]:
    return [method for method, _ in sandbox.telegram.requests]


async def error_of(messenger: TelegramMessenger, message: Message = WORDS) -> SharebotError:
    with pytest.raises(SharebotError) as caught:
        await messenger.send(ANA, message)
    return caught.value


async def test_a_message_arrives_as_written_with_its_buttons(sandbox, messenger):
    receipt = await messenger.send(ANA, WORDS)
    (shown,) = shown_to_ana(sandbox)
    assert (shown.message_id, shown.words.text) == (receipt.message_id, "A <title> & more")
    assert shown.keyboard == [[{"text": "Shared", "callback_data": "s:1:"}]]
    assert not shown.protected


async def test_a_protected_message_cannot_be_passed_on(sandbox, messenger):
    await messenger.send(ANA, Message("Words", protected=True))
    assert shown_to_ana(sandbox)[0].protected


@pytest.mark.parametrize("kind", [AssetKind.PICTURE, AssetKind.VIDEO, AssetKind.AUDIO, AssetKind.FILE])
async def test_media_go_out_once_and_their_handle_comes_back(sandbox, messenger, kind: AssetKind):
    media = Media(kind, "https://alliance.example/file")
    first = await messenger.send(ANA, Message("Words", media=media))
    assert first.file_id
    await messenger.send(ANA, Message("Words", media=media, file_id=first.file_id))
    sent = [arguments for _, arguments in sandbox.telegram.requests]
    handles = [next(one[name] for name in ("photo", "video", "audio", "document") if name in one) for one in sent]
    assert handles == ["https://alliance.example/file", first.file_id]


async def test_words_too_long_for_a_caption_go_without_the_picture(sandbox, messenger):
    """O3."""
    await messenger.send(ANA, Message("é" * 1024, media=PICTURE))
    await messenger.send(ANA, Message("😀" * 513, media=PICTURE))
    assert calls(sandbox) == ["sendPhoto", "sendMessage"]


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: failed to get HTTP URL content",
        "Bad Request: wrong type of the web page content",
        "Bad Request: wrong file identifier/HTTP URL specified",
        "Bad Request: PHOTO_INVALID_DIMENSIONS",
        "Bad Request: IMAGE_PROCESS_FAILED",
        "Bad Request: WEBPAGE_MEDIA_EMPTY",
    ],
)
async def test_a_refused_picture_leaves_the_words(sandbox, messenger, description: str):
    answer(sandbox, 400, refusal(400, description), method="sendPhoto")
    await messenger.send(ANA, Message("Words", media=PICTURE))
    (shown,) = shown_to_ana(sandbox)
    assert (shown.words.text, shown.media) == ("Words", None)


async def test_an_unknown_fate_of_a_picture_is_not_followed_by_its_words(sandbox, messenger):
    sandbox.faults.append(Fault("drop_after", method="sendPhoto"))
    assert type(await error_of(messenger, Message("Words", media=PICTURE))) is UnknownOutcome
    assert calls(sandbox) == ["sendPhoto"]


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (400, "Bad Request: can't parse entities: Unsupported start tag", ContentRefused),
        (400, "Bad Request: message is too long", ContentRefused),
        (400, "Bad Request: inline keyboard button URL 'tg://x y' is invalid", ContentRefused),
        (400, "Bad Request: something nobody has seen yet", ContentRefused),
        (400, "Bad Request: chat not found", RecipientGone),
        (400, "Bad Request: PEER_ID_INVALID", RecipientGone),
        (403, "Forbidden: bot was blocked by the user", RecipientGone),
        (403, "Forbidden: user is deactivated", RecipientGone),
        (403, "Forbidden: bot was kicked from the group chat", RecipientGone),
        (403, "Forbidden: bot can't initiate conversation with a user", RecipientGone),
        (403, "Forbidden: something nobody has seen yet", PermanentError),
        (401, "Unauthorized", CredentialRefused),
        (404, "Not Found", CredentialRefused),
        (429, "Too Many Requests: retry later", RateLimited),
        (500, "Internal Server Error", UnknownOutcome),
        (502, "Bad Gateway", UnknownOutcome),
    ],
)
async def test_every_refusal_has_one_meaning(sandbox, messenger, status: int, description: str, expected):
    answer(sandbox, status, refusal(status, description))
    assert type(await error_of(messenger)) is expected
    assert shown_to_ana(sandbox) == []


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        (7, timedelta(seconds=7)),
        (0, timedelta(0)),
        (86_400, timedelta(days=1)),
        (10**30, timedelta(days=7)),
        ("abc", None),
        (-5, None),
        (True, None),
        (None, None),
    ],
)
async def test_a_429_says_for_how_long(sandbox, messenger, said: object, understood: timedelta | None):
    """O5."""
    answer(sandbox, 429, refusal(429, "Too Many Requests", retry_after=said))
    error = await error_of(messenger)
    assert type(error) is RateLimited
    assert error.retry_after == understood


@pytest.mark.parametrize("parameters", ["{}", "[]", "3", '{"retry_after": NaN}'])
async def test_a_429_without_a_time_is_still_a_429(sandbox, messenger, parameters: str):
    answer(sandbox, 429, f'{{"ok": false, "error_code": 429, "parameters": {parameters}}}')
    error = await error_of(messenger)
    assert type(error) is RateLimited
    assert error.retry_after is None


async def test_a_chat_that_moved_says_where_to(sandbox, messenger):
    answer(sandbox, 400, refusal(400, "group chat was upgraded", migrate_to_chat_id=-1001234567890123))
    error = await error_of(messenger)
    assert isinstance(error, RecipientMoved)
    assert error.address == -1001234567890123


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (502, "<html>Bad Gateway</html>", UnknownOutcome),
        (504, "", UnknownOutcome),
        (200, "<html>Welcome to the hotel's network</html>", UnknownOutcome),
        (200, '{"ok": true, "resu', UnknownOutcome),
        (200, '{"ok": false}', UnknownOutcome),
        (200, '{"ok": false, "error_code": "x"}', UnknownOutcome),
        (200, refusal(403, "Forbidden: bot was blocked by the user"), RecipientGone),
        (200, refusal(400, "Bad Request: message text is empty"), ContentRefused),
        (302, "<html>moved</html>", CredentialRefused),
        (429, "<html>slow down</html>", RateLimited),
    ],
)
async def test_what_is_no_answer_of_the_bot_api(sandbox, messenger, status: int, body: str, expected):
    """O6 to O8."""
    answer(sandbox, status, body)
    assert type(await error_of(messenger)) is expected


CHAT = {"id": ANA, "type": "private"}


@pytest.mark.parametrize(
    "result",
    [
        True,
        None,
        [],
        "text",
        {},
        {"message_id": "x", "date": 0, "chat": CHAT},
        {"message_id": 0, "date": 0, "chat": CHAT},
        {"date": 0, "chat": CHAT},
        {"message_id": 5, "date": 0, "chat": 7},
        {"message_id": 5, "date": "yesterday", "chat": CHAT},
    ],
    ids=repr,
)
async def test_a_success_that_is_not_shaped_like_one_is_unknown(sandbox, messenger, result: object):
    """O9."""
    answer(sandbox, 200, json.dumps({"ok": True, "result": result}))
    assert type(await error_of(messenger)) is UnknownOutcome


@pytest.mark.parametrize(("kind", "copies"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_broken_connection_is_unknown_and_not_tried_again(sandbox, messenger, kind, copies: int):
    sandbox.faults.append(Fault(kind))
    assert type(await error_of(messenger)) is UnknownOutcome
    assert len(shown_to_ana(sandbox)) == copies


async def test_a_refused_connection_provably_sent_nothing():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        messenger = TelegramMessenger(Http(), f"http://127.0.0.1:{unused.getsockname()[1]}/bot7:token")
        assert type(await error_of(messenger)) is TemporaryError
        await messenger.close()


async def test_no_error_carries_the_words_or_the_token(sandbox, messenger):
    answer(sandbox, 502, "<html>A &lt;title&gt;</html>")
    error = await error_of(messenger)
    assert "title" not in str(error)
    assert sandbox.telegram.token not in str(error)


async def test_an_edit_replaces_words_and_buttons(sandbox, messenger):
    receipt = await messenger.send(ANA, WORDS)
    await messenger.edit(ANA, receipt.message_id, Message("Other words"))
    (shown,) = shown_to_ana(sandbox)
    assert (shown.words.text, shown.keyboard) == ("Other words", [])


async def test_an_edit_that_changes_nothing_is_a_success(sandbox, messenger):
    receipt = await messenger.send(ANA, WORDS)
    await messenger.edit(ANA, receipt.message_id, WORDS)
    assert not shown_to_ana(sandbox)[0].edited


async def test_the_words_under_a_picture_are_edited_and_the_picture_stays(sandbox, messenger):
    receipt = await messenger.send(ANA, Message("Words", media=PICTURE))
    await messenger.edit(ANA, receipt.message_id, Message("Other words", media=PICTURE))
    (shown,) = shown_to_ana(sandbox)
    assert (shown.words.text, shown.media) == ("Other words", "photo")


async def test_words_that_lost_their_picture_can_be_edited_too(sandbox, messenger):
    body = refusal(400, "Bad Request: failed to get HTTP URL content")
    answer(sandbox, 400, body, method="sendPhoto")
    receipt = await messenger.send(ANA, Message("Words", media=PICTURE))
    await messenger.edit(ANA, receipt.message_id, Message("Other words", media=PICTURE))
    await messenger.edit(ANA, receipt.message_id, Message("Other words", media=PICTURE))
    assert [shown.words.text for shown in shown_to_ana(sandbox)] == ["Other words"]


async def test_words_under_a_picture_that_is_no_part_of_the_message_any_more_can_be_edited(sandbox, messenger):
    receipt = await messenger.send(ANA, Message("Words", media=PICTURE))
    await messenger.edit(ANA, receipt.message_id, Message("Other words"))
    (shown,) = shown_to_ana(sandbox)
    assert (shown.words.text, shown.media) == ("Other words", "photo")


async def test_an_edit_of_a_message_that_is_gone_is_an_error(sandbox, messenger):
    with pytest.raises(ContentRefused, match="not found"):
        await messenger.edit(ANA, 999, WORDS)
