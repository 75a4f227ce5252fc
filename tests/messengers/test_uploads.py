"""Files that go out as bytes: ours in multipart, and the library's through our connections."""

import io

import pytest

from sharebot.bot.application import build_bot
from sharebot.errors import TemporaryError, UnknownOutcome
from sharebot.messengers.http import Http
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.sandbox.faults import Fault
from sharebot.values.feeds import Media
from sharebot.values.messages import Button, Message, Upload
from sharebot.values.status import AssetKind
from tests.cast import ANA

pytestmark = pytest.mark.asyncio(loop_scope="module")

BODY = bytes(range(256)) * 400
LIGHT = Media(AssetKind.PICTURE, "sharebot:rendition/7", "image/jpeg", len(BODY))
WORDS = Message(
    "<b>«Été» &amp; more</b> \ud83d",  # half a surrogate pair, as a truncated feed leaves it
    ((Button("Shared", data="s:1:"),),),
    media=LIGHT,
    upload=Upload("picture.jpg", "image/jpeg", BODY),
    protected=True,
)


async def test_bytes_arrive_whole_with_words_and_buttons(sandbox, messenger):
    receipt = await messenger.send(ANA, WORDS)
    (shown,) = sandbox.telegram.phones[ANA].messages
    assert shown.media == "photo"
    assert shown.protected
    assert shown.words.text.startswith("«Été» & more")
    assert shown.keyboard == [[{"text": "Shared", "callback_data": "s:1:"}]]
    kept = sandbox.telegram.uploads[receipt.file_id]
    assert (kept.name, kept.mime, kept.body) == ("picture.jpg", "image/jpeg", BODY)


async def test_the_handle_of_an_upload_is_used_again(sandbox, messenger):
    first = await messenger.send(ANA, WORDS)
    known = len(sandbox.telegram.uploads)
    again = Message("Words", media=LIGHT, file_id=first.file_id, upload=WORDS.upload)
    assert (await messenger.send(ANA, again)).file_id == first.file_id
    assert len(sandbox.telegram.uploads) == known


async def test_a_file_without_media_is_a_document_and_a_picture_a_photo(sandbox, messenger):
    for mime, kind in (("application/json", "document"), ("image/png", "photo")):
        await messenger.send(ANA, Message("Words", upload=Upload("file", mime, b"{}")))
        assert sandbox.telegram.phones[ANA].last_message.media == kind


async def test_an_upload_without_an_answer_is_in_doubt_and_one_that_never_left_is_not(sandbox, messenger):
    sandbox.faults.append(Fault("drop_after", method="sendPhoto"))
    with pytest.raises(UnknownOutcome):
        await messenger.send(ANA, WORDS)
    nowhere = TelegramMessenger(Http(), "http://127.0.0.1:9/bot1:x")
    with pytest.raises(TemporaryError):
        await nowhere.send(ANA, WORDS)
    await nowhere.close()


async def test_a_refused_upload_leaves_the_words(sandbox, messenger):
    body = '{"ok":false,"error_code":400,"description":"Bad Request: IMAGE_PROCESS_FAILED"}'
    sandbox.faults.append(Fault("answer", method="sendPhoto", status=400, body=body))
    await messenger.send(ANA, WORDS)
    (shown,) = sandbox.telegram.phones[ANA].messages
    assert shown.media is None


async def test_the_library_uploads_through_our_connections(sandbox, messenger):
    bot = build_bot(sandbox.telegram.token, sandbox.telegram_url)
    photo = await bot.send_photo(ANA, BODY, caption="Été", filename="chart.png")
    document = await bot.send_document(ANA, io.BytesIO(b'{"a": 1}'), filename="don\r\nnées.json")
    await bot.request.shutdown()
    assert document.document is not None
    files = sandbox.telegram.uploads
    assert files[photo.photo[-1].file_id].body == BODY
    assert photo.photo[-1].file_size == len(BODY)
    assert (files[document.document.file_id].name, files[document.document.file_id].body) == (
        "données.json",
        b'{"a": 1}',
    )
