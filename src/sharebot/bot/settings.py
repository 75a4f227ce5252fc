"""/settings, /zone, and the taps that choose something."""

import difflib
from zoneinfo import available_timezones

from telegram import Update

from sharebot.bot.context import Context, acknowledge, note_passing, officer_of, runtime_of, say, show_instead
from sharebot.bot.joining import compose_step, on_joining_step
from sharebot.config.settings import Settings
from sharebot.rules.share_links import SHARE_ORDER
from sharebot.store import officers, wishes
from sharebot.store.officers import OfficerView
from sharebot.texts import settings as texts
from sharebot.texts.catalogue import languages
from sharebot.values.messages import Message
from sharebot.values.seats import ASKS, HOURS
from sharebot.values.status import DataTier, Rhythm
from sharebot.values.taps import Tap

_NETWORKS = tuple(one.value for one in SHARE_ORDER)
# The page that shows a choice, by the first word of its tap.
_PAGES = {
    "topic": "topics",
    "tier": "data",
    "hours": "hours",
    "rhythm": "rhythm",
    "asks": "asks",
    "net": "networks",
    "track": "privacy",
    "safety": "privacy",
}
_NEAR = 3
_NO_PLACES = {"localtime", "Factory"}  # this machine's own clock, and none


async def on_settings(update: Update, context: Context) -> None:
    """Show the settings."""
    officer = officer_of(context, update)
    if officer is not None and officer.has_agreed and update.effective_chat is not None:
        await say(context, update.effective_chat.id, _page(officer, runtime_of(context).settings, "main"))


async def on_step(update: Update, context: Context, tap: Tap) -> None:
    """Show another page of the settings, or the next step of joining."""
    if tap.number == texts.JOINING:
        await on_joining_step(update, context, tap)
        return
    query, officer = update.callback_query, officer_of(context, update)
    if query is None or officer is None:
        return
    await acknowledge(query)
    await show_instead(query, _page(officer, runtime_of(context).settings, tap.argument))


async def on_choice(update: Update, context: Context, tap: Tap) -> None:
    """Remember a choice and show the same page again."""
    runtime, query = runtime_of(context), update.callback_query
    officer = officer_of(context, update)
    if query is None or officer is None or not officer.has_agreed:
        return
    await acknowledge(query)
    what, _, value = tap.argument.partition("_")
    with runtime.database.write() as session:
        if what == "topic":
            wishes.toggle_code(session, officer.id, "topics", value, known=tuple(runtime.settings.topics))
        elif what == "net":
            wishes.toggle_code(session, officer.id, "networks", value, known=_NETWORKS)
        elif wish := _wish(what, value):
            wishes.set_wish(session, officer.id, **wish)
        officer = officers.get_officer(session, officer.id)
    if officer.high_risk and query.message is not None:
        note_passing(context, officer, query.message.message_id)
    if tap.number == texts.JOINING:
        page = "topics" if what == "topic" else "wishes"
        await show_instead(query, compose_step(runtime, officer, page))
    else:
        await show_instead(query, _page(officer, runtime.settings, _PAGES.get(what, "main")))


async def on_zone(update: Update, context: Context) -> None:
    """Let the hours count in another time zone; name those that sound alike when there is none of this name."""
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(context, update)
    if officer is None or chat is None or not officer.has_agreed:
        return
    wanted = " ".join(context.args or [])
    if not wanted:
        await say(context, chat.id, texts.ask_zone(officer.language, officer.wishes.zone))
        return
    zone, near = find_zone(wanted)
    if zone is None:
        await say(context, chat.id, texts.refuse_zone(officer.language, wanted, near))
        return
    with runtime.database.write() as session:
        wishes.set_wish(session, officer.id, zone=zone)
    await say(context, chat.id, texts.tell_zone(officer.language, zone))


def find_zone(wanted: str) -> tuple[str | None, list[str]]:
    """Return the time zone of this name however it is written, or None and those that sound like it."""
    names = {name.casefold(): name for name in available_timezones() - _NO_PLACES}
    key = wanted.strip().casefold().replace(" ", "_")
    if key in names:
        return names[key], []
    cities = {name.rpartition("/")[2]: name for name in sorted(names) if "/" in name}
    near = [names[cities[key]]] if key in cities else []
    alike = difflib.get_close_matches(key, [*names, *cities], n=2 * _NEAR, cutoff=0.7)
    near += [names[cities.get(one, one)] for one in alike]
    return None, list(dict.fromkeys(near))[:_NEAR]


def _wish(what: str, value: str) -> dict[str, object]:
    """Return the columns that a choice sets; none for one that nobody offered."""
    match what:
        case "lang" if value in languages():
            return {"language": value}
        case "tier" if value in set(DataTier):
            return {"tier": DataTier(value)}
        case "rhythm" if value in set(Rhythm):
            return {"rhythm": Rhythm(value)}
        case "hours" if value in HOURS:
            return {"opens": HOURS[value][0], "closes": HOURS[value][1]}
        case "asks" if value in {"auto", *map(str, ASKS)}:
            return {"asks_per_week": None if value == "auto" else int(value)}
        case "track" if value in {"on", "off"}:
            return {"untracked": value == "off"}
        case "safety" if value in {"on", "off"}:
            return {"high_risk": value == "on"}
    return {}


def _page(officer: OfficerView, settings: Settings, page: str) -> Message:
    return texts.compose_settings(officer.wishes, party=officer.member_name, settings=settings, page=page)
