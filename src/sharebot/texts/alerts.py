"""What alerts say to staff: what is wrong, since when, and what to do; as a chat message and as a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sharebot.texts.catalogue import Translator, translator
from sharebot.values.alerts import AlertCode, NoticeGroup
from sharebot.values.mail import Mail
from sharebot.values.messages import Message
from sharebot.values.status import Network, PauseKind

CHAT_LIMIT = 4096  # core.telegram.org/bots/api#sendmessage: UTF-16 units, counted here with the tags
_NAMED = 8  # of many entries, sources or machines only the first ones are named
_BEGAN, _OVER = "⚠️", "✅"
_MOMENT = "d MMM y, HH:mm"  # a CLDR pattern: a month by its name, since 11/12 is read in two ways


@dataclass(frozen=True, slots=True)
class Sender:
    """Who tells it: the organisation, its zone, and where its staff pages are."""

    organisation: str
    zone: str
    pages_url: str


@dataclass(frozen=True, slots=True)
class _Block:
    """One group in words; `advice` is empty when it is over."""

    sign: str
    title: str
    facts: str
    advice: str
    when: str


def speak(language: str) -> Translator:
    """Return the words of the alerts in a language."""
    return translator("alerts", language)


def compose_chat(groups: Sequence[NoticeGroup], *, language: str, sender: Sender) -> Message:
    """Write one chat message of all groups; where it grows too long, the least grave go without advice."""
    t = speak(language)
    blocks = [_block(t, group, sender.zone) for group in groups]
    parts = [_as_chat(block, advice=False) for block in blocks]
    while len(parts) > 1 and _units(parts) > CHAT_LIMIT:
        parts.pop()
    for number in range(len(parts)):
        fuller = [*parts[:number], _as_chat(blocks[number], advice=True), *parts[number + 1 :]]
        if _units(fuller) <= CHAT_LIMIT:
            parts = fuller
    return Message("\n\n".join(parts))


def compose_mail(groups: Sequence[NoticeGroup], *, to: str, language: str, message_id: str, sender: Sender) -> Mail:
    """Write one mail of all groups; equal groups give equal bytes."""
    t = speak(language)
    blocks = [_block(t, group, sender.zone) for group in groups]
    foot = t("Each word in brackets has a section in docs/operations.md. Staff pages: {url}", url=sender.pages_url)
    text = "\n\n".join([*(_as_text(block) for block in blocks), foot]) + "\n"
    body = "".join(_as_html(block) for block in blocks)
    html = (
        f'<!doctype html><html lang="{escape(language)}"><body style="font-family:sans-serif;line-height:1.4">'
        f'{body}<p style="color:#555">{escape(foot)}</p></body></html>'
    )
    subject = f"{sender.organisation}: {_subject(t, groups, blocks)}"
    return Mail(to=to, subject=subject, text=text, html=html, message_id=message_id, language=language)


def describe(group: NoticeGroup, *, language: str, zone: str) -> tuple[str, str, str]:
    """Return what is wrong, how much of it since when, and what to do, for a page."""
    t = speak(language)
    block = _block(t, group, zone)
    since = t("since {since}", since=t.moment(group.since, zone, _MOMENT))
    return block.title, " · ".join(part for part in (block.facts, since) if part), block.advice


def _subject(t: Translator, groups: Sequence[NoticeGroup], blocks: Sequence[_Block]) -> str:
    if len(blocks) == 1:
        return blocks[0].title
    began = sum(len(group.notices) for group in groups if not group.is_over)
    over = sum(len(group.notices) for group in groups if group.is_over)
    parts = [t.n("{n} new alert", "{n} new alerts", began)] if began else []
    parts += [t.n("{n} resolved", "{n} resolved", over)] if over else []
    return ", ".join(parts)


def _block(t: Translator, group: NoticeGroup, zone: str) -> _Block:
    title = _titles(t)[group.code]
    facts = " · ".join(part for part in (_where(t, group), "" if group.is_over else _how_much(t, group)) if part)
    since = t.moment(group.since, zone, _MOMENT)
    if group.is_over:
        until = t.moment(max(one.resolved_at or one.opened_at for one in group.notices), zone, _MOMENT)
        when = t("from {since} to {until} [{code}]", since=since, until=until, code=group.code.value)
        return _Block(_OVER, t("Resolved: {title}", title=title), facts, "", when)
    when = t("since {since} [{code}]", since=since, code=group.code.value)
    return _Block(_BEGAN, title, facts, find_advice(t, group), when)


def _as_chat(block: _Block, *, advice: bool) -> str:
    lines = [f"{block.sign} <b>{escape(block.title, quote=False)}</b>", escape(block.facts, quote=False)]
    lines += [escape(block.advice, quote=False)] if advice else []
    lines.append(f"<i>{escape(block.when, quote=False)}</i>")
    return "\n".join(line for line in lines if line)


def _as_text(block: _Block) -> str:
    lines = (f"{block.sign} {block.title}", block.facts, block.advice, block.when)
    return "\n".join(line for line in lines if line)


def _as_html(block: _Block) -> str:
    head = f'<h2 style="font-size:1.1em;margin-bottom:0">{block.sign} {escape(block.title)}</h2>'
    lines = (escape(line) for line in (block.facts, block.advice, block.when) if line)
    return f'{head}<p style="margin-top:.3em">{"<br>".join(lines)}</p>'


def _units(parts: Sequence[str]) -> int:
    return len("\n\n".join(parts).encode("utf-16-le")) // 2


def _titles(t: Translator) -> dict[AlertCode, str]:
    return {
        AlertCode.BOT_PAUSED: t("The bot is paused"),
        AlertCode.RESTORED: t("A restored backup waits for you"),
        AlertCode.NO_WORKER: t("No worker is running"),
        AlertCode.CLOCK_WRONG: t("A machine's clock is wrong"),
        AlertCode.DISK_LOW: t("The disk is nearly full"),
        AlertCode.BOT_HALTED: t("Telegram told the bot to be silent"),
        AlertCode.BREAKER_OPEN: t("Telegram cannot be reached"),
        AlertCode.ENTRY_PAUSED: t("An item is held back"),
        AlertCode.DELIVERIES_LATE: t("Messages are late"),
        AlertCode.NEEDS_REVIEW: t("A person has to decide about messages"),
        AlertCode.UPDATE_FAILED: t("Something that officers did could not be taken in"),
        AlertCode.REPORT_FAILED: t("A report could not be mailed"),
        AlertCode.OWN_ACCOUNT_LOST: t("An account of our own is lost"),
        AlertCode.ACCOUNT_TAKEN_OVER: t("Somebody else has taken over a party's account"),
        AlertCode.TRACKER_FAILING: t("A network has not answered for a day"),
        AlertCode.BUDGET_SPENT: t("The month's money for a network is spent"),
        AlertCode.SOURCE_FAILING: t("A source has not answered for a day"),
        AlertCode.WEBHOOK_FAILING: t("A webhook has not taken a call for a day"),
    }


def _where(t: Translator, group: NoticeGroup) -> str:
    names = ", ".join(_name(group.code, subject) for subject in group.subjects[:_NAMED])
    if not names:
        return ""
    if (more := len(group.subjects) - _NAMED) > 0:
        names = t.n("{names} and {n} more", "{names} and {n} more", more, names=names)
    match group.code:
        case AlertCode.CLOCK_WRONG:
            return t("Machine: {names}", names=names)
        case AlertCode.ENTRY_PAUSED | AlertCode.NEEDS_REVIEW:
            return t("Entry: {names}", names=names)
        case AlertCode.REPORT_FAILED:
            return t("Week: {names}", names=names)
        case AlertCode.OWN_ACCOUNT_LOST | AlertCode.ACCOUNT_TAKEN_OVER:
            return t("Account: {names}", names=names)
        case AlertCode.TRACKER_FAILING | AlertCode.BUDGET_SPENT:
            return t("Network: {names}", names=names)
        case AlertCode.SOURCE_FAILING:
            return t("Source: {names}", names=names)
        case AlertCode.WEBHOOK_FAILING:
            return t("Webhook: {names}", names=names)
        case _:
            return t("Bot: {names}", names=names)


def _name(code: AlertCode, subject: str) -> str:
    is_network = code in {AlertCode.TRACKER_FAILING, AlertCode.BUDGET_SPENT} and subject in set(Network)
    return Network(subject).label if is_network else subject


def _how_much(t: Translator, group: NoticeGroup) -> str:
    match group.code:
        case AlertCode.DISK_LOW:
            return t("{size} MB are free", size=t.number(group.count))
        case AlertCode.DELIVERIES_LATE:
            return t.n("{n} message waits", "{n} messages wait", group.count)
        case AlertCode.NEEDS_REVIEW:
            return t.n("{n} message", "{n} messages", group.count)
        case AlertCode.UPDATE_FAILED:
            return t.n("{n} tap or message", "{n} taps or messages", group.count)
        case AlertCode.REPORT_FAILED:
            return t.n("{n} mail", "{n} mails", group.count)
        case _:
            return ""


def find_advice(t: Translator, group: NoticeGroup) -> str:
    """Say what it means and what to do, in a few sentences; the runbook says more."""
    if group.code is AlertCode.BOT_PAUSED:
        return "\n".join(dict.fromkeys(_about_pause(t, one.detail) for one in group.notices))
    return (_about_machines(t) | _about_telegram(t) | _about_items(t) | _about_tracking(t))[group.code]


def _about_pause(t: Translator, kind: str) -> str:
    known = {
        PauseKind.TOKEN: t(
            "Telegram does not accept its token. Set a valid one, restart, then: sharebot bot resume. "
            "Nothing is lost meanwhile."
        ),
        PauseKind.CONFLICT: t(
            "Another program uses the same token and takes the bot's messages away. "
            "Stop it, then: sharebot bot resume. Nothing is lost meanwhile."
        ),
        PauseKind.OTHER_BOT: t(
            "The token belongs to another bot than before. Set the right one, restart, then: sharebot bot resume."
        ),
    }
    other = t("Nothing is sent until somebody resumes it. Why: sharebot bot status. To go on: sharebot bot resume.")
    return next((words for known_kind, words in known.items() if known_kind == kind), other)


def _about_machines(t: Translator) -> dict[AlertCode, str]:
    return {
        AlertCode.RESTORED: t(
            "More may have gone out since the backup than it knows of, so that nothing is sent now. Look at what "
            "needs a decision and at the entries held back, then: sharebot bot resume."
        ),
        AlertCode.NO_WORKER: t(
            "Nothing is sent and no tap is taken in. Start it again: sharebot worker, or sharebot run."
        ),
        AlertCode.CLOCK_WRONG: t(
            "It sends nothing while its clock disagrees with Telegram's. Set the clock, and keep it right with NTP."
        ),
        AlertCode.DISK_LOW: t("Make room soon: on a full disk nothing is sent and no click is counted."),
    }


def _about_telegram(t: Translator) -> dict[AlertCode, str]:
    return {
        AlertCode.BOT_HALTED: t(
            "It goes on by itself when the time is over. If this comes again, lower telegram.per_second."
        ),
        AlertCode.BREAKER_OPEN: t(
            "It tries again by itself, and nothing is lost. Check this machine's way to the internet."
        ),
        AlertCode.UPDATE_FAILED: t(
            "The bot met an error of its own. The log names it; please report it to those who maintain sharebot."
        ),
    }


def _about_items(t: Translator) -> dict[AlertCode, str]:
    return {
        AlertCode.ENTRY_PAUSED: t(
            "Telegram refuses it, or it waits for another reason: the queue page says which. Withdraw it, or resume it."
        ),
        AlertCode.DELIVERIES_LATE: t(
            "They have been due for more than 15 minutes although the bot may send. Look at the workers' logs."
        ),
        AlertCode.NEEDS_REVIEW: t(
            "Nobody knows whether they arrived, and one more copy is not sent by itself. Ask, then decide on the page "
            "“Messages in doubt”."
        ),
        AlertCode.REPORT_FAILED: t(
            "The mail server refused it, or did not answer eight times. Mend that, then: sharebot report --to."
        ),
        AlertCode.SOURCE_FAILING: t(
            "Nothing new comes from it. Its address may have changed; the page “Sources” shows the reason."
        ),
        AlertCode.WEBHOOK_FAILING: t(
            "Another program hears nothing of what happens here. The page “API and webhooks” shows the reason; mend "
            "the receiver, or pause it."
        ),
    }


def _about_tracking(t: Translator) -> dict[AlertCode, str]:
    return {
        AlertCode.OWN_ACCOUNT_LOST: t(
            "It is gone, hidden or somebody else's, so that nobody who repeats it is seen. Look at the page "
            "“Networks”, and at the account itself; correct its name in the settings if it has moved."
        ),
        AlertCode.ACCOUNT_TAKEN_OVER: t(
            "Its name belongs to another account now. Nothing there counts for the party any more. Ask the party, "
            "warn it of an impostor, and enter its new account; the page “Networks” lists it."
        ),
        AlertCode.TRACKER_FAILING: t(
            "What parties share there is not seen, and they are shown as not observable. The page “Networks” says why. "
            "It is asked again by itself."
        ),
        AlertCode.BUDGET_SPENT: t(
            "What parties share there is not seen until the 1st, and they are shown as not observable. Raise the "
            "budget in the settings if that is wanted."
        ),
    }
