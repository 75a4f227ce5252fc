"""Translate: `t = translator("officer", "fr")`, then `t("Share on {network}", network="X")`."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import c2py
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_timezone_location
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LOCALES = Path(__file__).parent / "locales"
SOURCE_LANGUAGE = "en"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def languages() -> list[str]:
    """Return the languages the bot, the pages and the mails speak, English first."""
    return [SOURCE_LANGUAGE, *sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir())]


@dataclass(frozen=True, slots=True)
class Translator:
    """One language of one catalogue. A text without a translation is shown in English."""

    language: str
    catalog: Catalog | None

    def __call__(self, text: str, /, **values: object) -> str:
        """Return `text` in this language with `{name}` places filled, as they are."""
        return self._find(text).format(**values)

    def n(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return the plural form for `n`, which fills `{n}` written as this language writes numbers."""
        forms = self._find_plural(one, many)
        rule = _plural_rule(self.catalog.plural_expr if self.catalog else "n != 1")
        chosen = forms[min(rule(n), len(forms) - 1)]
        return chosen.format(n=self.number(n), **values)

    def html(self, text: str, /, **values: object) -> str:
        """Return `text` with every value escaped for HTML; our own tags in `text` stay."""
        escaped = {name: html.escape(str(value), quote=False) for name, value in values.items()}
        return self._find(text).format(**escaped)

    def number(self, value: float) -> str:
        """Write a number with this language's separators."""
        return format_decimal(value, locale=self.locale)

    def percent(self, share: float) -> str:
        """Write a share of 1 as a whole percentage."""
        return format_percent(share, format="#,##0 %", locale=self.locale)

    def day(self, day: date, form: str = "long") -> str:
        """Write a date; `form` is one of CLDR's short, medium, long, full."""
        return format_date(day, format=form, locale=self.locale)

    def moment(self, at: datetime, zone: str, form: str = "medium") -> str:
        """Write an instant in the clock of `zone`."""
        return format_datetime(at, format=form, tzinfo=ZoneInfo(zone), locale=self.locale)

    def day_and_month(self, day: date) -> str:
        """Write a date without its year."""
        return format_skeleton("MMMMd", day, locale=self.locale)

    def clock(self, at: datetime, zone: str) -> str:
        """Write the time of day of an instant in `zone`."""
        return format_time(at, format="short", tzinfo=ZoneInfo(zone), locale=self.locale)

    def weekday(self, at: datetime, zone: str) -> str:
        """Name the weekday of an instant in `zone`."""
        return format_date(at.astimezone(ZoneInfo(zone)), "EEEE", locale=self.locale)

    def weekday_name(self, code: str) -> str:
        """Name a weekday of the settings, such as `mon`."""
        return str(self.locale.days["stand-alone"]["wide"][_WEEKDAYS.index(code)])

    @property
    def locale(self) -> Locale:
        """The CLDR locale of this language."""
        return _locale(self.language)

    def language_name(self, code: str) -> str:
        """Name the language `code` in this language."""
        return str(self.locale.languages.get(code, code))

    def city(self, zone: str) -> str:
        """Name a zone by its city in this language, as people say what time it is."""
        return get_timezone_location(zone, locale=self.locale, return_city=True).rpartition("/")[2]

    def country_name(self, code: str) -> str:
        """Name the country `code` (two letters) in this language."""
        return str(self.locale.territories.get(code.upper(), code))

    def _find(self, text: str) -> str:
        message = self.catalog.get(text) if self.catalog else None
        return str(message.string) if message and message.string else text

    def _find_plural(self, one: str, many: str) -> tuple[str, ...]:
        message = self.catalog.get(one) if self.catalog else None
        if message and isinstance(message.string, tuple) and all(message.string):
            return tuple(str(form) for form in message.string)
        return (one, many)


@cache
def translator(domain: str, language: str) -> Translator:
    """Return the translator of a catalogue: `officer`, `staff` or `report`; unknown languages get English."""
    catalog = read_catalogue(domain, language)
    return Translator(language, catalog) if catalog else Translator(SOURCE_LANGUAGE, None)


def read_catalogue(domain: str, language: str) -> Catalog | None:
    """Read the file of a catalogue, and its other parts such as `staff.queue.po`; None for unknown languages."""
    whole: Catalog | None = None
    for path in list_files(domain, language):
        with path.open("rb") as file:
            part = read_po(file, locale=language)
        if whole is None:
            whole = part
            continue
        for message in part:
            if message.id:
                whole[message.id] = message
    return whole


def list_files(domain: str, language: str) -> list[Path]:
    """Return the files that make up a catalogue, the one with its head first."""
    folder = LOCALES / language
    first = folder / f"{domain}.po"
    return [first, *sorted(folder.glob(f"{domain}.*.po"))] if first.is_file() else []


@cache
def _locale(language: str) -> Locale:
    try:
        # Readers on five continents: English with the day before the month.
        return Locale.parse({"en": "en_GB"}.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE_LANGUAGE)


@cache
def _plural_rule(expression: str) -> Callable[[int], int]:
    return c2py(expression)
