"""A request that is sent twice takes effect once."""

import asyncio
from datetime import timedelta

from sqlmodel import select

from sharebot.jobs.prune import prune
from sharebot.models import ApiReply, AuditRecord, Content
from sharebot.runtime import Runtime
from sharebot.store.api_replies import KEPT_FOR
from sharebot.store.database import Database
from tests.cast import FixedClock
from tests.web.api.conftest import Program
from tests.web.api.test_bodies import GOOD

KEY = {"Idempotency-Key": "order-7"}


async def test_the_same_request_gets_the_same_answer(program: Program, database: Database) -> None:
    """A5"""
    client = program()
    answers = [await client.post("/contents", json=GOOD, headers=KEY) for _ in range(3)]
    assert {(one.status_code, one.text, one.headers["location"]) for one in answers} == {
        (201, answers[0].text, "/api/v1/contents/1")
    }
    other = await client.post("/contents", json=GOOD | {"kind": "video"}, headers=KEY)
    elsewhere = await client.post("/entries/1/withdraw", headers=KEY)
    assert [other.status_code, elsewhere.status_code] == [409, 409]
    with database.read() as session:
        assert len(session.exec(select(Content)).all()) == 1
        assert len(session.exec(select(AuditRecord)).all()) == 1


async def test_two_at_once_take_effect_once(program: Program, database: Database) -> None:
    client = program()
    answers = await asyncio.gather(*(client.post("/contents", json=GOOD, headers=KEY) for _ in range(6)))
    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    with database.read() as session:
        assert len(session.exec(select(Content)).all()) == 1


async def test_what_failed_may_be_tried_again(program: Program) -> None:
    client = program()
    assert (await client.post("/contents", json=GOOD | {"kind": "none"}, headers=KEY)).status_code == 422
    assert (await client.post("/entries/9/withdraw", headers=KEY)).status_code == 404
    assert (await client.post("/contents", json=GOOD, headers=KEY)).status_code == 201


async def test_a_key_is_its_tokens_own_and_is_forgotten(
    program: Program, database: Database, runtime: Runtime, clock: FixedClock
) -> None:
    one, other = program(), program(email="other@alliance.example")
    for client in (one, other):
        assert (await client.post("/contents", json=GOOD, headers=KEY)).status_code == 201
    clock.at += KEPT_FOR - timedelta(minutes=1)
    await prune(runtime)
    with database.read() as session:
        assert len(session.exec(select(ApiReply)).all()) == 2
    clock.at += timedelta(minutes=1)
    await prune(runtime)
    with database.read() as session:
        assert session.exec(select(ApiReply)).all() == []


async def test_keys_are_visible_ascii(program: Program) -> None:
    client = program()
    for key in ("", "x" * 81, "two words", "clé", "tab\tkey"):
        answer = await client.post("/contents", json=GOOD, headers={b"Idempotency-Key": key.encode("latin-1")})
        assert answer.status_code == 422, key
