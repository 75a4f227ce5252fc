"""A draft's card in staff's chat: what it says, what it asks, and what became of it."""

from collections.abc import Sequence

from sharebot.texts.catalogue import Translator
from sharebot.texts.cutting import shorten, shown_units
from sharebot.texts.desk import NAME, say_moment, say_when, say_whom, speak
from sharebot.values.desk import Change, DraftCard, DraftState, Outlook, Whom
from sharebot.values.messages import Button, Message
from sharebot.values.status import ContentKind
from sharebot.values.taps import Tap, Verb, encode_tap

_MOST = 1000  # a picture's caption ends at 1,024
_TITLES, _TITLE, _TEXT, _SOURCE, _NOTE = 4, 110, 240, 50, 150
_REASONS, _AUDIENCE = 200, 150
_LEAST_TEXT = 60


def compose_draft(card: DraftCard) -> Message:
    """Show a content as it stands, with what may be done now."""
    t = speak(card.reader)
    return _write(t, card, [_standing(t, card)], _keys(t, card))


def compose_outlook(card: DraftCard, outlook: Outlook) -> Message:
    """Show what an approval would do, and ask for it."""
    return _ask(card, outlook, [])


def compose_changed_plan(card: DraftCard, outlook: Outlook) -> Message:
    """Show what an approval would do now, where that differs from what was shown."""
    return _ask(card, outlook, [speak(card.reader)("It has changed just now; please confirm again.")])


def _ask(card: DraftCard, outlook: Outlook, warned: list[str]) -> Message:
    t = speak(card.reader)
    told = t.html("{whom}, {when}", whom=_whom(t, outlook.whom), when=say_when(t, outlook.when, card.zone))
    lines = [f"➡️ <b>{told}</b>", _reach(t, outlook), *warned]
    back = Button(t("↩️ Back"), data=_tap(card, "show"))
    if not outlook.officers:
        return _write(t, card, lines, ((_edit(t, card), back),))
    confirm = Button(t("✅ Confirm"), data=_tap(card, f"ok_{outlook.mark}"))
    return _write(t, card, lines, ((confirm, back), (_edit(t, card),)))


def compose_stale(card: DraftCard, changes: Sequence[Change]) -> Message:
    """Show a content anew that has changed since it was seen, and say what."""
    t = speak(card.reader)
    words = {
        Change.LANGUAGES: t("languages"),
        Change.TITLES: t("titles"),
        Change.TEXTS: t("texts"),
        Change.LINKS: t("links"),
        Change.MEDIA: t("media"),
        Change.POSTS: t("texts to post"),
        Change.REST: t("hashtags or campaign"),
    }
    parts = ", ".join(words[one] for one in changes)
    told = t.html("👀 <b>Changed since you saw it: {parts}.</b> Please look again.", parts=parts)
    return _write(t, card, [told], _keys(t, card))


def ask_for_note(language: str, *, name: str, user_id: int, title: str, entry_id: int) -> str:
    """Ask whoever returns an entry what is to be changed; the number at the end is how the answer is known."""
    t = speak(language)
    question = t.html(
        "what should be changed in “{title}”? Please answer this message.",
        title=shorten(title, _TITLE) or t("Untitled"),
    )
    who = f'<a href="tg://user?id={user_id}">{t.html("{name}", name=shorten(name, NAME))}</a>'
    return f"{who}, {question} #{entry_id}"


def returned(language: str, title: str) -> str:
    """Say that an entry went back."""
    t = speak(language)
    return t.html("↩️ Returned with your note: “{title}”.", title=shorten(title, _TITLE) or t("Untitled"))


def proposed_first(language: str) -> str:
    """Say for a moment that a second person has to approve."""
    return speak(language)("Proposed. A second person has to approve it.")


def approved(language: str) -> str:
    """Say for a moment that something is approved."""
    return speak(language)("Approved.")


def comes_again(language: str) -> str:
    """Say for a moment that a draft comes up again."""
    return speak(language)("It comes again tomorrow at nine.")


def _write(t: Translator, card: DraftCard, ends: Sequence[str], keys: tuple[tuple[Button, ...], ...]) -> Message:
    """Put a card together: as many titles as fit, then as much of the text."""
    warned = shorten("; ".join(_reason(t, one) for one in card.reasons), _REASONS)
    closing = "\n".join([*([t.html("⚠️ {reasons}", reasons=warned)] if warned else []), *(end for end in ends if end)])
    head, room = _head(t, card, _TITLES), 0
    for titles in range(_TITLES, 0, -1):
        head = _head(t, card, titles)
        room = _MOST - shown_units(f"{head}\n\n{closing}\n\n")
        if room >= 0:
            break
    text = shorten(card.versions[0].text, min(_TEXT, room)) if card.versions and room >= _LEAST_TEXT else ""
    parts = [head, t.html("{text}", text=text), closing]
    return Message("\n\n".join(part for part in parts if part), keys, card.media)


def _head(t: Translator, card: DraftCard, titles: int) -> str:
    """Say what kind of thing it is, from where, and its first titles."""
    kind = [_kind(t, card.kind)] + ([shorten(card.source, _SOURCE)] if card.source else [])
    lines = [f"📰 {t.html('{kind}', kind=' · '.join(kind))}"]
    for one in card.versions[:titles]:
        title = shorten(one.title, _TITLE) or t("Untitled")
        lines.append(f"<b>{t.html('{code}', code=one.language.upper())}</b> {t.html('{title}', title=title)}")
    if (more := len(card.versions) - titles) > 0:
        lines.append(t.n("and {n} more language", "and {n} more languages", more))
    return "\n".join(lines)


def _whom(t: Translator, whom: Whom) -> str:
    return shorten(say_whom(t, whom), _AUDIENCE)


def _reach(t: Translator, outlook: Outlook) -> str:
    if not outlook.officers:
        return t("Nobody would get it. Its page says why.")
    parties = t.n("{n} party", "{n} parties", outlook.parties)
    lines = [t.n("{n} officer in {parties}", "{n} officers in {parties}", outlook.officers, parties=parties)]
    if outlook.in_digest:
        lines.append(t.n("{n} of them in a digest", "{n} of them in a digest", outlook.in_digest))
    if outlook.left_out:
        lines.append(t.n("{n} party gets nothing", "{n} parties get nothing", outlook.left_out))
    return " · ".join(lines)


def _standing(t: Translator, card: DraftCard) -> str:
    name, values = shorten(card.by, NAME), {}
    if card.when is not None:
        values = {"whom": _whom(t, card.whom), "when": say_when(t, card.when, card.zone)}
    match card.state:
        case DraftState.WAITING if name:
            told = t.html("⏳ <b>{name} proposes it</b> for: {whom}, {when}.", name=name, **values)
        case DraftState.WAITING:
            told = t.html("⏳ <b>It needs approval again</b>, for: {whom}, {when}.", **values)
        case DraftState.PLANNED:
            told = t.html("✅ <b>Approved by {name}</b>: {whom}, {when}.", name=name or "–", **values)
        case DraftState.OUT:
            told = t.html("📤 <b>It is out</b>, approved by {name}: {whom}.", name=name or "–", whom=values["whom"])
        case DraftState.RETURNED:
            note = shorten(card.note, _NOTE)
            told = t.html("↩️ <b>Returned by {name}</b>: {note}", name=name or "–", note=note)
        case DraftState.AWAY:
            told = t.html("🗄 <b>Put away</b> by {name}.", name=name) if name else t("🗄 <b>Put away.</b>")
        case DraftState.ENDED:
            told = t("🛑 <b>Withdrawn, or over.</b>")
        case _:
            told = ""
    if card.again_at is not None:
        again = t.html("🕘 It comes again: {moment}.", moment=say_moment(t, card.again_at, card.zone))
        return "\n".join(part for part in (told, again) if part)
    return told


def _keys(t: Translator, card: DraftCard) -> tuple[tuple[Button, ...], ...]:
    edit = _edit(t, card)
    if card.state is DraftState.AWAY:
        return ((Button(t("♻️ Bring it back"), data=_tap(card, "back")), edit),)
    if card.state not in {DraftState.OPEN, DraftState.WAITING}:
        return ((edit,),)
    first = (Button(t("✅ Approve"), data=_tap(card, "approve")), edit) if card.in_chat else (edit,)
    later = () if card.again_at is not None else (Button(t("🕘 Later"), data=_tap(card, "later")),)
    if card.state is DraftState.WAITING:
        last = Button(t("↩️ Return with note"), data=_tap(card, "return"))
    else:
        last = Button(t("🗄 Put away"), data=_tap(card, "away"))
    return first, (*later, last)


def _edit(t: Translator, card: DraftCard) -> Button:
    is_open = card.state in {DraftState.OPEN, DraftState.WAITING, DraftState.RETURNED}
    return Button(t("✏️ Edit") if is_open else t("🔎 Open"), url=card.page_url)


def _tap(card: DraftCard, argument: str) -> str:
    return encode_tap(Tap(Verb.DRAFT, card.number, argument))


def _kind(t: Translator, kind: ContentKind) -> str:
    return {
        ContentKind.POST: t("Article"),
        ContentKind.VIDEO: t("Video"),
        ContentKind.EPISODE: t("Podcast episode"),
        ContentKind.EVENT: t("Event"),
        ContentKind.APPEAL: t("Appeal"),
    }[kind]


def _reason(t: Translator, text: str) -> str:
    """Say why staff should look twice; reasons are stored in English by `rules.intake` and `store.contents`."""
    host = text.removeprefix("links to a foreign host: ")
    if host != text:
        return t("links to a foreign site, {host}", host=host)
    return {
        "no link": t("no link"),
        "no date": t("no date"),
        "older than 30 days": t("older than 30 days"),
        "dated in the future": t("dated in the future"),
        "edited after approval": t("edited after approval"),
        "changed at its source, which staff had edited here": t("changed at its source; the words edited here stand"),
        "very many new items at once": t("very many new items at once"),
    }.get(text, text)
