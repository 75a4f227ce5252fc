"""Joining: /start with an invitation, consent, and the few choices before the first item."""

from telegram import Update

from sharebot.bot.context import Context, acknowledge, bot_id_of, officer_of, runtime_of, say, show_instead
from sharebot.runtime import Runtime
from sharebot.store import admission, officers
from sharebot.store.confirming import count_open
from sharebot.store.officers import OfficerView
from sharebot.texts import accounts, joining, leaving, replies
from sharebot.texts.catalogue import languages
from sharebot.texts.settings import compose_settings
from sharebot.values.messages import Message
from sharebot.values.status import OfficerStatus
from sharebot.values.taps import Tap

_LARGEST = 2**52  # Telegram's numbers have at most 52 significant bits


async def on_start(update: Update, context: Context) -> None:
    """Seat the chat that brings a good invitation; say where somebody stands; answer all others alike."""
    runtime, chat = runtime_of(context), update.effective_chat
    if chat is None or not _is_person(update):
        return
    officer = officer_of(context, update)
    if officer is not None:
        with runtime.database.write() as session:
            officers.come_back(session, officer.id, old=OfficerStatus.UNREACHABLE, now=runtime.now())
        await say(context, chat.id, _standing(runtime, officer, _language_of(update, officer)))
        return
    token = (context.args or [""])[0]
    with runtime.database.write() as session:
        joined = officers.join(session, token, bot_id=bot_id_of(context), address=chat.id, now=runtime.now())
    if joined is None:
        await say(context, chat.id, replies.neutral())
        return
    await say(context, chat.id, _ask_consent(runtime, joined, _language_of(update, joined)))


async def on_agreed(update: Update, context: Context, tap: Tap) -> None:
    """Note the consent with its language, have staff asked who it is, and go on to the topics."""
    runtime, query = runtime_of(context), update.callback_query
    officer = officer_of(context, update)
    if query is None or officer is None:
        return
    await acknowledge(query)
    language = tap.argument if tap.argument in languages() else officer.language
    with runtime.database.write() as session:
        admission.agree(
            session,
            officer.id,
            language=language,
            name=query.from_user.full_name,
            staff_chat=runtime.settings.telegram.staff_chat,
            now=runtime.now(),
        )
        officer = officers.get_officer(session, officer.id)
    page = "topics" if runtime.settings.topics else "wishes"
    await show_instead(query, compose_step(runtime, officer, page))


async def on_joining_step(update: Update, context: Context, tap: Tap) -> None:
    """Show the next step of joining."""
    query, officer = update.callback_query, officer_of(context, update)
    if query is None or officer is None or not officer.has_agreed:
        return
    await acknowledge(query)
    await show_instead(query, compose_step(runtime_of(context), officer, tap.argument))


def compose_step(runtime: Runtime, officer: OfficerView, page: str) -> Message:
    """Return a step of joining; what comes after the last one says where they stand."""
    if page == "topics":
        return joining.choose_topics(officer.wishes, runtime.settings)
    if page == "wishes":
        return joining.choose_wishes(officer.wishes, runtime.settings)
    return _standing(runtime, officer, officer.language)


async def on_language(update: Update, context: Context) -> None:
    """Offer the languages."""
    officer = officer_of(context, update)
    if officer is None or update.effective_chat is None:
        return
    runtime = runtime_of(context)
    if not officer.has_agreed and officer.status is OfficerStatus.WAITING:
        message = _ask_consent(runtime, officer, _language_of(update, officer))
    else:
        message = compose_settings(
            officer.wishes, party=officer.member_name, settings=runtime.settings, page="language"
        )
    await say(context, update.effective_chat.id, message)


async def on_language_chosen(update: Update, context: Context, tap: Tap) -> None:
    """Speak the chosen language from now on; before the consent it is not stored, but asked for in it."""
    runtime, query = runtime_of(context), update.callback_query
    officer = officer_of(context, update)
    if query is None or officer is None or tap.argument not in languages():
        return
    await acknowledge(query)
    if officer.status is OfficerStatus.WAITING and not officer.has_agreed:
        await show_instead(query, _ask_consent(runtime, officer, tap.argument))
        return
    with runtime.database.write() as session:
        officers.set_language(session, officer.id, tap.argument)
    await show_instead(query, joining.language_set(tap.argument))


def _is_person(update: Update) -> bool:
    """Whether somebody writes in their own private chat, by a number that Telegram gives to people."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or user is None or chat.type != "private" or type(chat.id) is not int:
        return False
    return 0 < chat.id == user.id <= _LARGEST


def _language_of(update: Update, officer: OfficerView) -> str:
    """Return the language of somebody's Telegram when we speak it, else their seat's; their own once they chose."""
    said = (update.effective_user.language_code or "") if update.effective_user else ""
    guessed = said.partition("-")[0].lower()
    return guessed if guessed in languages() and not officer.has_agreed else officer.language


def _ask_consent(runtime: Runtime, officer: OfficerView, language: str) -> Message:
    return joining.ask_consent(language, party=officer.member_name, organisation=runtime.settings.organisation.name)


def _standing(runtime: Runtime, officer: OfficerView, language: str) -> Message:
    """Say where somebody stands."""
    if officer.status is OfficerStatus.WAITING:
        if not officer.has_agreed:
            return _ask_consent(runtime, officer, language)
        words = joining.waiting(officer.language, runtime.settings.organisation.name)
        return Message(_with_accounts(runtime, officer, words))
    if officer.status is OfficerStatus.PAUSED:
        return leaving.paused(officer.language, officer.wishes.paused_until)
    words = joining.standing(officer.wishes, party=officer.member_name, settings=runtime.settings)
    return Message(_with_accounts(runtime, officer, words))


def _with_accounts(runtime: Runtime, officer: OfficerView, words: str) -> str:
    """Point to the party's accounts when nobody has said yet whose one of them is."""
    with runtime.database.read() as session:
        is_open = count_open(session, officer.member_id) > 0
    line = accounts.joining_line(officer.language, is_waiting=officer.status is OfficerStatus.WAITING)
    return f"{words}\n\n{line}" if is_open else words
