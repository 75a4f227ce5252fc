"""The webhook from end to end: told to Telegram by the worker that leads, stored by the pages, taken once."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sharebot.bot.application import ALLOWED_UPDATES, close_application
from sharebot.clock import SystemClock
from sharebot.config.bots import path_of
from sharebot.errors import ConfigError
from sharebot.leading import Leading
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.pages import build_app as build_sandbox
from sharebot.sandbox.world import Sandbox
from sharebot.store import inbox
from sharebot.store.bots import ensure_bots
from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault, new_key, parse_keys
from sharebot.values.status import OfficerStatus
from sharebot.worker import with_bots
from tests.bot.words import said, until
from tests.cast import BEN, add_cast
from tests.flows.courier import SECRET, Courier, Scene, answering, free_port, opened, polling, taking
from tests.reliability.conftest import postgres
from tests.reliability.postgres import Postgres

__all__ = ["postgres"]

COMMAND = [sys.executable, "-c", "from sharebot.cli import main; raise SystemExit(main())"]
CONFLICT = '{"ok": false, "error_code": 409, "description": "Conflict: terminated by other getUpdates request"}'


@pytest.fixture
async def scene(database: Database) -> AsyncIterator[Scene]:
    async with opened(database) as one:
        yield one


async def test_telegram_is_told_where_to_bring_updates_and_is_never_asked_for_them(scene):
    async with taking(scene):
        await until(lambda: bool(scene.courier.told()))
        scene.ben.write("/pause")
        assert await scene.courier.bring() == [200]
        await until(lambda: scene.ben_is() is OfficerStatus.PAUSED and scene.is_done())
    (told,) = scene.courier.told()
    assert told == {
        "url": scene.runtime.settings.web.public_url + path_of(SECRET, "main"),
        "secret_token": SECRET,
        "allowed_updates": list(ALLOWED_UPDATES),
        "drop_pending_updates": False,
    }
    assert scene.calls("getUpdates") == 0
    assert len(said(scene.ben)) == 1


async def test_what_is_brought_again_has_no_second_effect(scene):
    async with taking(scene):
        await until(lambda: bool(scene.courier.told()))
        scene.ben.write("/help")
        scene.ben.write("/pause")
        assert await scene.courier.bring(times=3) == [200] * 6
        await until(lambda: len(said(scene.ben)) == 2 and scene.is_done())
        scene.sandbox.telegram.updates.next_number = 1
        scene.ben.write("/help")  # under the number of the first
        assert await scene.courier.bring() == [200]
        scene.ben.write("/resume")  # under the number of the second
        assert await scene.courier.bring() == [200]
        scene.ben.write("/resume")
        assert await scene.courier.bring() == [200]
        await until(lambda: scene.ben_is() is OfficerStatus.ACTIVE and scene.is_done())
    assert len(said(scene.ben)) == 3


async def test_only_the_worker_that_leads_tells_and_takes_and_its_successor_does_so_anew(scene):
    leading = Leading()
    async with taking(scene, leading):
        leading.put(True)
        await until(lambda: len(scene.courier.told()) == 1)
        leading.put(False)
        _, (application,) = with_bots(replace(scene.runtime, messengers={}))
        successor = Leading()
        async with taking(scene, successor, application):
            scene.ben.write("/pause")
            assert await scene.courier.bring() == [200]
            assert [row.done_at for row in scene.rows()] == [None]
            successor.put(True)
            await until(lambda: scene.ben_is() is OfficerStatus.PAUSED and scene.is_done())
            await until(lambda: len(scene.courier.told()) == 2)
        leading.put(True)
        await until(lambda: len(scene.courier.told()) == 3)
        await close_application(application)
    assert len(said(scene.ben)) == 1


async def test_what_came_while_no_worker_was_there_is_taken_by_the_next(scene):
    async with taking(scene):
        await until(lambda: bool(scene.courier.told()))
    scene.ben.write("/pause")
    assert await scene.courier.bring() == [200]
    async with taking(scene):
        await until(lambda: scene.ben_is() is OfficerStatus.PAUSED)


async def test_a_webhook_that_telegram_refuses_is_told_again_and_what_is_stored_is_taken(scene, caplog):
    body = '{"ok": false, "error_code": 400, "description": "Bad Request: bad webhook: Connection refused"}'
    scene.sandbox.faults.append(Fault("answer", times=1, method="setWebhook", status=400, body=body))
    update = {"update_id": 1, "message": {"message_id": 1}}
    with scene.runtime.database.write() as session:
        bot_id = ensure_bots(session)["main"]
        inbox.store_updates(session, bot_id, [(1, json.dumps(update))], now=scene.runtime.now())
    async with taking(scene):
        await until(lambda: scene.is_done() and not scene.courier.told())
        await until(lambda: bool(scene.courier.told()))
    assert "bad webhook: Connection refused" in caplog.text
    assert path_of(SECRET, "main") not in caplog.text


async def test_back_to_polling_the_webhook_is_ended_and_nothing_is_lost(scene):
    """Of three updates the last was brought and stored; the others still wait at Telegram."""
    async with taking(scene):
        await until(lambda: bool(scene.courier.told()))
    scene.ben.write("/pause")
    scene.ben.write("/help")
    waiting = dict(scene.sandbox.telegram.updates.waiting)
    scene.ben.write("/resume")
    for number in waiting:
        del scene.sandbox.telegram.updates.waiting[number]
    assert await scene.courier.bring() == [200]
    scene.sandbox.telegram.updates.waiting = waiting
    async with polling(scene) as application, taking(scene, application=application):
        await until(lambda: not scene.sandbox.telegram.pending and scene.is_done())
        assert [row.update_id for row in scene.rows()] == [1, 2, 3]
        assert len(said(scene.ben)) == 3
        ended = [one.arguments for one in scene.sandbox.telegram.journal if one.method == "deleteWebhook"]
        assert ended == [{"drop_pending_updates": False}]
        scene.ben.write("/pause")
        await until(lambda: not scene.sandbox.telegram.pending and len(said(scene.ben)) == 4)
    assert scene.calls("getWebhookInfo") == 1


async def test_a_webhook_is_ended_once_and_not_fought_about(scene):
    """Whoever else polls or sets webhooks with the token is a matter for a person, not for a tug-of-war."""
    async with taking(scene):
        await until(lambda: bool(scene.courier.told()))
    async with polling(scene) as application, taking(scene, application=application):
        await until(lambda: scene.calls("deleteWebhook") == 1)
        scene.sandbox.telegram.webhook_url = "https://another.example/hook"
        asked = scene.calls("getUpdates")
        await until(lambda: scene.calls("getUpdates") >= asked + 2)
        assert scene.calls("deleteWebhook") == 1


async def test_where_no_webhook_is_set_none_is_ended(scene):
    scene.sandbox.faults.append(Fault("answer", times=1, method="getUpdates", status=409, body=CONFLICT))
    scene.ben.write("/pause")
    async with polling(scene) as application, taking(scene, application=application):
        await until(lambda: len(said(scene.ben)) == 1)
    assert (scene.calls("getWebhookInfo"), scene.calls("deleteWebhook")) == (1, 0)


async def test_a_worker_does_not_start_with_a_webhook_that_telegram_cannot_call(scene):
    telegram = scene.runtime.settings.telegram.model_copy(update={"base_url": "https://api.telegram.org/bot"})
    settings = scene.runtime.settings.model_copy(update={"telegram": telegram})
    with pytest.raises(ConfigError, match=r"^web\.public_url = .* Telegram cannot call the webhook there"):
        with_bots(replace(scene.runtime, settings=settings))


async def test_while_the_database_is_down_telegram_keeps_the_updates(postgres: Postgres, vault: Vault):
    database = Database(postgres.url, vault=vault)
    migrate(database)
    async with opened(database) as scene, taking(scene):
        await until(lambda: bool(scene.courier.told()))
        await asyncio.to_thread(postgres.stop_at_once)
        scene.ben.write("/pause")
        assert await scene.courier.bring() == [503]
        assert scene.sandbox.telegram.pending == 1
        await asyncio.to_thread(postgres.start)
        assert await scene.courier.bring() == [200]
        await until(lambda: scene.ben_is() is OfficerStatus.PAUSED and scene.is_done())
        assert len(said(scene.ben)) == 1


async def test_pages_and_worker_are_processes_of_their_own(tmp_path: Path):
    """Updates are stored by the one and taken by the other; the pages need no token for it."""
    sandbox = Sandbox(clock=SystemClock())
    await sandbox.start(build_sandbox(sandbox))
    port, key = free_port(), new_key()
    (tmp_path / "none.toml").touch()
    env = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ} | {
        "SHAREBOT_CONFIG": str(tmp_path / "none.toml"),
        "SHAREBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'sharebot.db'}",
        "SHAREBOT_SECRET_KEY": key,
        "SHAREBOT_TELEGRAM__BASE_URL": sandbox.telegram_url,
        "SHAREBOT_TELEGRAM__WEBHOOK_SECRET": SECRET,
        "SHAREBOT_BLUESKY__ENABLED": "false",
        "SHAREBOT_WEB__PORT": str(port),
        "SHAREBOT_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    database = Database(env["SHAREBOT_DATABASE_URL"], vault=Vault(parse_keys(key)))
    migrate(database)
    add_cast(database)
    token = {"SHAREBOT_TELEGRAM__TOKEN": sandbox.telegram.token}
    processes = [
        await asyncio.create_subprocess_exec(*COMMAND, name, cwd=tmp_path, env=given, stderr=sys.stderr)
        for name, given in (("web", env), ("worker", env | token))
    ]
    ben, courier = sandbox.telegram.add_phone(BEN, "Ben"), Courier(sandbox)
    try:
        await until(lambda: bool(courier.told()), seconds=40)
        await answering(f"http://127.0.0.1:{port}/livez")
        ben.write("/pause")
        assert await courier.bring(times=2) == [200, 200]
        await until(lambda: len(said(ben)) == 1)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [await asyncio.wait_for(process.wait(), 30) for process in processes] == [0, 0]
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
        await courier.close()
        await sandbox.stop()
        database.dispose()
    assert not [method for method, _ in sandbox.telegram.requests if method == "getUpdates"]
    assert len(said(ben)) == 1
