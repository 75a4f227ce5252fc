"""The running week in figures, as staff read it in chat."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sharebot.texts.desk import speak


def tell_week(  # noqa: PLR0913 - what a page says
    language: str, lines: Sequence[str], *, since: datetime, now: datetime, zone: str, alt: str, page_url: str
) -> str:
    """Say what the weekly mail's headline says, of the week so far; `alt` is what the picture shows, if any."""
    t = speak(language)
    place = ZoneInfo(zone)
    first, last = t.day_and_month(since.astimezone(place)), t.day_and_month(now.astimezone(place))
    head = t.html("📊 This week so far: {days}", days=first if first == last else f"{first} – {last}")
    parts = [f"<b>{head}</b>", "", *(t.html("• {line}", line=line) for line in lines)]
    parts += ["", t.html("🔎 {url}", url=page_url)]
    return "\n".join([*parts, *(["", f"<i>{t.html('{alt}', alt=alt)}</i>"] if alt else [])])
