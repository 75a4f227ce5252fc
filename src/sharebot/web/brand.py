"""The style sheet and the script: our files put together, and the organisation's colour made readable."""

import hashlib
from functools import cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
LIGHT_GROUND, DARK_GROUND = "#f7f5f1", "#1d1f23"
ENOUGH = 4.5  # WCAG AA for text
_STEP = 0.04

Colour = tuple[float, float, float]


@cache
def style_sheet(accent: str) -> str:
    """Return the whole sheet; the accent's own colours come first."""
    light, dark = readable_on(accent, LIGHT_GROUND), readable_on(accent, DARK_GROUND)
    return (
        f":root{{--accent:{light};--on-accent:{ink_on(light)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{ink_on(dark)}}}}}\n"
        + _together("css")
    )


@cache
def script() -> str:
    """Return the whole script; every part minds its own business and does nothing where it finds none."""
    return _together("js")


@cache
def version_of(text: str) -> str:
    """Return a word that changes with a file, so that browsers may keep it for ever."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _together(kind: str) -> str:
    """Return all files of a kind, in the order of their names."""
    return "".join(file.read_text(encoding="utf-8") for file in sorted((_STATIC / kind).glob(f"*.{kind}")))


def readable_on(colour: str, ground: str) -> str:
    """Return `colour`, darker or lighter by as little as makes text in it readable on `ground`."""
    wanted = _parse(colour)
    towards: Colour = (0, 0, 0) if _luminance(_parse(ground)) > 0.5 else (255, 255, 255)
    for step in range(round(1 / _STEP) + 1):
        mixed = _mix(wanted, towards, step * _STEP)
        if contrast(_write(mixed), ground) >= ENOUGH:
            return _write(mixed)
    return _write(towards)


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on `colour`."""
    return max("#ffffff", "#14110f", key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(_parse(one)), _luminance(_parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _mix(colour: Colour, towards: Colour, share: float) -> Colour:
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, towards, strict=True))
    return red, green, blue


def _parse(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _write(colour: Colour) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)
