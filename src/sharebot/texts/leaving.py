"""A break, a successor, a copy of everything, or none of it any more."""

from datetime import date

from sharebot.texts.settings import speak
from sharebot.values.messages import Button, Message
from sharebot.values.seats import Erased
from sharebot.values.taps import Tap, Verb, encode_tap


def paused(language: str, until: date | None) -> Message:
    """Confirm the break, and offer other ends of it."""
    t = speak(language)
    words = t("⏸ Paused. You will get nothing more until you write /resume.")
    if until is not None:
        words = t("⏸ Paused. You will get nothing more before {day}, or until you write /resume.", day=t.day(until))
    ends = {
        "tomorrow": t("Until tomorrow"),
        "monday": t("Until next Monday"),
        "weeks": t("For two weeks"),
        "open": t("Until /resume"),
    }
    buttons = [Button(name, data=_leave(f"pause_{end}")) for end, name in ends.items()]
    return Message(words, (tuple(buttons[:2]), tuple(buttons[2:])))


def not_a_date(language: str, text: str) -> str:
    """Say that a word is no day, and how to write one."""
    return speak(language).html(
        "You are paused until you write /resume. I do not understand “{text}” as a day: write for example "
        "<code>/pause 2026-12-24</code>.",
        text=text[:60],
    )


def not_a_future_day(language: str, day: date) -> str:
    """Say that a pause cannot end on that day."""
    t = speak(language)
    return t(
        "You are paused until you write /resume. A pause ends tomorrow at the earliest and within a year; {day} does "
        "not fit.",
        day=t.day(day),
    )


def resumed(language: str) -> str:
    """Confirm the return."""
    return speak(language)("Welcome back! You will get new items again.")


def handed_over(language: str, link: str, hours: int) -> Message:
    """Give the link for a successor."""
    t = speak(language)
    words = t.html(
        "🤝 Send this link to your successor by a way you trust. It works once, for {hours} hours:\n{link}\n\n"
        "As soon as your contact at the secretariat has confirmed them, your own seat ends and everything held about "
        "you is erased. Until then nothing changes.",
        hours=hours,
        link=link,
    )
    return Message(words, ((Button(t("📋 Copy the link"), copy=link),),))


def successor_waits(language: str) -> str:
    """Say that somebody has taken the link already."""
    return speak(language)("🤝 Your successor has joined and waits to be confirmed. After that your seat ends.")


def exported(language: str) -> str:
    """Go along with the file of everything."""
    return speak(language)("📄 This is everything held about you. /forget erases it.")


def ask_whether_to_erase(language: str) -> Message:
    """Ask once before everything is erased."""
    t = speak(language)
    words = t(
        "🗑 Erase everything held about you, at once? You will get nothing more here, and nobody can bring it back. "
        "What your party has shared stays in the party’s figures, without you.\n\n/handover passes your seat on, "
        "/pause is a break."
    )
    yes = Button(t("🗑 Yes, erase everything"), data=_leave("erase"))
    return Message(words, ((yes,), (Button(t("↩︎ Keep"), data=_leave("keep")),)))


def kept(language: str) -> str:
    """Confirm that nothing was erased."""
    return speak(language)("Nothing was erased. Good to have you with us!")


def prove_erasure(language: str, erased: Erased, zone: str) -> Message:
    """Show what was erased, and that a search found nothing of it."""
    t = speak(language)
    counted = [
        t.n("{n} message sent to you, unlinked", "{n} messages sent to you, unlinked", erased.messages),
        t.n("{n} link that you gave", "{n} links that you gave", erased.links),
        t.n("{n} proposal of yours, unlinked", "{n} proposals of yours, unlinked", erased.proposals),
        t.n("{n} raw message from this chat", "{n} raw messages from this chat", erased.updates),
    ]
    numbers = (erased.messages, erased.links, erased.proposals, erased.updates)
    lines = [t("your seat’s name, your settings and this chat’s number")]
    lines += [line for line, number in zip(counted, numbers, strict=True) if number]
    head = t("🗑 <b>Erased</b>, {moment}", moment=t.moment(erased.at, zone))
    proof = t("🔎 After that I searched every table for you and found nothing.")
    if erased.left:
        proof = t.n(
            "🔎 After that I searched every table for you: {n} entry is left. Please tell your contact.",
            "🔎 After that I searched every table for you: {n} entries are left. Please tell your contact.",
            erased.left,
        )
    rest = t(
        "Backups made before today go when their time is over; if one is put back, you are erased again. This chat "
        "itself you delete in Telegram. Thank you for everything!"
    )
    return Message("\n".join([head, *(f"• {line}" for line in lines), "", proof, "", rest]))


def _leave(what: str) -> str:
    return encode_tap(Tap(Verb.LEAVE, 0, what))
