"""How pages speak of networks that are looked at, and of accounts that cannot be seen."""

from babel.numbers import format_currency

from sharebot.texts.catalogue import Translator
from sharebot.values.status import Evidence, Network
from sharebot.values.tracking import TrackerStatus, Unobservable


def why_unseen(t: Translator, why: Unobservable) -> str:
    """Say why an account, or a party, cannot be seen."""
    return {
        Unobservable.NO_ACCOUNT: t("no account is known that could be watched"),
        Unobservable.NO_TRACKER: t("its network shows posts to nobody like us"),
        Unobservable.SWITCHED_OFF: t("its network is not watched here"),
        Unobservable.NO_APPROVAL: t("its network has yet to approve us"),
        Unobservable.NOT_CONFIRMED: t("not confirmed by the party"),
        Unobservable.NOT_LOOKED_UP: t("not looked up yet"),
        Unobservable.NOT_FOUND: t("there is no such account"),
        Unobservable.GONE: t("gone"),
        Unobservable.PROTECTED: t("its posts are protected"),
        Unobservable.TAKEN_OVER: t("taken over: its name is another account’s now"),
        Unobservable.NO_BOT: t("our bot is not in the channel"),
        Unobservable.BUDGET_SPENT: t("the month’s budget is spent"),
        Unobservable.FAILING: t("its network does not answer"),
    }[why]


def what_to_do(t: Translator, why: Unobservable) -> str:
    """Say what a person can do about an account that cannot be seen, or an empty text."""
    return {
        Unobservable.NO_TRACKER: t("What is shared there is known from its officers alone."),
        Unobservable.SWITCHED_OFF: t("Whoever runs this bot can switch it on; the page “Networks” says how."),
        Unobservable.NOT_CONFIRMED: t(
            "One of its officers confirms it in the chat. If the party has told you elsewhere, note it here."
        ),
        Unobservable.NOT_FOUND: t("Look whether its name is written right."),
        Unobservable.GONE: t("Ask the party for its new account."),
        Unobservable.PROTECTED: t("Only those whom it lets follow it see its posts."),
        Unobservable.TAKEN_OVER: t("Nothing there counts for the party any more. Ask the party, and warn it."),
        Unobservable.NO_BOT: t(
            "The party makes our bot an administrator of the channel; it needs no right but to be one."
        ),
    }.get(why, "")


def tracker_status(t: Translator, status: TrackerStatus) -> str:
    """Name how it stands with a network."""
    return {
        TrackerStatus.OFF: t("is not watched"),
        TrackerStatus.RUNNING: t("is watched"),
        TrackerStatus.FAILING: t("does not answer"),
        TrackerStatus.LIMITED: t("asked us to wait"),
        TrackerStatus.SPENT: t("budget spent"),
    }[status]


def dollars(t: Translator, amount: float) -> str:
    """Write an amount of US dollars."""
    return str(format_currency(amount, "USD", locale=t.locale))


def what_is_seen(t: Translator, network: Network) -> str:
    """Say in a sentence or two what is seen on a network and by what; for the others what can be checked."""
    return (_watched(t) | _told(t))[network]


def _watched(t: Translator) -> dict[Network, str]:
    return {
        Network.X: t(
            "Reposts, quotes and links of accounts that their party has confirmed, through the paid interface: "
            "what it costs stays under the month’s budget."
        ),
        Network.BLUESKY: t("Reposts, quotes and links, through the public interface, free of charge."),
        Network.MASTODON: t("Boosts, quotes and links, at our own server and at those of the parties, free of charge."),
        Network.TELEGRAM: t("Forwards, links and files in parties’ channels of which our bot is an administrator."),
        Network.YOUTUBE: t(
            "Counts of our own videos alone: YouTube tells nobody who shared one. A link to a video is recognised on "
            "the other networks."
        ),
        Network.WEBSITE: t(
            "Articles on parties’ own sites that link to an item or reprint it, by their feed or sitemap, and by "
            "Webmention."
        ),
        Network.LINKEDIN: t("What LinkedIn tells our own page of shares and mentions; it has to approve us first."),
    }


def _told(t: Translator) -> dict[Network, str]:
    by_link = t(
        "Officers’ word and the links they give; a link is checked as far as its address tells whose post it is."
    )
    by_word = t("Officers’ word alone: nothing there is public.")
    return {
        Network.FACEBOOK: by_link,
        Network.INSTAGRAM: by_link,
        Network.THREADS: by_link,
        Network.TIKTOK: by_link,
        Network.WHATSAPP: by_word,
        Network.EMAIL: by_word,
    }


def how_sure(t: Translator, level: Evidence) -> str:
    """Say what a kind of evidence means."""
    return {
        Evidence.OBSERVED: t("We saw the post ourselves, on the party’s own account."),
        Evidence.LINK_CHECKED: t("An officer gave the link, and author, time and content were found to be right."),
        Evidence.LINK_GIVEN: t("An officer gave a link that could not be checked, or not yet."),
        Evidence.CLAIMED: t("An officer said so; nothing else is known."),
    }[level]
