"""What the bot says to staff: linking, help, the menu, and how times and audiences are named."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time

from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import shorten
from sharebot.values.desk import When, Whom
from sharebot.values.messages import Button, Message
from sharebot.values.status import MemberKind, StaffRole
from sharebot.values.taps import Tap, Verb, encode_tap

NAME = 60
_MOST_NAMED = 4


def speak(language: str) -> Translator:
    """Return the words of staff's chat."""
    return translator("desk", language)


def desk_commands(language: str) -> dict[str, str]:
    """Return staff's commands with a few words on each."""
    t = speak(language)
    return {
        "today": t("what waits, goes out, went wrong"),
        "queue": t("what goes out next"),
        "drafts": t("what waits for a decision"),
        "add": t("make a draft of a link"),
        "withdraw": t("take something back"),
        "nudge": t("remind those who have not answered"),
        "report": t("this week in figures"),
        "stop": t("stop everything"),
        "go": t("let it go on"),
        "help": t("how it works"),
    }


def desk_help(language: str) -> Message:
    """Explain the work from chat to somebody of staff."""
    t = speak(language)
    words = t(
        "<b>Your desk in Telegram</b>\n"
        "You may do here what your role lets you do on the pages.\n\n"
        "• New drafts come as cards: approve, edit, later, put away.\n"
        "• Paste a link, and it becomes a draft. So does a post that you forward to me in private.\n"
        "• Return asks for a note; answer my question with it."
    )
    menu = "\n".join(f"/{name} – {line}" for name, line in desk_commands(language).items() if name != "help")
    return Message(f"{words}\n\n{menu}")


def how_to_link(language: str, account_url: str) -> str:
    """Say once to somebody in staff's chat how to be known there."""
    return speak(language).html(
        "I do not know you as staff yet. Open {url}, take the code from there and send me /staff with it in our "
        "private chat.",
        url=account_url,
    )


def linked(language: str, *, name: str, role: StaffRole, region: str | None) -> str:
    """Welcome somebody of staff in their private chat."""
    t = speak(language)
    known = {
        StaffRole.ADMIN: t("administrator"),
        StaffRole.APPROVER: t("approver"),
        StaffRole.EDITOR: t("editor"),
        StaffRole.VIEWER: t("viewer"),
    }[role]
    if region:
        return t.html(
            "✅ Linked: {name}, {role} for {region}. /help shows what you can do here.",
            name=shorten(name, NAME),
            role=known,
            region=region,
        )
    return t.html("✅ Linked: {name}, {role}. /help shows what you can do here.", name=shorten(name, NAME), role=known)


def bad_code(language: str) -> str:
    """Answer a code that opens nothing."""
    return speak(language)("This code does not work, or not any more. You find a new one on your page “Account”.")


def not_allowed(language: str) -> str:
    """Say for a moment that somebody's role does not go that far."""
    return speak(language)("Your role does not allow that.")


def not_your_region(language: str) -> str:
    """Say for a moment that something concerns more than somebody's region."""
    return speak(language)("That concerns parties outside your region.")


def not_known(language: str) -> str:
    """Say for a moment that only linked staff may tap."""
    return speak(language)("Only staff who have linked their account can do that.")


def not_now(language: str) -> str:
    """Say for a moment that something is not possible any more."""
    return speak(language)("That is not possible any more. Its page says why.")


def only_on_page(language: str) -> str:
    """Say for a moment that approving from chat is switched off."""
    return speak(language)("Approving from chat is switched off. Please use the page.")


def second_pair(language: str) -> str:
    """Say for a moment that somebody else has to approve."""
    return speak(language)("You proposed it yourself: somebody else has to approve it.")


def ask_whom(language: str, *, organisation: str) -> Message:
    """Ask somebody who is both staff and an officer in which of the two they mean it."""
    t = speak(language)
    rows = (
        (Button(t("🗂 A draft for {name}", name=shorten(organisation, 30)), data=_tap("staff")),),
        (Button(t("📣 A post of my party"), data=_tap("officer")),),
    )
    return Message(t("What is this?"), rows)


def _tap(argument: str) -> str:
    return encode_tap(Tap(Verb.DESK, 0, argument))


def say_when(t: Translator, when: When, zone: str) -> str:
    """Say when an entry is sent, in the clock of `zone` where it is one instant."""
    if when.on is not None:
        noon = datetime.combine(when.on, time(12), ZoneInfo("UTC"))
        clock = format_time(when.local or time(9), format="short", locale=t.locale)
        return t("{day}, at {clock} of their own clock", day=_day(t, noon, "UTC"), clock=clock)
    if when.at is not None:
        return t("{day}, at {clock}", day=_day(t, when.at, zone), clock=t.clock(when.at, zone))
    return t("as soon as possible")


def _day(t: Translator, at: datetime, zone: str) -> str:
    return str(format_skeleton("MMMEd", at, tzinfo=ZoneInfo(zone), locale=t.locale))


def say_day(t: Translator, at: datetime, zone: str) -> str:
    """Say the day of an instant, briefly."""
    return str(format_skeleton("MMMd", at, tzinfo=ZoneInfo(zone), locale=t.locale))


def say_moment(t: Translator, at: datetime, zone: str) -> str:
    """Say one instant."""
    return t("{day}, at {clock}", day=_day(t, at, zone), clock=t.clock(at, zone))


def say_whom(t: Translator, whom: Whom) -> str:
    """Say for which parties an entry is."""
    if whom.is_all:
        return t("All parties")
    kinds = {
        MemberKind.PARTY: t("parties alone"),
        MemberKind.PARTNER: t("partner organisations"),
        MemberKind.PERSONALITY: t("personalities"),
    }
    parts = [
        _some(list(whom.regions)),
        _some([t.country_name(code) for code in whom.countries]),
        _some([t.language_name(code) for code in whom.languages]),
        _some([kinds[MemberKind(kind)] for kind in whom.kinds]),
        t.n("{n} chosen party", "{n} chosen parties", whom.members) if whom.members else "",
    ]
    return " · ".join(part for part in parts if part)


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" +{more}" if more > 0 else "")
