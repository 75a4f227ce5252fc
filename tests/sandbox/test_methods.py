"""The sandbox's table of methods against the Bot API's own specification, and what it refuses."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sharebot.clock import SystemClock
from sharebot.sandbox.methods import METHODS
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.world import Sandbox

SPECIFICATION = Path(__file__).resolve().parents[3] / "shared" / "specs" / "telegram-bot-api.json"
KINDS = {
    "i": {"Integer"},
    "s": {"String"},
    "b": {"Boolean"},
    "c": {"Integer", "String"},
    "f": {"InputFile", "String"},
}


@pytest.fixture(scope="module")
def specified() -> dict[str, Any]:
    if not SPECIFICATION.is_file():
        pytest.skip("the Bot API's specification is not here")
    methods = json.loads(SPECIFICATION.read_text())["methods"]
    assert isinstance(methods, dict)
    return methods


@pytest.mark.parametrize("name", list(METHODS))
def test_a_method_has_the_parameters_of_the_specification(specified: dict[str, Any], name: str):
    fields = {field["name"]: field for field in specified[name].get("fields", [])}
    assert set(METHODS[name]) - set(fields) == set()
    for parameter, ours in METHODS[name].items():
        theirs = fields[parameter]
        assert ours.required == theirs["required"], parameter
        if ours.kind in KINDS:
            assert KINDS[ours.kind] & set(theirs["types"]), parameter
        elif ours.kind == "a":
            assert any(kind.startswith("Array") for kind in theirs["types"]), parameter
        else:
            assert not any(kind.startswith("Array") for kind in theirs["types"]), parameter
    missing = {field for field, one in fields.items() if one["required"]} - set(METHODS[name])
    assert missing == set()


@pytest.fixture
async def api() -> AsyncIterator[tuple[Sandbox, httpx.AsyncClient]]:
    sandbox = Sandbox(clock=SystemClock())
    await sandbox.start(build_app(sandbox))
    sandbox.telegram.add_phone(1, "Ana").write("hello")
    base = f"{sandbox.telegram_url}{sandbox.telegram.token}/"
    async with httpx.AsyncClient(base_url=base) as client:
        yield sandbox, client
    await sandbox.stop()


def _keys(**button: object) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@pytest.mark.parametrize(
    ("method", "arguments", "description"),
    [
        ("sendMessage", {"chat_id": 1}, "Bad Request: parameter text is required"),
        ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}, "Bad Request: unknown parameter colour"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "message_thread_id": "x"},
            "Bad Request: wrong type of parameter message_thread_id",
        ),
        ("sendMessage", {"chat_id": 2, "text": "x"}, "Bad Request: chat not found"),
        ("sendMessage", {"chat_id": 1, "text": " "}, "Bad Request: message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, "Bad Request: message is too long"),
        (
            "sendPhoto",
            {"chat_id": 1, "photo": "https://a.example/x.png", "caption": "x" * 1025},
            "Bad Request: message caption is too long",
        ),
        ("sendPhoto", {"chat_id": 1, "photo": "nothing"}, "Bad Request: wrong file identifier/HTTP URL specified"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "<b>x", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "<script>x</script>", "parse_mode": "HTML"},
            'Bad Request: can\'t parse entities: Unsupported start tag "script"',
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": _keys(callback_data="x" * 65)},
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": _keys(copy_text={"text": "x" * 257})},
            "Bad Request: BUTTON_COPY_TEXT_INVALID",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": _keys(url="javascript:alert(1)")},
            "Bad Request: inline keyboard button URL 'javascript:alert(1)' is invalid",
        ),
        ("editMessageText", {"chat_id": 1, "message_id": 99, "text": "x"}, "Bad Request: message to edit not found"),
    ],
)
async def test_it_refuses_what_telegram_refuses(api, method: str, arguments: dict[str, object], description: str):
    sandbox, client = api
    answer = await client.post(method, json=arguments)
    assert answer.status_code == 400
    assert answer.json() == {"ok": False, "error_code": 400, "description": description}
    assert sandbox.telegram.journal == []


async def test_a_blocked_bot_a_wrong_token_and_an_unknown_method(api):
    sandbox, client = api
    sandbox.telegram.phones[1].block()
    blocked = await client.post("sendMessage", json={"chat_id": 1, "text": "x"})
    assert blocked.json()["description"] == "Forbidden: bot was blocked by the user"
    assert (await client.post("sendNothing", json={})).status_code == 404
    wrong = await client.post(f"{sandbox.telegram_url}1:other/getMe")
    assert wrong.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_updates_stay_until_they_are_acknowledged(api):
    sandbox, client = api
    first = (await client.post("getUpdates", json={})).json()["result"]
    assert [one["message"]["text"] for one in first] == ["hello"]
    assert (await client.post("getUpdates", json={})).json()["result"] == first
    offset = first[-1]["update_id"] + 1
    assert (await client.post("getUpdates", json={"offset": offset})).json()["result"] == []
    assert sandbox.telegram.pending == 0


async def test_a_phones_page_shows_hostile_words_as_words(api):
    sandbox, client = api
    text = "<b>bold</b> &lt;script&gt;alert(1)&lt;/script&gt;"
    await client.post("sendMessage", json={"chat_id": 1, "text": text, "parse_mode": "HTML"})
    sandbox.telegram.phones[1].write("<img src=x onerror=alert(1)>")
    page = await client.get(f"{sandbox.base_url}/phones/1")
    assert "<b>bold</b>" in page.text
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
