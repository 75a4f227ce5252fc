"""Read the settings: the TOML file first, then the environment over it."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from sharebot.config.checks import nearest
from sharebot.config.settings import Settings
from sharebot.errors import ConfigError

PREFIX = "SHAREBOT_"
CONFIG_VARIABLE = "SHAREBOT_CONFIG"
DEFAULT_FILE = "config/sharebot.toml"
_NOT_SETTINGS = {CONFIG_VARIABLE, "SHAREBOT_LOG_LEVEL"}

_ANY = "*"  # stands for any name in a path

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Layers:
    """The merged raw values, and where each one came from."""

    values: dict[str, Any]
    origins: dict[KeyPath, str]


def load_settings(path: Path | None = None, *, env: Mapping[str, str] = os.environ) -> Settings:
    """Return the checked settings.

    `path` defaults to $SHAREBOT_CONFIG, then config/sharebot.toml when it is there. Raises ConfigError
    that lists every wrong key with its file or variable, its value and the nearest good one.
    """
    chosen = path or _chosen_file(env)
    raw = _read_toml(chosen) if chosen else {}
    _refuse_secrets_in_file(raw, chosen)
    layers = Layers(raw, {})
    _lay_environment(layers, env)
    try:
        return Settings.model_validate(layers.values)
    except ValidationError as error:
        lines = [_describe(detail, layers, chosen) for detail in error.errors()]
        raise ConfigError("\n".join(lines)) from None


def _chosen_file(env: Mapping[str, str]) -> Path | None:
    if named := env.get(CONFIG_VARIABLE):
        return Path(named)
    default = Path(DEFAULT_FILE)
    return default if default.is_file() else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def _secret_paths(model: type[BaseModel], at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if get_origin(kind) is dict and isinstance(inner := get_args(kind)[1], type) and issubclass(inner, BaseModel):
            found += _secret_paths(inner, (*at, name, _ANY))
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            found += _secret_paths(kind, (*at, name))
        elif kind == SecretStr | None:
            found.append((*at, name))
    return found


def _refuse_secrets_in_file(raw: dict[str, Any], path: Path | None) -> None:
    for secret in _secret_paths(Settings):
        for keys in _found(raw, secret):
            name = PREFIX + "__".join(keys).upper()
            raise ConfigError(
                f"{path}: {'.'.join(keys)} is a secret and must not stand here; set {name} or {name}_FILE"
            )


def _found(raw: Any, secret: tuple[str, ...], at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return where in `raw` a value stands at the path `secret`."""
    if not secret:
        return [at] if raw is not None else []
    if not isinstance(raw, dict):
        return []
    names = list(raw) if secret[0] == _ANY else [secret[0]]
    return [place for name in names for place in _found(raw.get(name), secret[1:], (*at, name))]


def _lay_environment(layers: Layers, env: Mapping[str, str]) -> None:
    for name in sorted(env):
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS:
            continue
        keys = tuple(name.removeprefix(PREFIX).lower().split("__"))
        value = env[name]
        if keys[-1].endswith("_file") and _field_at(keys) is None:
            keys = (*keys[:-1], keys[-1].removesuffix("_file"))
            value = _read_secret(name, value)
        _put(layers, keys, value, origin=name)


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}: cannot read {path}: {error.strerror}") from None


def _field_at(keys: tuple[str, ...]) -> Any:
    model: Any = Settings
    for key in keys:
        fields = getattr(model, "model_fields", {})
        if key not in fields:
            return None
        model = fields[key].annotation
    return model


def _put(layers: Layers, keys: tuple[str, ...], text: str, *, origin: str) -> None:
    value: Any = text
    if get_origin(_field_at(keys)) in {tuple, dict}:
        value = _read_list(text, origin)
    place = layers.values
    for key in keys[:-1]:
        place = place.setdefault(key, {})
        if not isinstance(place, dict):
            raise ConfigError(f"{origin}: {key} is not a section")
    place[keys[-1]] = value
    layers.origins[keys] = origin


def _read_list(text: str, origin: str) -> Any:
    if not text.lstrip().startswith(("[", "{")):
        return [word.strip() for word in text.split(",") if word.strip()]
    try:
        return json.loads(text)
    except ValueError:
        raise ConfigError(f"{origin}: not a list; separate the values with commas") from None


def _describe(detail: ErrorDetails, layers: Layers, path: Path | None) -> str:
    loc = detail["loc"]
    origin = next((name for keys, name in layers.origins.items() if loc[: len(keys)] == keys), None)
    where = origin or str(path or DEFAULT_FILE)
    key = ".".join(str(part) for part in loc)
    if detail["type"] == "extra_forbidden":
        model = _field_at(tuple(str(part) for part in loc[:-1])) if len(loc) > 1 else Settings
        known = sorted(getattr(model, "model_fields", {}))
        hint = nearest(str(loc[-1]), known) or "; known are " + ", ".join(known)
        return f"{where}: unknown key {key}{hint}"
    message = detail["msg"].removeprefix("Value error, ")
    secret = any(_is_at(loc, keys) for keys in _secret_paths(Settings))
    shown = "" if secret or isinstance(detail["input"], dict) else f" = {json.dumps(detail['input'], default=str)}"
    return f"{where}: {key}{shown}: {message}"


def _is_at(loc: KeyPath, secret: tuple[str, ...]) -> bool:
    return len(loc) >= len(secret) and all(want in {_ANY, have} for have, want in zip(loc, secret, strict=False))
