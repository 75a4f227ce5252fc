"""The short commands, called as people call them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sharebot.clock import SystemClock
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.sample import fill
from sharebot.sandbox.world import Sandbox
from tests.cli.conftest import Call

HEAD = "code,name,kind,country,region,languages,zone,seats,accounts"


@pytest.fixture
async def site() -> AsyncIterator[str]:
    sandbox = Sandbox(clock=SystemClock())
    await sandbox.start(build_app(sandbox))
    fill(sandbox)
    sandbox.sites.publish("/fr/other", b'<html lang="fr"><title>Un autre article</title>', "text/html")
    yield f"{sandbox.base_url}/site"
    await sandbox.stop()


def _write_members(folder: Path, *lines: str) -> None:
    (folder / "config" / "members.csv").write_text("\n".join([HEAD, *lines]), encoding="utf-8")


def test_130_members_come_in_by_one_command_and_twice_changes_nothing(call: Call, tmp_path: Path):
    lines = [f"p{n:03},Party {n},party,BE,Europe,fr en,Europe/Brussels,Desk:fr,x=party{n}" for n in range(130)]
    _write_members(tmp_path, *lines)
    assert call("members", "import") == (
        0,
        "130 members: 130 added, 0 changed, 0 unchanged; 130 seats and 130 accounts added\n",
    )
    assert "0 added, 0 changed, 130 unchanged; 0 seats and 0 accounts added" in call("members", "import")[1]
    assert call("members", "list")[1].count("Europe") == 130


def test_every_bad_line_is_named_and_nothing_is_imported(call: Call, tmp_path: Path):
    _write_members(
        tmp_path,
        "good,Good,party,BE,Europe,en,Europe/Brussels,Desk:en,",
        "Bad Code,,parti,be,Europa,english,Europe/Brusels,Desk,bluesk=x",
        "good,Twice,party,BE,Europe,en,Europe/Brussels,Desk:en,",
        "short,line",
    )
    code, shown = call("members", "import")
    assert code == 1
    for part in (
        "members.csv:3: code 'Bad Code'",
        "members.csv:3: kind 'parti' is unknown; did you mean 'party'?",
        "members.csv:3: zone 'Europe/Brusels' is not a known time zone; did you mean 'Europe/Brussels'?",
        "members.csv:3: region 'Europa' is unknown; did you mean 'Europe'?",
        "members.csv:3: account 'bluesk=x': unknown network; did you mean 'bluesky'?",
        "members.csv:4: code 'good' stands in line 2 already",
        "members.csv:5: has 2 cells, expected 9",
        "nothing was imported",
    ):
        assert part in shown
    assert call("members", "list")[1].startswith("no members yet")


def test_check_says_what_is_missing_and_what_is_unsafe(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHAREBOT_SOURCES__LOCAL_ADDRESSES", "127.0.0.1:9")
    code, shown = call("check")
    assert code == 1
    assert "missing: the bot's token: set SHAREBOT_TELEGRAM__TOKEN" in shown
    assert "unsafe:  sources.local_addresses lets feeds be read from 127.0.0.1:9 without https" in shown


def test_without_ffmpeg_check_says_what_officers_get_in_place_of_audio(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program = tmp_path / "ffmpeg"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "without: ffmpeg: officers on slow lines get an episode's picture and link" in call("check")[1]
    program.touch(mode=0o755)
    assert "without:" not in call("check")[1]


def test_an_unknown_setting_ends_the_command_with_its_name(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHAREBOT_WEB__PROT", "1")
    assert call("check") == (78, 'sharebot: SHAREBOT_WEB__PROT: unknown key web.prot (did you mean "port"?)\n')


def test_without_the_key_officers_cannot_be_read_and_no_new_key_is_made(call: Call, tmp_path: Path):
    _write_members(tmp_path, "good,Good,party,BE,Europe,en,Europe/Brussels,Desk:en,")
    call("members", "import")
    key = tmp_path / "config" / "sharebot.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    code, shown = call("officers", "list")
    assert code == 78
    assert "can't decrypt officers" in shown
    assert not key.exists()


async def test_sources_are_found_from_a_feed_a_page_and_an_opml_file(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    address = site.removeprefix("http://").partition("/")[0]
    monkeypatch.setenv("SHAREBOT_SOURCES__LOCAL_ADDRESSES", address)
    opml = tmp_path / "list.opml"
    opml.write_text(f'<opml version="2.0"><body><outline text="x" xmlUrl="{site}/feed.xml"/></body></opml>')

    shown = await _in_a_process(tmp_path, "sources", "import", str(opml))
    assert f"added {site}/feed.xml: feed, 'The Alliance', en, 3 items" in shown
    shown = await _in_a_process(tmp_path, "sources", "add", f"{site}/feed.xml")
    assert f"{site}/feed.xml is a source already" in shown
    await _in_a_process(tmp_path, "sources", "poll")
    shown = await _in_a_process(tmp_path, "drafts")
    assert "post  en es fr" in shown
    shown = await _in_a_process(tmp_path, "add", f"{site}/fr/first-post")
    assert "known already: post, fr, Un premier article" in shown, "the feed brought it"
    shown = await _in_a_process(tmp_path, "add", f"{site}/fr/other")
    assert "draft made: post, fr, Un autre article" in shown
    shown = await _in_a_process(tmp_path, "add", "http://127.0.0.1:1/")
    assert "only https is allowed" in shown


async def _in_a_process(folder: Path, *words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from sharebot.cli import main; raise SystemExit(main())",
        *words,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    shown, _ = await process.communicate()
    return shown.decode()


async def test_a_report_can_be_mailed_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sandbox = Sandbox(clock=SystemClock())
    await sandbox.start(build_app(sandbox))
    (tmp_path / "config").mkdir()
    monkeypatch.setenv("SHAREBOT_SMTP__HOST", sandbox.host)
    monkeypatch.setenv("SHAREBOT_SMTP__PORT", str(sandbox.mailbox.port))
    monkeypatch.setenv("SHAREBOT_SMTP__SECURITY", "none")
    shown = await _in_a_process(tmp_path, "report", "--to", "a@b.example", "--language", "fr", "--week", "2026-W48")
    await sandbox.stop()
    assert shown == "mailed to a@b.example\n"
    assert [letter["to"] for letter in sandbox.mailbox.letters] == ["a@b.example"]
    assert "semaine 48" in str(sandbox.mailbox.letters[0]["subject"])


def test_a_seat_is_offered_by_email_once_and_never_to_what_is_no_address(call: Call, tmp_path: Path):
    _write_members(tmp_path, "good,Good,party,BE,Europe,en,Europe/Brussels,Desk:en,")
    call("members", "import")
    code, shown = call("officers", "email", "good", "--seat", "Desk", "no address")
    assert (code != 0, "no e-mail address" in shown) == (True, True)
    assert call("officers", "email", "good", "--seat", "Nobody", "eva@good.example")[0] == 1
    code, shown = call("officers", "email", "good", "--seat", "Desk", "eva@good.example")
    assert (code, "the worker mails the question" in shown) == (0, True)
    assert "invited" in call("officers", "list")[1]
