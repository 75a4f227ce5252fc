"""Checks of single settings; each message names what is wrong and the nearest good value."""

import difflib
import ipaddress
import re
from datetime import datetime, time
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator

_HOSTPORT = re.compile(r"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$")


def nearest(word: str, known: list[str]) -> str:
    """Return a hint such as ` (did you mean "x"?)`, or nothing when no known word is near."""
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f' (did you mean "{found[0]}"?)' if found else ""


def check_zone(name: str) -> str:
    """Accept the name of a time zone of the IANA database."""
    zones = available_timezones()
    if name in zones:
        return name
    same = {zone.lower(): zone for zone in zones}
    wanted = same.get(name.lower().replace(" ", "_"), name)
    raise ValueError(f"is not a known time zone{nearest(wanted, sorted(zones))}")


def parse_time(text: object) -> time:
    """Read HH:MM, 24 hours."""
    if isinstance(text, time):
        return text
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", str(text))
    if match is None:
        raise ValueError('must be a time of day such as "09:00"')
    hour, minute = int(match[1]), int(match[2])
    if hour > 23 or minute > 59:
        near = f"{min(hour, 23):02}:{min(minute, 59):02}"
        raise ValueError(f'must be between "00:00" and "23:59" (did you mean "{near}"?)')
    return time(hour, minute)


def check_cron(text: str) -> str:
    """Accept five cron fields; the times are local times of the schedule's zone."""
    try:
        CronSim(text, datetime(2026, 1, 1))  # noqa: DTZ001 - only the form of the text is tried
    except CronSimError as error:
        raise ValueError(f'is not a schedule: {error}; write for example "0 7 * * MON"') from error
    return text


def check_url(text: str) -> str:
    """Accept an https address, or http on this machine, without a trailing slash."""
    parts = urlsplit(text)
    local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise ValueError('must be an address such as "https://example.org"')
    if parts.scheme == "http" and not local:
        raise ValueError(f'must use https (did you mean "https{text[4:]}"?)')
    return text.rstrip("/")


def check_address(text: str) -> str:
    """Accept host:port."""
    if not _HOSTPORT.match(text):
        raise ValueError('must be host:port such as "127.0.0.1:8123"')
    return text


def check_issuer(text: str) -> str:
    """Accept an identity provider's name for itself, an address that is compared sign by sign."""
    check_url(text)
    return text


def check_network(text: str) -> str:
    """Accept an IP address or a network of them."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError('must be an address or a network such as "10.0.0.7" or "10.0.0.0/24"') from None


def check_email(text: str) -> str:
    """Accept one bare e-mail address, without line breaks."""
    if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", text):
        raise ValueError('must be one e-mail address such as "name@example.org"')
    return text


def check_language(text: str) -> str:
    """Accept a lower-case primary language code of two or three letters."""
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise ValueError(f'must be a language code such as "fr"{nearest(text[:2].lower(), ["en", "fr", "es"])}')
    return text


Zone = Annotated[str, AfterValidator(check_zone)]
LocalTime = Annotated[time, BeforeValidator(parse_time)]
Cron = Annotated[str, AfterValidator(check_cron)]
Url = Annotated[str, AfterValidator(check_url)]
Issuer = Annotated[str, AfterValidator(check_issuer)]
NetworkOfHosts = Annotated[str, AfterValidator(check_network)]
HostPort = Annotated[str, AfterValidator(check_address)]
Email = Annotated[str, AfterValidator(check_email)]
Language = Annotated[str, AfterValidator(check_language)]
