"""What an officer may choose, as one message whose pages replace each other."""

from collections.abc import Callable, Mapping
from datetime import time

from sharebot.config.settings import Settings
from sharebot.texts.catalogue import Translator, languages, translator
from sharebot.values.messages import Button, Message
from sharebot.values.seats import ASKS, HOURS, Wishes
from sharebot.values.status import DataTier, Rhythm
from sharebot.values.taps import Tap, Verb, encode_tap

SETTINGS, JOINING = 0, 1  # the number of a tap: which of the two a choice was made in
Row = tuple[Button, ...]


def speak(language: str) -> Translator:
    """Return the words of joining, settings, leaving and help in an officer's language."""
    return translator("joining", language)


def own_name(code: str) -> str:
    """Name a language in itself."""
    return speak(code).language_name(code).capitalize()


def compose_settings(wishes: Wishes, *, party: str, settings: Settings, page: str = "main") -> Message:
    """Write one page of the settings; an unknown page is the first."""
    return _PAGES.get(page, _main)(wishes, party, settings)


def summary(wishes: Wishes, settings: Settings) -> str:
    """Say in a few lines what was chosen."""
    t = speak(wishes.language)
    lines = [t.html("Language: {language}", language=own_name(wishes.language))]
    if settings.topics:
        topics = [topic_name(settings, code, wishes.language) for code in wishes.topics if code in settings.topics]
        lines.append(t.html("Topics: {topics}", topics=", ".join(topics) or t("all")))
    lines.append(t.html("Data: {tier}", tier=_tier_names(t)[wishes.tier]))
    opens, closes = _hours(wishes, settings)
    lines.append(t.html("Hours: {opens}–{closes}, {zone}", opens=opens, closes=closes, zone=t.city(wishes.zone)))
    lines.append(t.html("Rhythm: {rhythm}", rhythm=_rhythm_names(t)[wishes.rhythm]))
    lines.append(t.n("At most {n} item a week", "At most {n} items a week", _asks(wishes, settings)))
    networks = [one.label for one in wishes.offered if one.value in wishes.networks]
    lines.append(t.html("Networks: {networks}", networks=", ".join(networks) or t("those of your party")))
    lines.append(t("Clicks on your links: not counted") if wishes.untracked else t("Clicks on your links: counted"))
    lines.append(t("Extra safety: on") if wishes.high_risk else t("Extra safety: off"))
    return "\n".join(lines)


def topic_name(settings: Settings, code: str, language: str) -> str:
    """Name a topic, in another language when it has no name in this one."""
    names: Mapping[str, str] = settings.topics.get(code, {})
    return names.get(language) or next(iter(names.values()), code)


def topic_rows(wishes: Wishes, settings: Settings, number: int) -> list[Row]:
    """Return a button for each topic, ticked when it is chosen."""
    chosen = wishes.topics or tuple(settings.topics)
    buttons = [
        choice(topic_name(settings, code, wishes.language), f"topic_{code}", is_on=code in chosen, number=number)
        for code in settings.topics
    ]
    return rows(buttons, 2)


def tier_row(wishes: Wishes, number: int) -> Row:
    """Return the data tiers, the chosen one ticked."""
    names = _tier_names(speak(wishes.language))
    return tuple(
        choice(name, f"tier_{tier.value}", is_on=tier is wishes.tier, number=number) for tier, name in names.items()
    )


def hour_rows(wishes: Wishes, settings: Settings, number: int) -> list[Row]:
    """Return the hours that are chosen in one tap."""
    t, own = speak(wishes.language), settings.sending
    names = {
        "day": t("Day {opens}–{closes}", opens=_clock(own.window_from), closes=_clock(own.window_to)),
        "morning": t("Morning 8–12"),
        "work": t("Workday 9–18"),
        "evening": t("Evening 17–21"),
    }
    now = (wishes.opens, wishes.closes)
    buttons = [choice(name, f"hours_{code}", is_on=HOURS[code] == now, number=number) for code, name in names.items()]
    return rows(buttons, 2)


def rhythm_row(wishes: Wishes, number: int) -> Row:
    """Return the rhythms, the chosen one ticked."""
    names = _rhythm_names(speak(wishes.language))
    return tuple(
        choice(name, f"rhythm_{one.value}", is_on=one is wishes.rhythm, number=number) for one, name in names.items()
    )


def choice(name: str, code: str, *, is_on: bool, number: int) -> Button:
    """Return a button that chooses something."""
    return Button(f"✓ {name}" if is_on else name, data=encode_tap(Tap(Verb.CHOOSE, number, code)))


def step(name: str, page: str, number: int = SETTINGS) -> Button:
    """Return a button that leads to a page."""
    return Button(name, data=encode_tap(Tap(Verb.STEP, number, page)))


def rows(buttons: list[Button], width: int) -> list[Row]:
    """Lay buttons out in rows."""
    return [tuple(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def explain_tiers(t: Translator) -> str:
    """Say what each data tier means, a line each."""
    return t(
        "• <b>Full</b>: pictures, videos and audio as they are\n"
        "• <b>Light</b>: small pictures and audio, a link instead of a video\n"
        "• <b>Text</b>: words and links alone"
    )


def explain_rhythms(t: Translator) -> str:
    """Say what each rhythm means."""
    return t("Each item as it comes, or all in one message a day or a week.")


def tell_zone(language: str, zone: str) -> str:
    """Confirm the clock that counts from now on."""
    t = speak(language)
    return t.html("🕗 Done. Your hours count in the time of {zone}.", zone=t.city(zone))


def ask_zone(language: str, zone: str) -> str:
    """Say which clock counts, and how to change it."""
    t = speak(language)
    return t.html(
        "🕗 Your hours count in the time of {zone}. To change it, write for example <code>/zone Africa/Nairobi</code>.",
        zone=t.city(zone),
    )


def refuse_zone(language: str, text: str, near: list[str]) -> str:
    """Say that a zone is not known, and which ones sound like it."""
    t = speak(language)
    told = t.html("I do not know the time zone “{text}”.", text=text[:60])
    names = ", ".join(f"<code>/zone {name}</code>" for name in near)
    hint = t("Did you mean one of these?") if near else t("Write a region and a city, such as Europe/Paris.")
    return f"{told} {hint}" + (f"\n{names}" if names else "")


def _main(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    head = t.html("⚙️ <b>Your settings</b> · {party}", party=party)
    buttons = [step(t("🌐 Language"), "language"), step(t("🗂 Topics"), "topics")] if settings.topics else []
    buttons = buttons or [step(t("🌐 Language"), "language")]
    buttons += [
        step(t("📦 Data"), "data"),
        step(t("🕗 Hours"), "hours"),
        step(t("🔁 Rhythm"), "rhythm"),
        step(t("🔢 How many"), "asks"),
        step(t("📣 Networks"), "networks"),
        step(t("🛡 Privacy"), "privacy"),
    ]
    return Message(f"{head}\n\n{summary(wishes, settings)}", tuple(rows(buttons, 2)))


def _language(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    buttons = [
        choice(own_name(code), f"lang_{code}", is_on=code == wishes.language, number=SETTINGS) for code in languages()
    ]
    return _page(t, t("Which language should I speak?"), rows(buttons, 3))


def _topics(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    words = t("What may I send you? Tap a topic to choose it or leave it out.")
    return _page(t, words, topic_rows(wishes, settings, SETTINGS))


def _data(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    return _page(t, explain_tiers(t), [tier_row(wishes, SETTINGS)])


def _hours_page(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    words = t("When may I write to you? Urgent items may come at other times.")
    return _page(t, f"{words}\n\n{ask_zone(wishes.language, wishes.zone)}", hour_rows(wishes, settings, SETTINGS))


def _rhythm(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    return _page(t, explain_rhythms(t), [rhythm_row(wishes, SETTINGS)])


def _asks_page(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    own = wishes.asks_per_week
    usual = t("Usual ({n})", n=settings.sending.asks_per_week)
    buttons = [choice(str(n), f"asks_{n}", is_on=n == own, number=SETTINGS) for n in ASKS]
    buttons = [choice(usual, "asks_auto", is_on=own is None, number=SETTINGS), *buttons]
    words = t("How many items a week at most? The rest comes together in one message a week.")
    return _page(t, words, [(buttons[0],), tuple(buttons[1:])])


def _networks(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    chosen = wishes.networks or tuple(one.value for one in wishes.offered)
    buttons = [
        choice(one.label, f"net_{one.value}", is_on=one.value in chosen, number=SETTINGS) for one in wishes.offered
    ]
    return _page(t, t("Which networks does your party use? The others get no button."), rows(buttons, 3))


def _privacy(wishes: Wishes, party: str, settings: Settings) -> Message:
    t = speak(wishes.language)
    words = [
        t("📊 <b>Clicks</b>: how often your party’s links are opened is counted, never by whom. You may refuse."),
        t(
            "🛡 <b>Extra safety</b>: messages here vanish after {hours} hours and cannot be forwarded, and nothing "
            "of you is in any report.",
            hours=settings.sending.delete_after_hours,
        ),
    ]
    clicks = t("📊 Count clicks") if wishes.untracked else t("📊 Stop counting")
    safety = t("🛡 Safety off") if wishes.high_risk else t("🛡 Safety on")
    buttons = (
        choice(clicks, f"track_{'on' if wishes.untracked else 'off'}", is_on=False, number=SETTINGS),
        choice(safety, f"safety_{'off' if wishes.high_risk else 'on'}", is_on=False, number=SETTINGS),
    )
    state = summary(wishes, settings).splitlines()[-2:]
    return _page(t, "\n\n".join([*words, "\n".join(state)]), [buttons])


def _page(t: Translator, html: str, choices: list[Row]) -> Message:
    return Message(html, (*choices, (step(t("← Back"), "main"),)))


def _tier_names(t: Translator) -> dict[DataTier, str]:
    return {DataTier.FULL: t("Full"), DataTier.LIGHT: t("Light"), DataTier.TEXT: t("Text")}


def _rhythm_names(t: Translator) -> dict[Rhythm, str]:
    return {Rhythm.EACH: t("Each item"), Rhythm.DAILY: t("Daily"), Rhythm.WEEKLY: t("Weekly")}


def _hours(wishes: Wishes, settings: Settings) -> tuple[str, str]:
    own = settings.sending
    return _clock(wishes.opens or own.window_from), _clock(wishes.closes or own.window_to)


def _clock(at: time) -> str:
    return f"{at:%H:%M}" if at.minute else str(at.hour)


def _asks(wishes: Wishes, settings: Settings) -> int:
    return wishes.asks_per_week or settings.sending.asks_per_week


_PAGES: dict[str, Callable[[Wishes, str, Settings], Message]] = {
    "main": _main,
    "language": _language,
    "topics": _topics,
    "data": _data,
    "hours": _hours_page,
    "rhythm": _rhythm,
    "asks": _asks_page,
    "networks": _networks,
    "privacy": _privacy,
}
