"""What a party's shares did, in words and for the picture."""

from babel.dates import format_skeleton

from sharebot.texts.catalogue import Translator
from sharebot.texts.cutting import shorten
from sharebot.texts.posts import place_name, speak
from sharebot.values.impact import Drawing, Impact
from sharebot.values.status import Evidence

_TITLE = 120


def nothing_yet(language: str) -> str:
    """Answer where there is nothing to show yet."""
    return speak(language)(
        "🌱 Nothing to show yet. As soon as your party has shared its first item, you will see here what came of it."
    )


def tell_impact(language: str, impact: Impact) -> str:
    """Say it in one caption, which describes the picture as well."""
    t = speak(language)
    head = t.html(
        "📈 What came of your shares: {party}, {since} – {until}",
        party=shorten(impact.party, _TITLE),
        since=t.day_and_month(impact.since),
        until=t.day_and_month(impact.until),
    )
    lines = [t.n("📥 {n} item received", "📥 {n} items received", impact.received)]
    lines += [f"• {t.html('{name}', name=name)} – {t.number(count)}" for name, count in _levels(t, impact) if count]
    if impact.networks:
        places = ", ".join(place_name(t, network) for network in impact.networks)
        lines.append(t.html("📍 Where: {places}", places=places))
    lines.append(t.n("👥 {n} person’s click on your links", "👥 {n} people’s clicks on your links", impact.clicks))
    if impact.best is not None:
        title, count = impact.best
        followed = t.n("{n} click", "{n} clicks", count)
        values = {"title": shorten(title, _TITLE), "followed": followed}
        lines.append(t.html("🏆 Followed most: “{title}” ({followed})", **values))
    picture = t("The picture: the clicks week by week; below, your items by how sure we are of the share.")
    return "\n".join([f"<b>{head}</b>", "", *lines, "", f"<i>{picture}</i>"])


def drawing_of(language: str, impact: Impact) -> Drawing:
    """Return what the picture shows."""
    t = speak(language)
    return Drawing(
        bars_heading=t("Your items, by how sure we are"),
        bars=_levels(t, impact),
        columns_heading=t("People’s clicks, week by week"),
        columns=tuple((format_skeleton("Md", day, locale=t.locale), count) for day, count in impact.clicks_by_week),
    )


def _levels(t: Translator, impact: Impact) -> tuple[tuple[str, int], ...]:
    names = {
        Evidence.OBSERVED: t("Seen by us"),
        Evidence.LINK_CHECKED: t("Link checked"),
        Evidence.LINK_GIVEN: t("Link given"),
        Evidence.CLAIMED: t("On your word"),
    }
    return tuple((name, impact.shared.get(level, 0)) for level, name in names.items())
