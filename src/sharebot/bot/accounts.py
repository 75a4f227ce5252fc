"""/accounts: a party's public accounts, confirmed, added and ended by its officers."""

import logging

from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError

from sharebot.bot.context import Context, acknowledge, officer_of, runtime_of, say, show_instead
from sharebot.errors import NotFound
from sharebot.rules.observing import TRACKED
from sharebot.rules.profiles import profile_url, read_profile
from sharebot.store import confirming
from sharebot.store.officers import OfficerView
from sharebot.texts import accounts as texts
from sharebot.texts import joining
from sharebot.values import messages
from sharebot.values.accounts import Profile, Refusal, ShownAccount
from sharebot.values.status import Network, OfficerStatus
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)
_TAKING_PART = {OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE}
_YES, _NO, _ADD = "yes", "no", "add"


async def on_accounts(update: Update, context: Context) -> None:
    """Show the party's accounts, or ask about the one that stands behind the command."""
    officer, chat = officer_of(context, update), update.effective_chat
    if officer is None or chat is None or not officer.has_agreed:
        return
    if officer.status not in _TAKING_PART:
        organisation = runtime_of(context).settings.organisation.name
        await say(context, chat.id, joining.waiting(officer.language, organisation))
    elif context.args:
        await offer_address(context, officer, chat.id, " ".join(context.args))
    else:
        await say(context, chat.id, _compose(context, officer))


async def offer_address(context: Context, officer: OfficerView, chat_id: int, address: str) -> None:
    """Ask whether an account is the party's, or say why it cannot be; nothing is stored before the answer."""
    found = read_profile(address)
    refusal = found if isinstance(found, Refusal) else _find_refusal(context, officer, found)
    if isinstance(found, Refusal) or refusal is not None:
        await say(context, chat_id, texts.refuse(officer.language, refusal or Refusal.NO_PROFILE))
    elif _is_confirmed(context, officer, found):
        await say(context, chat_id, _compose(context, officer))
    else:
        await say(context, chat_id, _question(officer, found))


async def offer_profile(context: Context, officer: OfficerView, chat_id: int, profile: Profile) -> None:
    """Ask about an account whose profile was sent instead of a post, where it may be one of the party's."""
    if _find_refusal(context, officer, profile) is None and not _is_confirmed(context, officer, profile):
        await say(context, chat_id, _question(officer, profile))


async def on_account(update: Update, context: Context, tap: Tap) -> None:
    """Carry out what an officer says of an account of their party; another party's is left alone."""
    query, officer = update.callback_query, officer_of(context, update)
    if query is None or officer is None or officer.status not in _TAKING_PART:
        return
    if tap.argument in {_YES, _NO}:
        await _judge(context, query, officer, tap)
    elif tap.argument == _ADD:
        await _add(context, query, officer)
    else:
        await acknowledge(query)
        await show_instead(query, _page(context, officer, tap.argument))


async def _judge(context: Context, query: CallbackQuery, officer: OfficerView, tap: Tap) -> None:
    runtime, is_ours = runtime_of(context), tap.argument == _YES
    say_it = confirming.confirm_account if is_ours else confirming.decline_account
    with runtime.database.write() as session:
        try:
            account = confirming.get_own(session, officer.member_id, tap.number)
        except NotFound:
            account = None
        if account is not None:
            say_it(session, tap.number, by=f"officer:{officer.id}", now=runtime.now())
    if account is None:
        log.warning("tap on a foreign account id=%d officer=%d", tap.number, officer.id)
        await acknowledge(query)
        return
    log.info("account id=%d officer=%d word=%s", tap.number, officer.id, tap.argument)
    await acknowledge(query, texts.noted(officer.language, is_ours=is_ours))
    await show_instead(query, _compose(context, officer))
    if not is_ours and account.network is Network.TELEGRAM and account.external_id:
        await _leave(context, int(account.external_id))


async def _leave(context: Context, channel: int) -> None:
    """Leave a channel that is not to be looked at any more; another bot of ours leaves it at its next post."""
    try:
        await context.bot.leave_chat(channel)
    except TelegramError as error:
        log.info("channel not left: %s", type(error.__cause__ or error).__name__)


async def _add(context: Context, query: CallbackQuery, officer: OfficerView) -> None:
    """Add the account that the question's own button opens."""
    runtime, asked = runtime_of(context), _asked_about(query)
    if asked is None:
        await acknowledge(query, texts.too_old(officer.language))
        return
    with runtime.database.write() as session:
        refusal = confirming.find_refusal(session, officer.member_id, asked)
        if refusal is None:
            by = f"officer:{officer.id}"
            number = confirming.offer_account(session, officer.member_id, asked, by=by, now=runtime.now())
            log.info("account added id=%d officer=%d", number, officer.id)
    if refusal is not None:
        await acknowledge(query)
        await show_instead(query, texts.refuse(officer.language, refusal))
        return
    await acknowledge(query, texts.noted(officer.language, is_ours=True))
    await show_instead(query, _compose(context, officer))


def _asked_about(query: CallbackQuery) -> Profile | None:
    message = query.message
    rows = message.reply_markup.inline_keyboard if isinstance(message, Message) and message.reply_markup else ()
    urls = [button.url for row in rows for button in row if button.url]
    found = read_profile(urls[0]) if urls else None
    return found if isinstance(found, Profile) else None


def _page(context: Context, officer: OfficerView, page: str) -> messages.Message | str:
    if page == "ask":
        return texts.ask_for_address(officer.language)
    if page == "drop":
        return texts.left_alone(officer.language)
    if page == "change":
        return texts.choose_change(officer.language, _accounts_of(context, officer))
    return _compose(context, officer)


def _compose(context: Context, officer: OfficerView) -> messages.Message:
    accounts = _accounts_of(context, officer)
    return texts.tell_accounts(officer.language, accounts, party=officer.member_name, bot=context.bot.username)


def _accounts_of(context: Context, officer: OfficerView) -> list[ShownAccount]:
    with runtime_of(context).database.read() as session:
        return [line.shown for line in confirming.list_accounts(session, officer.member_id)]


def _question(officer: OfficerView, profile: Profile) -> messages.Message:
    return texts.ask_whether_ours(
        officer.language,
        profile,
        url=profile_url(profile),
        party=officer.member_name,
        is_seen=profile.network in TRACKED,
    )


def _find_refusal(context: Context, officer: OfficerView, profile: Profile) -> Refusal | None:
    with runtime_of(context).database.read() as session:
        return confirming.find_refusal(session, officer.member_id, profile)


def _is_confirmed(context: Context, officer: OfficerView, profile: Profile) -> bool:
    with runtime_of(context).database.read() as session:
        known = confirming.find_account(session, profile)
    return known is not None and known.member_id == officer.member_id and known.confirmed_at is not None
