"""What a country tells of a party in it: its region, its clock, its languages; and a code made of its name."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar
from zoneinfo import available_timezones

from babel.core import get_global
from babel.languages import get_official_languages

Word = TypeVar("Word")
RESERVED = frozenset({"new", "import"})  # pages of ours stand at these addresses
_MOST_LANGUAGES = 3
_LONGEST_CODE = 40

_MIDDLE_EAST = frozenset(["AE", "BH", "IL", "IQ", "IR", "JO", "KW", "LB", "OM", "PS", "QA", "SA", "SY", "YE", "TR"])
_EUROPE = frozenset(["AM", "AZ", "CY", "GE", "IS", "FO", "PT", "ES"])  # their clocks are called after other continents
_AFRICA = frozenset(["CV", "KM", "MG", "MU", "SC", "ST", "RE", "YT"])
# Where CLDR knows several clocks, most people's.
_CLOCKS = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a party is: region, time zone and languages, best first. An empty one is not known."""

    region: str = ""
    zone: str = ""
    languages: tuple[str, ...] = ()


def place_of(country: str, neighbours: Sequence[Place] = (), *, spoken: Collection[str] = ("en",)) -> Place:
    """Return what is likely of a party in `country`: what the parties already there have, else what CLDR says.

    One of the languages is `spoken` by us, English where the country has none of them.
    """
    known = _of_country(country)
    languages = _commonest([one.languages for one in neighbours]) or known.languages
    if not set(languages) & set(spoken):
        languages = (*languages[: _MOST_LANGUAGES - 1], "en")
    return Place(
        _commonest([one.region for one in neighbours]) or known.region,
        _commonest([one.zone for one in neighbours]) or known.zone,
        languages,
    )


def choose_code(name: str, country: str, taken: Collection[str]) -> str:
    """Return a free code of a party's name, or of its country where the name has no Latin letter."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: _LONGEST_CODE - 4].strip("-")
    stem = words if len(words) > 1 else f"{country.lower()}-party"
    number, code = 1, stem
    while code in taken or code in RESERVED:
        number += 1
        code = f"{stem}-{number}"
    return code


@cache
def _of_country(country: str) -> Place:
    zones = [one for one in get_global("territory_zones").get(country, ()) if one in available_timezones()]
    zone = _CLOCKS.get(country) or (sorted(zones)[0] if zones else "")
    official = get_official_languages(country, de_facto=True)
    languages = tuple(one for one in official if re.fullmatch(r"[a-z]{2,3}", one))[:_MOST_LANGUAGES]
    return Place(_region_of(country, zone), zone, languages)


def _region_of(country: str, zone: str) -> str:
    for region, countries in (("Middle East", _MIDDLE_EAST), ("Europe", _EUROPE), ("Africa", _AFRICA)):
        if country in countries:
            return region
    continent = zone.partition("/")[0]
    regions = {"Africa": "Africa", "America": "Americas", "Europe": "Europe", "Atlantic": "Europe"}
    return regions.get(continent, "Asia-Pacific") if zone else ""


def _commonest(words: Sequence[Word]) -> Word | None:
    counted = Counter(words)
    return counted.most_common(1)[0][0] if counted else None
