"""Settings: every mistake names file or variable, key, value and the nearest good one."""

from pathlib import Path

import pytest

from sharebot.config.load import load_settings
from sharebot.config.settings import Part
from sharebot.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def _problem(tmp_path: Path, text: str, **env: str) -> str:
    path = tmp_path / "sharebot.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path, env=env)
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[organisation]\nnam = 'x'", 'FILE: unknown key organisation.nam (did you mean "name"?)'),
        (
            "[organisation]\nzone = 'Europe/Brusels'",
            'FILE: organisation.zone = "Europe/Brusels": is not a known time zone (did you mean "Europe/Brussels"?)',
        ),
        (
            "[sending]\nlocal_time = '25:00'",
            'FILE: sending.local_time = "25:00": must be between "00:00" and "23:59" (did you mean "23:00"?)',
        ),
        (
            "[reports]\nschedule = '0 99 * * *'",
            'FILE: reports.schedule = "0 99 * * *": is not a schedule: Bad hour; write for example "0 7 * * MON"',
        ),
        (
            "[web]\npublic_url = 'http://share.example'",
            'FILE: web.public_url = "http://share.example": must use https (did you mean "https://share.example"?)',
        ),
        ("[web\n", "FILE: not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 5)"),
    ],
)
def test_a_mistake_is_explained(tmp_path: Path, text: str, message: str):
    assert _problem(tmp_path, text) == message


def test_a_secret_in_the_file_is_refused(tmp_path: Path):
    message = _problem(tmp_path, "[telegram]\ntoken = '1:abc'")
    assert message == (
        "FILE: telegram.token is a secret and must not stand here; "
        "set SHAREBOT_TELEGRAM__TOKEN or SHAREBOT_TELEGRAM__TOKEN_FILE"
    )


def test_a_wrong_variable_is_named(tmp_path: Path):
    assert _problem(tmp_path, "", SHAREBOT_TELEGRAM__TOKN="x") == (
        'SHAREBOT_TELEGRAM__TOKN: unknown key telegram.tokn (did you mean "token"?)'
    )
    assert _problem(tmp_path, "", SHAREBOT_SMTP__PORT="abc").startswith('SHAREBOT_SMTP__PORT: smtp.port = "abc": ')


def test_a_window_must_open_before_it_closes(tmp_path: Path):
    text = "[sending]\nwindow_from = '20:00'\nwindow_to = '08:00'"
    assert "window_from must be earlier than window_to" in _problem(tmp_path, text)


def test_the_environment_goes_before_the_file_and_secrets_come_from_files(tmp_path: Path):
    path, token = tmp_path / "sharebot.toml", tmp_path / "token"
    path.write_text("[web]\nport = 1\n")
    token.write_text("12:secret\n")
    env = {"SHAREBOT_WEB__PORT": "2", "SHAREBOT_TELEGRAM__TOKEN_FILE": str(token)}
    settings = load_settings(path, env=env)
    assert settings.web.port == 2
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == "12:secret"
    assert "12:secret" not in repr(settings)


def test_the_shipped_file_is_good():
    assert load_settings(ROOT / "config" / "sharebot.toml", env={}).organisation.languages == ("en", "fr", "es")


def test_the_shipped_file_names_every_section_of_the_settings():
    shipped = (ROOT / "config" / "sharebot.toml").read_text()
    settings = load_settings(ROOT / "config" / "sharebot.toml", env={})
    sections = [name for name, value in settings if isinstance(value, Part)]
    assert [name for name in sections if f"[{name}]" not in shipped] == []
