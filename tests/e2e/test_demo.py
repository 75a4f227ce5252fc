"""`sharebot demo --once`: its summary, report and mails agree with the database, and its requests with the API."""

import asyncio
import email
import email.policy
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sharebot.cli.stage import set_stage
from sharebot.store.database import Database
from sharebot.store.summary import get_summary
from sharebot.store.vault import Vault

# `sharebot demo`, which also notes what the bot has asked for in all, and how things stand after a day.
WATCHED = """
import json, sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
import sharebot.cli.demo as demo
from sharebot.cli import main
from sharebot.sandbox.demo import fiction
from sharebot.store.summary import get_summary
set_stage, notes = demo.set_stage, Path(sys.argv.pop(1))
@asynccontextmanager
async def watched(folder, *, seed):
    async with set_stage(folder, seed=seed) as stage:
        play = stage.week.play
        async def play_and_note(progress):
            def note(share, at):
                if at.replace(minute=0, second=0, microsecond=0) == fiction.START + timedelta(days=1, hours=3):
                    with stage.runtime.database.read() as session:
                        (notes / "day.json").write_text(json.dumps(get_summary(session)))
                progress(share, at)
            await play(note)
            (notes / "requests.json").write_text(json.dumps(stage.sandbox.telegram.requests))
        stage.week.play = play_and_note
        yield stage
demo.set_stage = watched
raise SystemExit(main())
"""
SPECIFICATION = Path(__file__).resolve().parents[3] / "shared" / "specs" / "telegram-bot-api.json"
ROOM = {2: 20, 3: 13, 4: 9, 5: 7}  # letters of a button, by how many stand in its row, on a phone 360 points wide
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(300)]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a played week; what was noted besides lies next to it."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    command = [sys.executable, "-c", WATCHED, str(folder.parent), "demo", "--once", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert "One week in" in done.stdout
    return folder


@pytest.fixture(scope="session")
def rows(played: Path) -> Any:
    database = Database(f"sqlite:///{played / 'sharebot.db'}", vault=Vault([b"k" * 32]))

    def ask(query: str) -> list[tuple[Any, ...]]:
        with database.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    yield ask
    database.dispose()


@pytest.fixture(scope="session")
def summary(played: Path) -> dict[str, Any]:
    found = json.loads((played / "summary.json").read_text())
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        ("contents", "content", "status"),
        ("deliveries", "delivery", "status"),
        ("answers", "answer", "kind"),
        ("officers", "officer", "status"),
        ("reports", "report", "status"),
    ],
)
def test_the_summary_agrees_with_the_database(summary, rows, name: str, table: str, column: str):
    assert summary[name] == dict(rows(f"SELECT {column}, count(*) FROM {table} GROUP BY {column}"))


def test_shares_and_clicks_agree_with_the_database(summary, rows):
    counted = {(network, level): n for network, levels in summary["reshares"].items() for level, n in levels.items()}
    query = "SELECT coalesce(network, 'not named'), evidence, count(*) FROM reshare GROUP BY 1, 2"
    assert counted == {(network, level): n for network, level, n in rows(query)}
    clicks = dict(rows("SELECT outcome, sum(n) FROM click_tally GROUP BY outcome"))
    assert summary["clicks"] == {"counted": clicks.pop("counted"), "discarded": clicks}


def test_everything_of_the_loop_happened(summary):
    assert summary["members"] >= 24
    assert summary["deliveries"]["sent"] > 200
    assert set(summary["answers"]) == {"shared", "later", "declined"} | (set(summary["answers"]) & {"taken"})
    assert summary["reshares"]["bluesky"]["observed"] > 0
    assert summary["reports"] == {"sent": 3}


def test_no_delivery_was_sent_twice(rows):
    assert rows("SELECT count(*) FROM delivery WHERE copies > 1 OR attempts > 1") == [(0,)]


def test_the_mails_say_what_the_database_says(played: Path, rows):
    letters = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((played / "mail").glob("*.eml"))
    ]
    assert len(letters) == 3
    assert {letter["Message-ID"] for letter in letters} == {row[0] for row in rows("SELECT message_id FROM report")}
    assert Counter(str(letter["Content-Language"]) for letter in letters) == {"en": 1, "fr": 1, "es": 1}
    clicks = rows("SELECT sum(n) FROM click_tally WHERE outcome = 'counted' AND on_date < '2026-11-23'")[0][0]
    observed = rows("SELECT count(*) FROM reshare WHERE evidence = 'observed' AND at < '2026-11-22 23:00'")[0][0]
    english = next(letter for letter in letters if letter["Content-Language"] == "en")
    for kind in ("plain", "html"):
        body = english.get_body((kind,))
        assert body is not None
        words = body.get_content()
        assert f"{clicks} clicks by people." in words
        assert f"{observed} observed" in words
    page = (played / "report.html").read_text()
    assert f"{clicks} clicks by people." in page
    assert "data:image/png;base64," in page


def test_a_week_keeps_to_the_api(played: Path):
    requests = json.loads((played.parent / "requests.json").read_text())
    assert {words for _, raw in requests for words in _cut_off(raw)} == set()
    if not SPECIFICATION.is_file():
        pytest.skip("the Bot API's specification is not here")
    methods = json.loads(SPECIFICATION.read_text())["methods"]
    assert {name for name, _ in requests} >= {"getMe", "getUpdates", "sendMessage", "sendPhoto", "answerCallbackQuery"}
    problems = {problem for name, raw in requests for problem in _problems(methods, name, raw)}
    assert problems == set()


@pytest.mark.long
async def test_the_same_seed_gives_the_same_day(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In another process than the week, so that nothing hangs on what differs between processes."""
    monkeypatch.setattr("sharebot.sandbox.demo.week.DAYS", 1)
    async with set_stage(tmp_path, seed=1) as stage:
        await asyncio.wait_for(stage.week.play(lambda _share, _at: None), 100)
        with stage.runtime.database.read() as session:
            day = get_summary(session)
    assert day["deliveries"]["sent"] > 20
    assert json.loads(json.dumps(day)) == json.loads((played.parent / "day.json").read_text())


def _cut_off(raw: dict[str, Any]) -> list[str]:
    """Return the buttons' words that a small phone would cut off."""
    markup = raw.get("reply_markup") or {}
    rows = (json.loads(markup) if isinstance(markup, str) else markup).get("inline_keyboard", [])
    words = [(button["text"], ROOM[len(row)]) for row in rows if len(row) > 1 for button in row]
    return [text for text, room in words if len(text) > room]


def _problems(methods: dict[str, Any], name: str, raw: dict[str, Any]) -> list[str]:
    if name not in methods:
        return [f"unknown method {name}"]
    fields = {field["name"]: field for field in methods[name].get("fields", [])}
    found = [f"{name}: unknown parameter {key}" for key in raw if key not in fields]
    found += [f"{name}: {key} is missing" for key, field in fields.items() if field["required"] and key not in raw]
    known = {key: value for key, value in raw.items() if key in fields}
    return found + [
        f"{name}: {key}={value!r} is no {fields[key]['types']}"
        for key, value in known.items()
        if not any(_fits(kind, value) for kind in fields[key]["types"])
    ]


def _fits(kind: str, value: Any) -> bool:
    if kind == "Integer":
        return str(value).lstrip("-").isdigit()
    if kind == "Boolean":
        return str(value).lower() in {"true", "false"}
    if kind in {"String", "InputFile"}:
        return isinstance(value, str)
    try:
        data = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return False
    return isinstance(data, list if kind.startswith("Array") else dict)
