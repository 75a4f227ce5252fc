"""Bad days on demand, as the real library meets them."""

import httpx
import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from sharebot.sandbox.faults import Fault, take_fault
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from tests.cast import ANA
from tests.sandbox.patience import until

TOO_MANY = (
    '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}'
)


def texts(phone: Phone) -> list[str]:
    return [shown.words.text for shown in phone.messages if shown.from_bot]


async def test_an_answer_of_telegrams_own_is_understood(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    sandbox.faults.append(Fault("answer", method="sendMessage", status=429, body=TOO_MANY))
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(ANA, "x")
    assert "7" in str(limited.value)
    assert texts(ana) == []


async def test_a_page_instead_of_an_answer_is_a_network_error(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    sandbox.faults.append(Fault("answer", status=502))
    with pytest.raises(NetworkError):
        await bot.send_message(ANA, "x")
    assert texts(ana) == []


async def test_a_line_lost_before_shows_nothing(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    sandbox.faults.append(Fault("drop_before"))
    with pytest.raises(NetworkError):
        await bot.send_message(ANA, "x")
    assert texts(ana) == []


async def test_a_line_lost_after_shows_the_message(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    sandbox.faults.append(Fault("drop_after"))
    with pytest.raises(NetworkError):
        await bot.send_message(ANA, "x")
    assert texts(ana) == ["x"]


async def test_a_slow_answer_runs_into_the_clients_patience(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    sandbox.faults.append(Fault("slow", seconds=0.4))
    with pytest.raises(TimedOut):
        await bot.send_message(ANA, "x", read_timeout=0.05)
    await until(lambda: bool(texts(ana)))
    assert texts(ana) == ["x"]


async def test_a_refusal_stays_a_refusal_even_when_the_line_is_to_break(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    sandbox.faults.append(Fault("drop_after"))
    with pytest.raises(BadRequest):
        await bot.send_message(ANA, "")


async def test_it_lasts_as_long_as_asked_and_hits_only_whom_it_should(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    sandbox.faults.append(Fault("drop_before", times=2, method="sendMessage", chat_id=ANA))
    other = sandbox.telegram.add_phone(ANA + 1, "Ben")
    other.write("hello")
    await bot.send_message(ANA + 1, "x")
    await bot.send_photo(ANA, "https://alliance.example/1.png")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(ANA, "x")
    await bot.send_message(ANA, "third time lucky")
    assert texts(ana)[-1] == "third time lucky"


async def test_another_process_may_order_one(sandbox: Sandbox, bot: Bot, web: httpx.AsyncClient, ana: Phone) -> None:
    ordered = await web.post("/_sandbox/faults", json={"kind": "drop_before", "method": "sendMessage"})
    assert ordered.json() == {"ok": True}
    with pytest.raises(NetworkError):
        await bot.send_message(ANA, "x")
    await bot.send_message(ANA, "y")
    assert texts(ana) == ["y"]


def test_the_first_that_matches_is_used_up_first() -> None:
    faults = [Fault("answer", method="getMe"), Fault("slow"), Fault("drop_after")]
    assert take_fault(faults, "sendMessage", 1) is faults[1]
    assert take_fault(faults, "sendMessage", "1") is faults[2]
    assert take_fault(faults, "sendMessage", 1) is None
    assert take_fault(faults, "getMe", None) is faults[0]
