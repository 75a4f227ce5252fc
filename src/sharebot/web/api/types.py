"""The kinds of values that the API takes: each refuses what only looks like one."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema

from sharebot.config.checks import parse_time

LARGEST_ID = 2**31 - 1
_YEARS = range(2000, 2200)
_NO_NUL = r"^[^\x00]*$"


def _text_only(value: Any) -> Any:
    # A number would be read as seconds since 1970.
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def _in_our_times(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise ValueError("must lie between 2000 and 2199")
    return value.astimezone(UTC)


def _day_of_our_times(value: date) -> date:
    if value.year not in _YEARS:
        raise ValueError("must lie between 2000 and 2199")
    return value


def _clock(value: Any) -> time:
    return parse_time(_text_only(value))


Id = Annotated[int, Field(ge=1, le=LARGEST_ID, strict=True)]
PathId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
QueryId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Flag = Annotated[bool, Field(strict=True)]
Line = Annotated[str, Field(max_length=200, pattern=_NO_NUL)]
Title = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$")]
Text = Annotated[str, Field(max_length=20_000, pattern=_NO_NUL)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Region = Annotated[str, Field(min_length=1, max_length=40, pattern=_NO_NUL)]
Hashtag = Annotated[str, Field(max_length=100, pattern=r"^#\w{1,99}$")]
WebAddress = Annotated[str, Field(max_length=2048, pattern=r"^https://[^\s\x00-\x1f\x7f]+$")]
PageAddress = Annotated[str, Field(max_length=2048, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]  # the fetcher decides
Fingerprint = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9a-f]+$")]
Moment = Annotated[AwareDatetime, BeforeValidator(_text_only), AfterValidator(_in_our_times)]
Day = Annotated[date, BeforeValidator(_text_only), AfterValidator(_day_of_our_times)]
_CLOCK = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
ClockText = Annotated[str, Field(pattern=_CLOCK, examples=["09:00"])]
ClockTime = Annotated[
    time, BeforeValidator(_clock), WithJsonSchema({"type": "string", "pattern": _CLOCK, "examples": ["09:00"]})
]
