"""Whose clock counts for an officer: their own, their party's, or, when neither is known here, that of the world."""

import logging
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

log = logging.getLogger(__name__)


def zone_of(own: str | None, party: str) -> str:
    """Return the first of the two that this machine knows: zones come and go, and their names are stored."""
    return next((one for one in (own, party) if one and _is_known(one)), "UTC")


@cache
def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("time zone not known, another one counts in its place: %s", zone)
        return False
    return True
