"""What somebody who joins reads, and what staff are asked about them."""

from sharebot.config.settings import Settings
from sharebot.texts.catalogue import languages
from sharebot.texts.replies import neutral
from sharebot.texts.settings import (
    JOINING,
    explain_rhythms,
    explain_tiers,
    hour_rows,
    own_name,
    rhythm_row,
    speak,
    step,
    summary,
    tier_row,
    topic_rows,
)
from sharebot.values.messages import Button, Message
from sharebot.values.seats import Farewell, Newcomer, Wishes
from sharebot.values.taps import Tap, Verb, encode_tap


def ask_consent(language: str, *, party: str, organisation: str) -> Message:
    """Greet, say what is stored and why, and ask whether that is right; nothing else is stored before."""
    t = speak(language)
    words = t.html(
        "👋 Welcome! I bring you what {organisation} would like <b>{party}</b> to share.\n\n"
        "<b>What is stored, and why</b>\n"
        "• this chat’s number, encrypted: to write to you\n"
        "• what you choose and tap here: to send you what suits you\n"
        "• what your party shared: for a weekly report on parties, not on people\n\n"
        "/export shows it to you and /forget erases it, at any time. /help says more.",
        organisation=organisation,
        party=party,
    )
    others = tuple(
        Button(own_name(code), data=encode_tap(Tap(Verb.SPEAK, JOINING, code)))
        for code in languages()
        if code != language
    )
    agreed = Button(t("✅ I agree"), data=encode_tap(Tap(Verb.AGREE, 0, language)))
    return Message(words, ((agreed,), others))


def choose_topics(wishes: Wishes, settings: Settings) -> Message:
    """Ask which topics are wanted; all are chosen at first."""
    t = speak(wishes.language)
    words = t("What may I send you? Tap a topic to choose it or leave it out.")
    return Message(words, (*topic_rows(wishes, settings, JOINING), (step(t("Continue →"), "wishes", JOINING),)))


def choose_wishes(wishes: Wishes, settings: Settings) -> Message:
    """Ask for the data tier, the hours and the rhythm on one screen, with what is usual chosen."""
    t = speak(wishes.language)
    words = "\n\n".join(
        [
            f"📦 {t('How much data may it be?')}\n{explain_tiers(t)}",
            f"🕗 {t.html('When may I write to you, in the time of {zone}?', zone=t.city(wishes.zone))}",
            f"🔁 {explain_rhythms(t)}",
        ]
    )
    choices = [tier_row(wishes, JOINING), *hour_rows(wishes, settings, JOINING), rhythm_row(wishes, JOINING)]
    return Message(words, (*choices, (step(t("✅ Done"), "done", JOINING),)))


def waiting(language: str, organisation: str) -> str:
    """Tell somebody who agreed what happens next."""
    return speak(language).html(
        "Thank you! {organisation} will now confirm that it is you. I will write to you after that.\n\n"
        "/settings changes what you chose.",
        organisation=organisation,
    )


def standing(wishes: Wishes, *, party: str, settings: Settings) -> str:
    """Answer /start of somebody who is in."""
    t = speak(wishes.language)
    head = t.html("You are set up for <b>{party}</b>.", party=party)
    return f"{head}\n\n{summary(wishes, settings)}\n\n{t('/settings changes it, /help shows how it works.')}"


def language_set(language: str) -> str:
    """Confirm the chosen language in that language."""
    return speak(language)("Done. I will write in English from now on.")


def compose_newcomer(newcomer: Newcomer, *, decided: str = "") -> Message:
    """Ask staff who it is, or show what was `decided`; after that nothing of the person is shown."""
    t = speak(newcomer.language)
    if not newcomer.is_open:
        known = t("Let in.") if newcomer.is_in else t("Not let in.")
        asked = t.html("🙋 Somebody joined for <b>{party}</b>.", party=newcomer.party)
        return Message(f"{asked}\n\n<b>{t.html('{decided}', decided=decided or known)}</b>")
    words = t.html(
        "🙋 Somebody joined for <b>{party}</b>.\n\nSeat: {label}\nName in Telegram: {name}\nLanguage: {language}\n\n"
        "Ask the party whether it is them before you let them in: a link can be passed on.",
        party=newcomer.party,
        label=newcomer.label,
        name=newcomer.name or "–",
        language=t.language_name(newcomer.speaks),
    )
    buttons = (
        Button(t("✅ Yes, let in"), data=encode_tap(Tap(Verb.ADMIT, newcomer.officer_id, "yes"))),
        Button(t("🚫 No"), data=encode_tap(Tap(Verb.ADMIT, newcomer.officer_id, "no"))),
    )
    return Message(words, (buttons,))


def tell_admission(language: str, *, is_in: bool, name: str) -> str:
    """Say who let somebody in, or did not."""
    t = speak(language)
    return t("{name}: let in.", name=name) if is_in else t("{name}: not let in.", name=name)


def compose_farewell(farewell: Farewell) -> Message:
    """Tell a chat that it is forgotten: its successor is in, or it was not let in."""
    if not farewell.has_successor:
        return Message(neutral())
    words = speak(farewell.language).html(
        "🤝 Your successor is in, so this is goodbye. Everything held about you is being erased now, this chat’s "
        "number too. {organisation} thanks you!",
        organisation=farewell.organisation,
    )
    return Message(words, protected=farewell.high_risk)
