"""Public holidays of a country, as its own state keeps them."""

from datetime import date
from functools import cache


@cache
def list_holidays(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of `country` (two letters) in `year` and the next; none where nobody knows them."""
    return _of_year(country.upper(), year) | _of_year(country.upper(), year + 1)


@cache
def _of_year(country: str, year: int) -> frozenset[date]:
    # Needed by those that release alone, and the library is large.
    from holidays import country_holidays  # noqa: PLC0415

    try:
        return frozenset(country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()
