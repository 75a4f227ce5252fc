"""A party's public accounts: which are known, whether their posts can be seen, and what its officers can do."""

from collections import Counter
from collections.abc import Sequence

from sharebot.texts.catalogue import Translator
from sharebot.texts.cutting import shorten
from sharebot.texts.party_channels import invitation_url
from sharebot.texts.settings import speak
from sharebot.values.accounts import Profile, Refusal, ShownAccount
from sharebot.values.messages import Button, Message
from sharebot.values.status import Network
from sharebot.values.taps import Tap, Verb, encode_tap
from sharebot.values.tracking import Unobservable

MOST_SHOWN = 12
_HANDLE, _LABEL, _PARTY = 50, 28, 80
_WITHOUT_AT = {Network.WEBSITE, Network.LINKEDIN, Network.FACEBOOK, Network.WHATSAPP, Network.EMAIL}


def tell_accounts(language: str, accounts: Sequence[ShownAccount], *, party: str, bot: str) -> Message:
    """List a party's accounts, with buttons for those that nobody has confirmed. `bot` is this bot's name."""
    t = speak(language)
    shown = sorted(accounts, key=lambda one: not one.is_open)[:MOST_SHOWN]
    heading = f"<b>{t.html('Accounts of {party}', party=shorten(party, _PARTY))}</b>"
    lines = [_line(t, one) for one in shown] or [why_not(language, Unobservable.NO_ACCOUNT)]
    left_out = len(accounts) - len(shown)
    more = [t("… and {n} more.", n=t.number(left_out))] if left_out else []
    asked = [one for one in shown if one.is_open]
    places = Counter(one.network for one in asked)
    rows = [_question_row(t, one, is_among_others=places[one.network] > 1) for one in asked]
    lost = [one for one in shown if one.why is Unobservable.NO_BOT and not one.is_declined]
    bring = [(Button(t("➕ Add the bot to your channel"), url=invitation_url(bot)),)] if lost else []
    last = [_button(t("➕ Add an account"), 0, "ask")]
    if any(not one.is_open for one in shown):
        last.append(_button(t("✏️ Change"), 0, "change"))
    return Message("\n\n".join([heading, *lines, *more]), (*rows, *bring, tuple(last)))


def _line(t: Translator, account: ShownAccount) -> str:
    mark = "❓" if account.is_open else "👁" if account.why is None else "✋" if account.is_declined else "🔗"
    return (
        f"{mark} <b>{place_name(t.language, account.network)}</b> {_quoted(t, account.network, account.handle)}\n"
        f"<i>{t.html('{why}', why=tell_sight(t.language, account))}</i>"
    )


def tell_sight(language: str, account: ShownAccount) -> str:
    """Say whether the posts of an account are seen, and if not, why, and what can be done about it."""
    t = speak(language)
    if account.is_declined:
        return t("Not looked at, as your party wished.")
    sight = t("Posts are seen.") if account.why is None else why_not(language, account.why, network=account.network)
    is_asked = account.is_open and account.why is not Unobservable.NOT_CONFIRMED
    return f"{sight} {t('Is the account yours?')}" if is_asked else sight


def why_not(language: str, why: Unobservable, *, network: Network | None = None) -> str:
    """Say why posts cannot be seen, and what the party can do about it."""
    t = speak(language)
    place = place_name(language, network) if network else ""
    return {
        Unobservable.NO_ACCOUNT: t("No account of your party is known yet whose posts can be seen. Please add one."),
        Unobservable.NO_TRACKER: t(
            "{place} shows posts to nobody outside. Please send the links to your posts.", place=place
        ),
        Unobservable.SWITCHED_OFF: t(
            "{place} is not looked at here for now. Please send the links to your posts.", place=place
        ),
        Unobservable.NO_APPROVAL: t(
            "{place} has not given access yet. Until then, please send the links to your posts.", place=place
        ),
        Unobservable.NOT_CONFIRMED: t("Not looked at yet: please say whether it is yours."),
        Unobservable.NOT_LOOKED_UP: t("It will be looked up soon."),
        Unobservable.NOT_FOUND: t("No account of this name was found. Please add it again by its address."),
        Unobservable.GONE: t("The account is closed or was deleted. If there is a new one, please add it."),
        Unobservable.PROTECTED: t("Only followers see its posts. Make it public, or send the links to your posts."),
        Unobservable.TAKEN_OVER: t(
            "This name belongs to another account now. Please add yours under its present name."
        ),
        Unobservable.NO_BOT: t(
            "The bot is not in this channel. Whoever of you uses it on Telegram can make it an administrator there; "
            "it only reads what is posted."
        ),
        Unobservable.BUDGET_SPENT: t(
            "What may be spent on {place} is used up for now. Please send the links to your posts.", place=place
        ),
        Unobservable.FAILING: t("{place} does not answer at present. It is tried again by itself.", place=place),
    }[why]


def place_name(language: str, network: Network) -> str:
    """Name a network; a party's own site is no name of its own."""
    return speak(language)("Website") if network is Network.WEBSITE else network.label


def shown_handle(language: str, network: Network, handle: str) -> str:
    """Return a handle as people write it, short enough to be told from others."""
    if network is Network.TELEGRAM and handle.startswith("c/"):
        return speak(language)("private channel")
    if network is Network.WEBSITE:
        return shorten(handle.partition("://")[2] or handle, _HANDLE)
    return shorten(handle if network in _WITHOUT_AT else f"@{handle.removeprefix('@')}", _HANDLE)


def _quoted(t: Translator, network: Network, handle: str) -> str:
    # As code, since Telegram would take "@name" of another network for one of its own.
    return f"<code>{t.html('{handle}', handle=shown_handle(t.language, network, handle))}</code>"


def _question_row(t: Translator, account: ShownAccount, *, is_among_others: bool) -> tuple[Button, ...]:
    # Telegram cuts long labels, and the network is what tells accounts of one name apart.
    name = place_name(t.language, account.network)
    if is_among_others:
        name = shorten(shown_handle(t.language, account.network, account.handle), _LABEL)
    return (
        _button(t("✅ {name}: ours", name=name), account.number, "yes"),
        _button(t("🚫 Not ours"), account.number, "no"),
    )


def _button(label: str, number: int, what: str) -> Button:
    return Button(label, data=encode_tap(Tap(Verb.ACCOUNT, number, what)))


def choose_change(language: str, accounts: Sequence[ShownAccount]) -> Message:
    """Offer to end looking at an account that is looked at, and to begin again with one that is not."""
    t = speak(language)
    decided = [one for one in accounts if not one.is_open][: 2 * MOST_SHOWN]
    rows = [(_change_button(t, one),) for one in decided]
    words = t(
        "Tap an account to stop or to resume looking at its posts.\n\n"
        "When you stop, what was seen there is forgotten; what your party shared stays counted."
    )
    return Message(words, (*rows, (_button(t("← Back"), 0, "list"),)))


def _change_button(t: Translator, account: ShownAccount) -> Button:
    place = place_name(t.language, account.network)
    name = shorten(shown_handle(t.language, account.network, account.handle), _LABEL)
    if account.is_declined:
        return _button(t("✅ Resume: {name} ({place})", place=place, name=name), account.number, "yes")
    return _button(t("✋ Stop: {name} ({place})", place=place, name=name), account.number, "no")


def ask_for_address(language: str) -> Message:
    """Say how an account is added."""
    t = speak(language)
    words = t(
        "Please send me the address of the account’s profile, for example "
        "<code>https://bsky.app/profile/party.example</code>, or for Mastodon <code>name@server</code>.\n\n"
        "For your website, write <code>/accounts https://party.example</code>. For a Telegram channel, it is enough to "
        "make me an administrator there."
    )
    return Message(words, ((_button(t("← Back"), 0, "list"),),))


def ask_whether_ours(language: str, profile: Profile, *, url: str, party: str, is_seen: bool) -> Message:
    """Ask once whether an account is the party's, and say what is looked at, what for, and how it ends.

    `is_seen`: posts on its network can be seen. The address under the button is what a "yes" is about.
    """
    t = speak(language)
    handle = shown_handle(language, profile.network, profile.handle)
    if profile.network is Network.WEBSITE:
        question = t.html(
            "Is <code>{handle}</code> a website of <b>{party}</b>?", handle=handle, party=shorten(party, _PARTY)
        )
    else:
        question = t.html(
            "Is <code>{handle}</code> on {place} an official account of <b>{party}</b>?",
            handle=handle,
            place=profile.network.label,
            party=shorten(party, _PARTY),
        )
    words = f"{question}\n\n{consent(language, is_seen=is_seen)}"
    open_it = Button(t("↗️ Open it"), url=url)
    return Message(words, ((open_it,), (_button(t("✅ Yes, it is ours"), 0, "add"), _button(t("🚫 No"), 0, "drop"))))


def consent(language: str, *, is_seen: bool) -> str:
    """Say what is looked at on an account, what for, and how it ends."""
    t = speak(language)
    if not is_seen:
        return t(
            "Its posts cannot be seen from here. Knowing the account helps to check the links that you send. "
            "You can take this back in /accounts at any time."
        )
    return t(
        "Its public posts are then looked at, to count which of our items your party shared; nothing else of it, and "
        "nothing is ever posted. You can end it in /accounts at any time, and what was seen is forgotten."
    )


def refuse(language: str, refusal: Refusal) -> str:
    """Say why an address is not taken as an account of the party."""
    t = speak(language)
    return {
        Refusal.NO_PROFILE: t("I find no account there. Please send the address of the profile itself."),
        Refusal.A_POST: t("This is the address of a post. Please send that of the profile it is on."),
        Refusal.PERSONAL: t(
            "This is a person’s page or an invitation, and only your organisation’s public accounts can be added."
        ),
        Refusal.UNKNOWN_NETWORK: t("I do not know this kind of address. A website needs a name of its own."),
        Refusal.OTHER_PARTY: t("This account is registered for another party. If that is wrong, please tell staff."),
        Refusal.ALLIANCE: t("This is our own account, not one of your party."),
        Refusal.TOO_MANY: t("Your party has very many accounts already. Please tell staff which one to leave out."),
    }[refusal]


def noted(language: str, *, is_ours: bool) -> str:
    """Say for a moment what was noted."""
    t = speak(language)
    return t("Thank you, noted.") if is_ours else t("Noted: it is not looked at.")


def too_old(language: str) -> str:
    """Say for a moment that a question is too old to be answered."""
    return speak(language)("This question is too old. Please send the address again.")


def left_alone(language: str) -> str:
    """Answer a "no" to an account that was not added."""
    return speak(language)("All right, nothing was noted.")


def joining_line(language: str, *, is_waiting: bool) -> str:
    """Point somebody who joins to accounts that nobody has confirmed; until staff let them in it has to wait."""
    t = speak(language)
    if is_waiting:
        return t("Once you are in, /accounts asks which accounts are your party’s.")
    return t("/accounts: is each account of your party yours? Please have a look.")
