"""The log of changes has words for everything that the program notes in it."""

import re
from pathlib import Path

from sharebot.texts.catalogue import translator
from sharebot.web.audit_words import actions

SOURCE = Path(__file__).resolve().parents[2] / "src" / "sharebot"
_NOTED = re.compile(r'(?:change|Change|Done|_note|_noted?)\((?:[^"\n]|\n)*?"([a-z_]+\.[a-z_]+)"')
_NOT_ACTIONS = re.compile(r".*\.(html|txt|json|csv)")


def test_every_action_has_its_words() -> None:
    noted = {word for path in SOURCE.rglob("*.py") for word in _NOTED.findall(path.read_text(encoding="utf-8"))}
    noted = {word for word in noted if not _NOT_ACTIONS.fullmatch(word)}
    assert len(noted) > 20
    assert noted <= set(actions(translator("staff", "en")))
