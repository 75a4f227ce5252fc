"""The stand-in itself: it is only worth as much as it is strict."""

import asyncio
import time
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
import telegram

from tests.reliability.standin import TOKEN, Standin

CHAT = 1001


def call(standin: Standin, method: str, **arguments: object) -> httpx.Response:
    return httpx.post(f"{standin.base_url}{TOKEN}/{method}", json=arguments, timeout=10)


def say(standin: Standin, words: str = "Hello", *, chat: int = CHAT, **arguments: object) -> httpx.Response:
    return call(standin, "sendMessage", chat_id=chat, text=words, **arguments)


def test_a_message_is_answered_as_telegram_does(standin: Standin):
    keyboard = {"inline_keyboard": [[{"text": "Shared", "callback_data": "s:1:"}]]}
    answer = say(standin, "One &amp; <b>𝄞two</b> <a href='x'>t</a>", parse_mode="HTML", reply_markup=keyboard).json()
    message = telegram.Message.de_json(answer["result"], None)
    assert (message.chat.id, message.chat.type, message.text) == (CHAT, "private", "One & 𝄞two t")
    assert message.parse_entities(["bold"])[message.entities[0]] == "𝄞two"
    assert message.reply_markup
    assert message.reply_markup.inline_keyboard[0][0].callback_data == "s:1:"
    (seen,) = standin.accepted()
    assert (seen.chat_id, seen.method, seen.message_id) == (CHAT, "sendMessage", message.message_id)
    assert seen.text.startswith("One &amp; <b>")
    assert abs(time.monotonic() - seen.at) < 5


@pytest.mark.parametrize(
    ("arguments", "description"),
    [
        ({"text": "", "chat_id": 1}, "message text is empty"),
        ({"text": "x"}, "chat_id is empty"),
        ({"text": "x" * 4097, "chat_id": 1}, "too long"),
        ({"text": "<b>x", "chat_id": 1, "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "<b>x</i>", "chat_id": 1, "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "a & b", "chat_id": 1, "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "<h1>x</h1>", "chat_id": 1, "parse_mode": "HTML"}, "can't parse entities"),
        (
            {
                "text": "x",
                "chat_id": 1,
                "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "d" * 65}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
    ],
)
def test_what_telegram_refuses_is_refused(standin: Standin, arguments: dict[str, object], description: str):
    answer = call(standin, "sendMessage", **arguments)
    assert answer.status_code == 400
    assert description in answer.json()["description"]
    assert standin.count() == 0


def test_a_wrong_token_and_a_wrong_path_are_refused(standin: Standin):
    assert httpx.post(f"{standin.base_url}1:short/getMe").status_code == 401
    assert call(standin, "getMe").json()["result"]["id"] == int(TOKEN.partition(":")[0])
    assert httpx.post(f"http://127.0.0.1:{standin.port}/elsewhere").status_code == 404


def test_media_are_answered_with_a_file_that_can_be_sent_again(standin: Standin):
    place = f"{standin.base_url}{TOKEN}/sendPhoto"
    first = httpx.post(place, data={"chat_id": "1"}, files={"photo": ("a.png", b"bytes", "image/png")}).json()
    file_id = first["result"]["photo"][-1]["file_id"]
    again = httpx.post(place, data={"chat_id": "1", "photo": file_id, "caption": "words"}).json()
    assert again["result"]["photo"][-1]["file_id"] == file_id
    assert again["result"]["caption"] == "words"
    assert httpx.post(place, data={"chat_id": "1", "photo": "nonsense"}).status_code == 400


def test_one_message_too_many_in_a_second_bans():
    with Standin(limit=30, ban=1) as standin, httpx.Client() as client:

        def send() -> tuple[int, dict[str, Any]]:
            place = f"{standin.base_url}{TOKEN}/sendMessage"
            answer = client.post(place, json={"chat_id": 1, "text": "x"})
            return answer.status_code, answer.json()

        assert [send()[0] for _ in range(30)] == [200] * 30
        status, body = send()
        banned_at = time.monotonic()
        assert (status, body["parameters"]) == (429, {"retry_after": 1})
        assert send()[0] == 429
        while (found := send()[0]) == 429:
            assert time.monotonic() - banned_at < 3
        assert found == 200
        assert time.monotonic() - banned_at > 0.9
        refused = standin.refused()
        assert refused[0].reason == "limit"
        assert {one.reason for one in refused[1:]} == {"ban"}
        assert all(0 <= (one.since_answer or 0) <= 1 for one in refused[1:])
        assert standin.state()["counts"]["during_ban"] == len(refused) - 1
        assert standin.count() == 31


def test_two_in_a_second_to_one_chat_are_counted():
    with Standin(per_chat=0.3) as standin:
        say(standin, chat=1)
        say(standin, chat=2)
        assert standin.state()["counts"].get("too_close_in_chat", 0) == 0
        say(standin, chat=1)
        state = standin.state()
        assert state["counts"]["too_close_in_chat"] == 1
        assert state["smallest_gap_in_chat"] < 0.3
        assert state["accepted"] == 3


def test_faults_say_what_was_accepted(standin: Standin):
    standin.set_faults(refused=1)
    assert say(standin).status_code == 502
    standin.set_faults(too_many=1, retry_after=1)
    assert say(standin).status_code == 429
    standin.ask("reset")
    standin.set_faults(broken=1)
    assert say(standin, "broken").status_code == 500
    standin.set_faults(dropped=1)
    with pytest.raises(httpx.TransportError):
        say(standin, "dropped")
    standin.set_faults(latency_from=0.2, latency_to=0.3)
    began = time.monotonic()
    say(standin, "slow")
    assert time.monotonic() - began >= 0.2
    assert [(one.text, one.fault) for one in standin.accepted()] == [
        ("broken", "broken"),
        ("dropped", "dropped"),
        ("slow", ""),
    ]


def test_the_same_seed_brings_the_same_faults():
    def outcomes(seed: int) -> list[int]:
        with Standin(seed=seed) as standin:
            standin.set_faults(refused=0.3, broken=0.3)
            return [say(standin).status_code for _ in range(12)]

    assert outcomes(3) == outcomes(3)
    assert {200, 500, 502} == set(outcomes(3))


def test_an_update_comes_as_often_as_it_is_to(standin: Standin):
    ids = standin.inject([{"message": number} for number in range(20)], times=(1, 3))
    seen: list[int] = []
    offset = 0
    while batch := call(standin, "getUpdates", offset=offset).json()["result"]:
        seen += [one["update_id"] for one in batch]
        offset = max(seen) + 1
    assert seen[:20] == ids
    times = [seen.count(number) for number in ids]
    assert set(times) == {1, 2, 3}
    assert standin.state()["pending_updates"] == 0


def test_what_is_not_acknowledged_comes_again(standin: Standin):
    (number,) = standin.inject([{"message": 1}])
    for _ in range(3):
        assert [one["update_id"] for one in call(standin, "getUpdates").json()["result"]] == [number]
    assert call(standin, "getUpdates", offset=number + 1).json()["result"] == []


async def test_a_waiting_poll_gets_news_and_a_second_poll_ends_it(standin: Standin):
    place = f"{standin.base_url}{TOKEN}/getUpdates"
    async with httpx.AsyncClient(timeout=10) as client:

        async def ask() -> httpx.Response:
            return await client.post(place, json={"timeout": 5})

        first = asyncio.create_task(ask())
        while standin.state()["counts"].get("getUpdates", 0) < 1:  # noqa: ASYNC110 - it lies in another process
            await asyncio.sleep(0.01)
        second = asyncio.create_task(ask())
        assert (await first).status_code == 409
        standin.inject([{"message": 1}])
        assert len((await second).json()["result"]) == 1


def test_the_date_header_can_be_off():
    with Standin(clock_offset=-600) as standin:
        said = parsedate_to_datetime(call(standin, "getMe").headers["Date"]).timestamp()
        assert -602 <= said - time.time() <= -598


def test_waiting_for_messages_ends_with_them_or_with_the_time(standin: Standin):
    assert standin.wait_for(1, timeout=0.05) == 0
    say(standin)
    assert standin.wait_for(1, timeout=5) == 1
