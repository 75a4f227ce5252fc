"""What is said of proposals: the question to the officer, the one to staff, and the answer."""

from collections.abc import Sequence

from sharebot.texts.catalogue import Translator
from sharebot.texts.cutting import shorten
from sharebot.texts.posts import speak
from sharebot.values.messages import Button, Message
from sharebot.values.proposals import ProposalCard, Verdict
from sharebot.values.status import ProposalKind, ProposalStatus
from sharebot.values.taps import Tap, Verb, encode_tap

_TITLE, _TEXT, _NAME = 200, 700, 60
_LABEL = 18


def ask_to_propose(language: str, number: int, *, title: str, organisation: str) -> Message:
    """Ask whether a forwarded message is to be proposed."""
    t = speak(language)
    question = t.html(
        "Propose this to {organisation}, so that other parties may share it?\n<b>{title}</b>",
        organisation=organisation,
        title=shorten(title, _TITLE),
    )
    yes = Button(t("✅ Propose"), data=encode_tap(Tap(Verb.PROPOSE, number, "yes")))
    return Message(question, ((yes, _no(t, number)),))


def ask_for_language(language: str, number: int, *, title: str, languages: Sequence[str]) -> Message:
    """Ask which language the words are in that somebody wrote in reply to an item."""
    t = speak(language)
    question = t.html("Is this a translation of “{title}”? Tap its language.", title=shorten(title, _TITLE))
    keys = [Button(_language(t, code), data=encode_tap(Tap(Verb.PROPOSE, number, code))) for code in languages]
    rows = [tuple(keys[start : start + 3]) for start in range(0, len(keys), 3)]
    return Message(question, (*rows, (_no(t, number),)))


def _no(t: Translator, number: int) -> Button:
    return Button(t("✖️ No"), data=encode_tap(Tap(Verb.PROPOSE, number, "no")))


def _language(t: Translator, code: str) -> str:
    name = t.language_name(code)
    return shorten(name[:1].upper() + name[1:], _LABEL)


def proposed(language: str, *, kind: ProposalKind, organisation: str) -> str:
    """Thank for a proposal."""
    t = speak(language)
    if kind is ProposalKind.TRANSLATION:
        return t.html("💚 Thank you for the translation! {name} will look at it and tell you.", name=organisation)
    return t.html("💚 Thank you! {name} will look at your proposal and tell you.", name=organisation)


def not_proposed(language: str) -> str:
    """Confirm that a forwarded message is left alone."""
    return speak(language)("All right, I have forgotten it.")


def nothing_to_propose(language: str) -> str:
    """Answer a forward that has neither words nor an address."""
    return speak(language)("I can propose only what has words or a link. Please forward the post with its text.")


def own_item(language: str) -> str:
    """Answer somebody who forwards what came from us."""
    return speak(language)("This comes from us. When you have shared it, tap Shared, or paste the link to your post.")


def compose_question(card: ProposalCard) -> Message:
    """Ask staff what to do with a proposal, or show what was decided."""
    t = speak(card.reader)
    head = t.html("💡 <b>{party}</b> proposes:", party=shorten(card.party, _NAME))
    if card.kind is ProposalKind.TRANSLATION:
        head = t.html(
            "🌐 <b>{party}</b> proposes “{title}” in this language: {language}",
            party=shorten(card.party, _NAME),
            title=shorten(card.item_title or "", _TITLE) or t("Untitled"),
            language=t.language_name(card.language),
        )
    parts = [head, f"<b>{t.html('{title}', title=shorten(card.title, _TITLE) or t('Untitled'))}</b>"]
    text = shorten(card.text, _TEXT)
    parts += [t.html("{text}", text=text)] if text else []
    parts += [t.html("🔗 {url}", url=card.url)] if card.url else []
    if card.status is not ProposalStatus.OPEN:
        return Message("\n\n".join([*parts, f"<b>{t.html('{decided}', decided=_decided(t, card))}</b>"]))
    keys = {"yes": t("✅ Accept"), "no": t("🚫 No, thanks")}
    row = tuple(Button(words, data=encode_tap(Tap(Verb.JUDGE, card.number, what))) for what, words in keys.items())
    return Message("\n\n".join(parts), (row,))


def _decided(t: Translator, card: ProposalCard) -> str:
    name = shorten(card.decided_by or "", _NAME)
    if card.status is ProposalStatus.DECLINED:
        return t("{name}: no, thanks.", name=name)
    if card.kind is ProposalKind.ITEM:
        return t("{name}: accepted. It waits as a draft for review.", name=name)
    if card.is_to_approve:
        return t("{name}: accepted. What was approved and not yet sent has to be approved again.", name=name)
    return t("{name}: accepted. It goes out with the next sending.", name=name)


def cannot_accept(language: str) -> str:
    """Say for a moment that a translation came too late."""
    return speak(language)("There are words in that language already.")


def compose_verdict(verdict: Verdict) -> Message:
    """Tell a proposer what became of it."""
    t = speak(verdict.reader)
    title = shorten(verdict.item_title or verdict.title, _TITLE) or t("Untitled")
    values = {"organisation": verdict.organisation, "title": title, "language": t.language_name(verdict.language)}
    if verdict.kind is ProposalKind.TRANSLATION and verdict.is_accepted:
        told = t.html(
            "🎉 Your translation of “{title}” is accepted ({language}). From now on it serves every party that reads "
            "that language. Thank you!",
            **values,
        )
    elif verdict.kind is ProposalKind.TRANSLATION:
        told = t.html(
            "Thank you for translating “{title}” ({language}). {organisation} will not use it this time; your work "
            "was welcome all the same.",
            **values,
        )
    elif verdict.is_accepted:
        told = t.html(
            "🎉 {organisation} has accepted your proposal “{title}” and is preparing it for the other parties, as "
            "proposed by yours. Thank you!",
            **values,
        )
    else:
        told = t.html(
            "Thank you for proposing “{title}”. {organisation} will not pass it on this time. Please keep them coming!",
            **values,
        )
    return Message(told, protected=verdict.high_risk)
