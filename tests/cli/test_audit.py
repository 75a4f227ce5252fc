"""`sharebot audit verify`, and what the command line itself leaves in the log of changes."""

import sqlite3
from pathlib import Path

from tests.cli.conftest import Call


def test_the_command_line_signs_its_changes_and_finds_a_forged_one(call: Call, tmp_path: Path) -> None:
    assert call("audit", "verify") == (0, "no record yet\n")
    assert call("staff", "add", "eva@alliance.example", "--role", "admin")[0] == 0
    assert call("staff", "add", "nina@alliance.example", "--region", "Europe")[0] == 0
    assert call("staff", "link", "nina@alliance.example")[0] == 0
    assert call("staff", "remove", "nina@alliance.example")[0] == 0
    code, shown = call("staff", "remove", "eva@alliance.example")
    assert code == 1 and "the last admin" in shown
    assert call("bot", "stop", "a rumour")[0] == 0
    assert call("bot", "resume")[0] == 0
    code, shown = call("audit", "verify")
    assert code == 0 and shown.startswith("whole: ")
    # The program has ended, so the file may be opened as anybody could.
    with sqlite3.connect(tmp_path / "data" / "sharebot.db") as file:
        done = file.execute("SELECT actor, action, subject, detail FROM audit_record ORDER BY id").fetchall()
        assert done == [
            ("cli", "staff.added", "staff:1", "admin"),
            ("cli", "staff.added", "staff:2", "approver"),
            ("cli", "staff.link", "staff:2", ""),
            ("cli", "staff.removed", "staff:2", ""),
            ("cli", "bot.stopped", "", ""),
            ("cli", "bot.resumed", "", ""),
        ]
        file.execute("UPDATE audit_record SET subject = 'staff:1' WHERE id = 3")
    assert call("audit", "verify") == (1, "record 3 does not follow from the one before\n")
