"""Staff's lists in chat: the queue, today, one entry, what is withdrawn or reminded of, the stop, links."""

from collections.abc import Sequence

from sharebot.texts.catalogue import Translator
from sharebot.texts.cutting import shorten
from sharebot.texts.desk import NAME, say_day, say_when, say_whom, speak
from sharebot.values.desk import EntryLine, Morning
from sharebot.values.messages import Button, Message
from sharebot.values.status import EntryStatus
from sharebot.values.taps import Tap, Verb, encode_tap

_TITLE, _IN_ROW = 60, 5
_LABEL, _SOURCE, _NAMED, _REASON = 30, 40, 3, 200


def compose_queue(language: str, lines: Sequence[EntryLine], *, total: int, zone: str, page_url: str) -> Message:
    """List what goes out next; a number opens its entry."""
    t = speak(language)
    page = Button(t("🔎 The whole queue"), url=page_url)
    if not lines:
        return Message(t("🕊 Nothing is planned, and nothing is on its way."), ((page,),))
    parts = [t("<b>What goes out next</b>")]
    parts += [f"{number}. {_line(t, line, zone)}" for number, line in enumerate(lines, start=1)]
    if more := max(0, total - len(lines)):
        parts.append(t.n("and {n} more", "and {n} more", more))
    numbers = [Button(str(n), data=_tap(line.id, "entry")) for n, line in enumerate(lines, start=1)]
    rows = [tuple(numbers[at : at + _IN_ROW]) for at in range(0, len(numbers), _IN_ROW)]
    return Message("\n".join(parts), (*rows, (page,)))


def _line(t: Translator, line: EntryLine, zone: str) -> str:
    told = t.html("{title} – {when}", title=_title(t, line), when=say_when(t, line.when, zone))
    if line.status is EntryStatus.RELEASED:
        sent, total = t.number(line.sent), t.number(line.total)
        told = t.html("{title} – {sent} of {total} sent", title=_title(t, line), sent=sent, total=total)
    return f"⏸ {told}" if line.status is EntryStatus.PAUSED else told


def _title(t: Translator, line: EntryLine) -> str:
    return shorten(line.title, _TITLE) or t("Untitled")


def compose_entry(language: str, line: EntryLine, *, zone: str) -> Message:
    """Show one entry, with what may be done with it."""
    t = speak(language)
    is_out = line.status is EntryStatus.RELEASED
    keys = [Button(t("🛑 Withdraw"), data=_tap(line.id, "withdraw"))] if line.within else []
    keys += [Button(t("🔔 Remind"), data=_tap(line.id, "nudge"))] if line.within and is_out else []
    rows = (tuple(keys),) if keys else ()
    last = (Button(t("🔎 Open"), url=line.page_url), Button(t("↩️ Back"), data=_tap(0, "queue")))
    return Message(_about(t, line, zone), (*rows, last))


def _about(t: Translator, line: EntryLine, zone: str) -> str:
    words = [f"<b>{t.html('{title}', title=_title(t, line))}</b>"]
    words.append(t.html("{whom}, {when}", whom=say_whom(t, line.whom), when=say_when(t, line.when, zone)))
    if line.total:
        sent = t.n("{m} of {n} message sent", "{m} of {n} messages sent", line.total, m=t.number(line.sent))
        words.append(t.html("📬 {sent}", sent=sent))
    if line.status is EntryStatus.PAUSED:
        words.append(t("⏸ It is halted."))
    return "\n".join(words)


def choose_entry(language: str, lines: Sequence[EntryLine], *, verb: str, zone: str) -> Message:
    """Ask which of the last items is to be withdrawn, or its officers reminded of."""
    t = speak(language)
    is_withdrawal = verb == "withdraw"
    if not lines:
        empty = t("Nothing is out that anybody could answer.")
        return Message(t("There is nothing to withdraw.") if is_withdrawal else empty)
    question = t("Which one is to be withdrawn?") if is_withdrawal else t("Whose officers are to be reminded?")
    rows = [(Button(_label(t, line, zone), data=_tap(line.id, verb)),) for line in lines]
    return Message(question, (*rows, (Button(t("✖️ No"), data=_tap(0, "no")),)))


def _label(t: Translator, line: EntryLine, zone: str) -> str:
    """Name an entry on a button by its day, since a content may go out twice, and by its title."""
    return f"{say_day(t, line.release_at, zone)} · {shorten(line.title, _LABEL) or t('Untitled')}"


def confirm_withdrawal(language: str, line: EntryLine, *, zone: str) -> Message:
    """Ask whether an entry is really to be withdrawn, and say what that does."""
    t = speak(language)
    told = t.n(
        "{n} message has arrived: it will say that this was withdrawn, and whoever shared it is told.",
        "{n} messages have arrived: they will say that this was withdrawn, and whoever shared it is told.",
        line.sent,
    )
    if not line.sent:
        told = t("Nobody has it yet, and nobody will get it.")
    yes = Button(t("🛑 Withdraw it"), data=_tap(line.id, "withdraw_yes"))
    keys = (yes, Button(t("✖️ No"), data=_tap(0, "no")))
    return Message(f"{_about(t, line, zone)}\n\n{t('Withdraw this?')} {told}", (keys,))


def withdrawn(language: str, line: EntryLine, *, name: str, cancelled: int, edits: int, told: int) -> str:
    """Say what a withdrawal did."""
    t = speak(language)
    facts = [
        t.n("{n} message not sent", "{n} messages not sent", cancelled) if cancelled else "",
        t.n("{n} message changed", "{n} messages changed", edits) if edits else "",
        t.n("{n} officer told", "{n} officers told", told) if told else "",
    ]
    by = t.html("🛑 <b>Withdrawn by {name}</b>: “{title}”.", name=shorten(name, NAME), title=_title(t, line))
    return "\n".join(part for part in (by, ", ".join(fact for fact in facts if fact)) if part)


def confirm_nudge(language: str, line: EntryLine, *, count: int, left_out: int) -> Message:
    """Say how many would be reminded, and ask for it."""
    t = speak(language)
    title = f"🔔 <b>{t.html('{title}', title=_title(t, line))}</b>"
    left = t.n(
        "{n} officer more has not answered, and is left in peace: the page says why.",
        "{n} officers more have not answered, and are left in peace: the page says why.",
        left_out,
    )
    if not count:
        nobody = t("There is nobody to remind.")
        rows = ((Button(t("🔎 Open"), url=line.page_url), Button(t("↩️ Back"), data=_tap(line.id, "entry"))),)
        return Message("\n".join([title, nobody, *([left] if left_out else [])]), rows)
    told = t.n(
        "{n} officer has not answered and can be reminded once, in their own hours.",
        "{n} officers have not answered and can be reminded once, in their own hours.",
        count,
    )
    yes = Button(t.n("🔔 Remind {n}", "🔔 Remind {n}", count), data=_tap(line.id, "nudge_yes"))
    keys = (yes, Button(t("✖️ No"), data=_tap(0, "no")))
    return Message("\n".join([title, told, *([left] if left_out else [])]), (keys,))


def nudged(language: str, line: EntryLine, *, name: str, count: int) -> str:
    """Say how many are reminded."""
    t = speak(language)
    told = t.n("{n} officer is reminded", "{n} officers are reminded", count)
    return t.html("🔔 {name}: {told} of “{title}”.", name=shorten(name, NAME), told=told, title=_title(t, line))


def left_alone(language: str) -> str:
    """Say that nothing was changed."""
    return speak(language)("All right, nothing is changed.")


def ask_stop(language: str, reason: str) -> Message:
    """Ask whether everything is to stop; the reason stands in its own paragraph, where the tap finds it again."""
    t = speak(language)
    keys = (Button(t("🛑 Stop now"), data=_tap(0, "stop")), Button(t("✖️ No"), data=_tap(0, "no")))
    question = t("<b>Stop everything?</b> Nothing is sent any more until somebody lets it go on.")
    return Message("\n\n".join([question, *([t.html("{reason}", reason=reason)] if reason else [])]), (keys,))


def stopped(language: str, *, name: str, reason: str) -> Message:
    """Say that nothing is sent, and offer to let it go on."""
    t = speak(language)
    told = t.html("🛑 <b>{name} has stopped everything.</b>", name=shorten(name, NAME))
    why = [t.html("{reason}", reason=shorten(reason, _REASON))] if reason else []
    return Message("\n".join([told, *why]), ((Button(t("▶️ Let it go on"), data=_tap(0, "go")),),))


def goes_on(language: str, *, name: str) -> str:
    """Say that sending goes on."""
    return speak(language).html("▶️ {name}: it goes on. What was due meanwhile is sent now.", name=shorten(name, NAME))


def not_stopped(language: str) -> str:
    """Answer whoever lets go on what was never stopped."""
    return speak(language)("Nothing was stopped.")


def stopped_otherwise(language: str, *, page_url: str) -> Message:
    """Say that a halt has another cause than staff, which is ended on the page."""
    t = speak(language)
    page = Button(t("🔎 Open"), url=page_url)
    return Message(t("The bot is halted for another reason. The page says which."), ((page,),))


def compose_today(language: str, morning: Morning, *, zone: str, page_url: str) -> Message:
    """Say what waits, what goes out, what went wrong, and how the week is."""
    t = speak(language)
    parts = [t("<b>What waits for you</b>"), *_waiting(t, morning)]
    parts += ["", t("<b>What goes out next</b>")]
    parts += [f"• {_line(t, line, zone)}" for line in morning.next] or [t("Nothing is planned.")]
    parts += ["", t("<b>The last seven days</b>"), *_week(t, morning)]
    keys = [(Button(t("📰 Show the drafts"), data=_tap(0, "drafts")),)] if morning.drafts else []
    return Message("\n".join(parts), (*keys, (Button(t("🔎 Open"), url=page_url),)))


def _waiting(t: Translator, morning: Morning) -> list[str]:
    lines = []
    if morning.paused is not None:
        lines.append(t.html("🛑 Nothing is sent: {reason}", reason=shorten(morning.paused, _REASON) or "–"))
    counted = (
        (morning.drafts, t.n("📰 {n} draft", "📰 {n} drafts", morning.drafts)),
        (morning.quarantined, t.n("⚠️ {n} of them is odd", "⚠️ {n} of them are odd", morning.quarantined)),
        (morning.proposals, t.n("💡 {n} proposal of a party", "💡 {n} proposals of parties", morning.proposals)),
        (morning.officers, t.n("👋 {n} person who joined", "👋 {n} people who joined", morning.officers)),
        (morning.doubts, t.n("❓ {n} message in doubt", "❓ {n} messages in doubt", morning.doubts)),
    )
    lines += [words for count, words in counted if count]
    if morning.sources:
        names = ", ".join(shorten(name, _SOURCE) for name in morning.sources[:_NAMED])
        more = len(morning.sources) - _NAMED
        lines.append(t.html("📡 Sources that fail: {names}", names=names + (f" +{more}" if more > 0 else "")))
    return lines or [t("Nothing. 🕊")]


def _week(t: Translator, morning: Morning) -> list[str]:
    reached = t.n("{n} party", "{n} parties", morning.parties_reached)
    return [
        t.n("📬 {n} message to {parties}", "📬 {n} messages to {parties}", morning.messages, parties=reached),
        t.n("🗣 {n} party says that it shared", "🗣 {n} parties say that they shared", morning.parties_claimed),
        t.n("👁 {n} party seen sharing", "👁 {n} parties seen sharing", morning.parties_observed),
        t.n("👥 {n} click by a person", "👥 {n} clicks by people", morning.clicks),
    ]


def no_drafts(language: str) -> str:
    """Answer where no draft waits."""
    return speak(language)("No draft waits. 🕊")


def more_drafts(language: str, count: int, *, page_url: str) -> Message:
    """Say how many more drafts there are than were shown."""
    t = speak(language)
    words = t.n("{n} more draft waits on the page.", "{n} more drafts wait on the page.", count)
    return Message(words, ((Button(t("🔎 Open"), url=page_url),),))


def looking(language: str) -> str:
    """Say that a link is being read."""
    return speak(language)("👀 I am reading it…")


def draft_made(language: str, title: str) -> str:
    """Say that a link or a message became a draft; its card follows."""
    t = speak(language)
    return t.html("📥 A draft now: “{title}”", title=shorten(title, _TITLE) or t("Untitled"))


def file_left_out(language: str) -> str:
    """Say that a message's file did not come along."""
    return speak(language)("Its file did not come along: add it on the page.")


def known_already(language: str, title: str) -> str:
    """Say that a link is known; its card follows."""
    t = speak(language)
    return t.html("📎 Known already: “{title}”", title=shorten(title, _TITLE) or t("Untitled"))


def unreadable(language: str) -> str:
    """Say that a link cannot be read."""
    return speak(language)("I cannot read that page. Is the address right, and open to everybody?")


def no_link(language: str) -> str:
    """Answer /add without a link."""
    return speak(language)("Write the link behind it: /add https://…")


def nothing_in_it(language: str) -> str:
    """Answer a message that has neither words nor a link."""
    return speak(language)("I can make a draft of words or of a link. Please send it with its text.")


def understood(language: str, *, as_staff: bool) -> str:
    """Say in which of two meanings a message is taken."""
    t = speak(language)
    return t("🗂 A draft, then.") if as_staff else t("📣 A post of your party, then.")


def _tap(number: int, argument: str) -> str:
    return encode_tap(Tap(Verb.DESK, number, argument))
