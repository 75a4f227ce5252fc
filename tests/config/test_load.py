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


BOTS = '[telegram.bots.south]\nregions = ["Americas", "Africa"]\n'


def test_each_bot_has_its_regions_in_the_file_and_its_token_in_the_environment(tmp_path: Path):
    path, token = tmp_path / "sharebot.toml", tmp_path / "token"
    path.write_text(f'{BOTS}[telegram.bots.east]\nregions = ["Asia-Pacific"]\n[telegram.bots.west]\n')
    token.write_text("13:from-a-file\n")
    env = {
        "SHAREBOT_TELEGRAM__BOTS__SOUTH__TOKEN": "12:given",
        "SHAREBOT_TELEGRAM__BOTS__EAST__TOKEN_FILE": str(token),
    }
    bots = load_settings(path, env=env).telegram.bots
    assert {code: bot.regions for code, bot in bots.items()} == {
        "south": ("Americas", "Africa"),
        "east": ("Asia-Pacific",),
        "west": (),
    }
    assert {code: bot.token and bot.token.get_secret_value() for code, bot in bots.items()} == {
        "south": "12:given",
        "east": "13:from-a-file",
        "west": None,
    }
    assert "12:given" not in repr(bots)


def test_a_bots_token_in_the_file_is_refused_without_being_shown(tmp_path: Path):
    message = _problem(tmp_path, f"{BOTS}token = '12:abc'")
    assert message == (
        "FILE: telegram.bots.south.token is a secret and must not stand here; set "
        "SHAREBOT_TELEGRAM__BOTS__SOUTH__TOKEN or SHAREBOT_TELEGRAM__BOTS__SOUTH__TOKEN_FILE"
    )


def test_a_webhooks_secret_in_the_file_is_refused_without_being_shown(tmp_path: Path):
    message = _problem(tmp_path, "[telegram]\nwebhook_secret = 'abc'")
    assert message == (
        "FILE: telegram.webhook_secret is a secret and must not stand here; set "
        "SHAREBOT_TELEGRAM__WEBHOOK_SECRET or SHAREBOT_TELEGRAM__WEBHOOK_SECRET_FILE"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[telegram.bots.south]\nregion = ['Americas']", ["telegram.bots.south.region"]),
        ("[telegram.bots.south]\nregions = []", ["telegram.bots.south.regions = []", "at least 1 item"]),
        ("[telegram.bots.South]\nregions = ['Americas']", ["telegram.bots.South", "should match pattern"]),
        ("[telegram.bots.south-east]\nregions = ['Americas']", ["telegram.bots.south-east", "should match pattern"]),
        ("[telegram]\nbots = ['south']", ["telegram.bots", "valid dictionary"]),
    ],
)
def test_a_mistake_in_a_bots_section_is_named(tmp_path: Path, text: str, words: list[str]):
    message = _problem(tmp_path, text)
    assert [word for word in words if word not in message] == [], message


def test_a_missing_token_file_is_named(tmp_path: Path):
    name = "SHAREBOT_TELEGRAM__BOTS__SOUTH__TOKEN_FILE"
    assert _problem(tmp_path, BOTS, **{name: str(tmp_path / "nowhere")}) == (
        f"{name}: cannot read {tmp_path / 'nowhere'}: No such file or directory"
    )


def test_the_shipped_file_is_good():
    assert load_settings(ROOT / "config" / "sharebot.toml", env={}).organisation.languages == ("en", "fr", "es")


def test_the_shipped_file_names_every_section_of_the_settings():
    shipped = (ROOT / "config" / "sharebot.toml").read_text()
    settings = load_settings(ROOT / "config" / "sharebot.toml", env={})
    sections = [name for name, value in settings if isinstance(value, Part)]
    assert [name for name in sections if f"[{name}]" not in shipped] == []
