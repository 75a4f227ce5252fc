"""/report: the running week in figures, with the weekly mail's own words and chart."""

import asyncio

from telegram.constants import ParseMode

from sharebot.bot.context import say
from sharebot.bot.desk import Desk
from sharebot.reports.charts import to_png
from sharebot.reports.weekly import compile_sections
from sharebot.rules.periods import period_of
from sharebot.store.figures import get_figures
from sharebot.texts import desk_report as texts
from sharebot.texts.cutting import CAPTION_LIMIT, shown_units


async def on_report(desk: Desk) -> None:
    """Say how the week has been so far; what the picture shows stands under it in words."""
    settings, now, language = desk.runtime.settings, desk.runtime.now(), desk.staff.language
    zone = settings.report_zone
    with desk.runtime.database.read() as session:
        figures = get_figures(session, period_of(now, zone), zone=zone)
    first, *others = compile_sections(figures, language)
    chart = next((section.chart for section in others if section.chart), None)
    alt = chart.alt if chart else ""
    page = f"{settings.web.public_url}/reports"
    words = texts.tell_week(language, first.lines, since=figures.starts_at, now=now, zone=zone, alt=alt, page_url=page)
    if chart is None or shown_units(words) > CAPTION_LIMIT:
        await say(desk.context, desk.chat_id, words)
        return
    picture = await asyncio.to_thread(to_png, chart.svg)
    await desk.context.bot.send_photo(
        desk.chat_id, picture, caption=words, parse_mode=ParseMode.HTML, filename="week.png"
    )
