"""What the bot says of links to posts: what was noted, how sure it is, and why a link is not taken."""

from collections.abc import Sequence

from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import shorten
from sharebot.texts.officer import choose_item
from sharebot.values.messages import Button, Message
from sharebot.values.posts import GivenPost, Objection, PastedLink, Shortfall
from sharebot.values.status import Evidence, Network
from sharebot.values.taps import Tap, Verb, encode_tap

_TITLE, _ADDRESS = 80, 60
_LABEL = 40


def speak(language: str) -> Translator:
    """Return the words about posts, proposals and impact."""
    return translator("posts", language)


def tell_given(language: str, given: Sequence[GivenPost], *, choices: Sequence[tuple[int, str]] = ()) -> Message:
    """Tell what was noted of some links; `choices` are the items that those without one may belong to."""
    t = speak(language)
    noted = [one for one in given if one.title is not None]
    parts = [_heading(t, noted), *(_line(t, one) for one in noted)] if noted else []
    rows = [_keys(t, one, number if len(noted) > 1 else 0) for number, one in enumerate(noted, start=1)]
    if len(noted) == len(given):
        return Message("\n\n".join(parts), tuple(rows))
    return Message("\n\n".join([*parts, _question(t, given)]), (*choose_item(language, list(choices)).buttons, *rows))


def _question(t: Translator, given: Sequence[GivenPost]) -> str:
    open_ones = [one for one in given if one.title is None]
    places = ", ".join(dict.fromkeys(place_name(t, one.network) for one in open_ones))
    question = t.n(
        "Thank you! Which item does your link belong to?",
        "Thank you! Which item do your links belong to?",
        len(open_ones),
    )
    return f"{question}\n<b>{t.html('{places}', places=places)}</b>"


def _heading(t: Translator, noted: Sequence[GivenPost]) -> str:
    if all(one.was_known for one in noted):
        return t.n("I have this link already, thank you.", "I have these links already, thank you.", len(noted))
    return t.n("✅ Thank you, your share is noted.", "✅ Thank you, your shares are noted.", len(noted))


def _line(t: Translator, post: GivenPost) -> str:
    title = shorten(post.title or "", _TITLE) or t("Untitled")
    place = place_name(t, post.network)
    head = f"<b>{t.html('{place}', place=place)}</b> – {t.html('{title}', title=title)}"
    return f"{head}\n<i>{t.html('{evidence}', evidence=_evidence(t, post))}</i>"


def place_name(t: Translator, network: Network) -> str:
    """Name a network; a party's own site is no name of its own."""
    return {Network.WEBSITE: t("Your site"), Network.EMAIL: t("E-mail")}.get(network, network.label)


def _evidence(t: Translator, post: GivenPost) -> str:
    """Say how sure we are, strongest first, and why no surer."""
    place = place_name(t, post.network)
    if post.evidence is Evidence.OBSERVED:
        return t("👁 Seen on {place}. Nothing more to do.", place=place)
    if post.evidence is Evidence.LINK_CHECKED:
        return t("☑️ Link checked: the post is there, and it is your party’s.")
    if post.shortfall is Shortfall.NO_LOOK:
        return t("🔗 Link given. It cannot be checked from here; it counts as a link given.")
    if post.shortfall is Shortfall.NO_ANSWER:
        return t("🔗 Link given. {place} did not answer, so it stays unchecked.", place=place)
    if post.shortfall is not None:
        return t("✋ Noted as your word only: {reason}", reason=_reason(t, post.shortfall))
    return t("🔗 Link given, not checked yet.")


def _reason(t: Translator, shortfall: Shortfall) -> str:
    return {
        Shortfall.GONE: t("the post is not there, or not public."),
        Shortfall.FOREIGN: t("it is from an account that is not registered for your party."),
        Shortfall.NOT_OURS: t("the post has no link to our item and does not repeat our post."),
        Shortfall.TOO_EARLY: t("it was posted before the item came out."),
        Shortfall.OTHER_ITEM: t("it spreads another item of ours. Tap “Other item” to set that right."),
        Shortfall.OUR_POST: t("it is our own post, not your party’s."),
        Shortfall.OTHER_PARTY: t("it counts for another party already."),
        Shortfall.NO_POST: t("it is a profile or a start page, not a post."),
        Shortfall.OTHER_POST: t("the address leads to another post."),
    }[shortfall]


def _keys(t: Translator, post: GivenPost, number: int) -> tuple[Button, ...]:
    mark = f"{number}. " if number else ""
    keys = {"edit": f"{mark}{t('✏️ Other item')}", "drop": f"{mark}{t('🗑 Take back')}"}
    return tuple(Button(words, data=encode_tap(Tap(Verb.POST, post.number, what))) for what, words in keys.items())


def choose_other(language: str, post: GivenPost, choices: Sequence[tuple[int, str]]) -> Message:
    """Ask which other item a post belongs to."""
    t = speak(language)
    question = t.html("Which item does your link belong to?\n<b>{place}</b>", place=place_name(t, post.network))
    rows = [
        (Button(shorten(title, _LABEL) or t("Untitled"), data=encode_tap(Tap(Verb.POST, post.number, f"to_{item}"))),)
        for item, title in choices
    ]
    back = Button(t("← Back"), data=encode_tap(Tap(Verb.POST, post.number, "back")))
    return Message(question, (*rows, (back,)))


def no_other_item(language: str) -> str:
    """Say for a moment that there is nothing else it could belong to."""
    return speak(language)("There is no other current item.")


def taken_back(language: str) -> str:
    """Confirm that the last link of a message was taken back."""
    return speak(language)("🗑 Taken back: this link does not count any more.")


def item_changed(language: str) -> str:
    """Say for a moment that the link belongs to the other item now."""
    return speak(language)("Changed, thank you!")


def refused_lines(language: str, refused: Sequence[tuple[PastedLink, Objection]]) -> list[str]:
    """Say of each link why it is not taken."""
    t = speak(language)
    return [
        t.html("🚫 {address}\n{why}", address=_address(link.url), why=_objection(t, objection))
        for link, objection in refused
    ]


def _objection(t: Translator, objection: Objection) -> str:
    return {
        Objection.OUR_LINK: t("This is the link to share, not your post. Please send me the post’s own address."),
        Objection.OUR_PAGE: t("This is our own page. Please send me the address of the post in which you share it."),
        Objection.OUR_POST: t("This is our own post. Please send me the address of your party’s repost or post."),
        Objection.NO_POST: t("This is a profile or a start page, not a post. Please open the post and copy its link."),
        Objection.NOT_PUBLIC: t("Only your own network can open this address. Please send me a public one."),
        Objection.OTHER_PARTY: t("This post belongs to another party, so it cannot count for yours."),
        Objection.COLLEAGUE: t("A colleague of yours has sent this link already. Thank you both!"),
        Objection.NO_ITEM: t("Thank you! No current item matches this link."),
    }[objection]


def edit_stands(language: str, *, had_posts: bool) -> str:
    """Answer an edited message: what was noted stands."""
    t = speak(language)
    if had_posts:
        return t(
            "You edited your message; what I had noted stands. To change it, use the buttons under my answer, "
            "or send the new link as a message of its own."
        )
    return t("I do not follow edits. Please send the link as a message of its own.")


def forward_noted(language: str, title: str) -> str:
    """Thank for a forwarded message that shows a share, without an address that others could open."""
    t = speak(language)
    return t.html(
        "✅ Thank you! Noted as shared on Telegram, on your word.\n<b>{title}</b>",
        title=shorten(title, _TITLE) or t("Untitled"),
    )


def _address(url: str) -> str:
    """Return the address without its scheme, short enough to be told from others."""
    return shorten(url.partition("://")[2], _ADDRESS)
