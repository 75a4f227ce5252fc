"""What officers with a mailbox are told: their mails, in the same words as a chat's wherever those fit."""

from dataclasses import replace

from sharebot.texts import embargo
from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import shorten, shown_text
from sharebot.values.cards import Card, Subject
from sharebot.values.letters import Reader
from sharebot.values.messages import Button, Letter, Message
from sharebot.values.status import DeliveryKind

SUMMARY_SHOWN = 280
SUBJECT_SHOWN = 120
NAME_SHOWN = 60


def speak(language: str) -> Translator:
    """Return the words of a mail reader's language."""
    return translator("personal", language)


def as_mail(subject: Subject, message: Message, reader: Reader) -> Message:
    """Turn a chat message into a mail: one button to the reader's own page, where everything else is."""
    t = speak(reader.language)
    if reader.enrols:
        return _letter(t, _enrolment(t, reader), reader, t("See what is stored, and agree"))
    if isinstance(subject, Card) and subject.kind is DeliveryKind.ITEM and not subject.withdrawn:
        return _letter(t, _item(t, subject), reader, t("Open and share"))
    first = message.html.partition("\n")[0]
    name = shorten(shown_text(first), SUBJECT_SHOWN)
    links = tuple(row for row in (_linked(row) for row in message.buttons) if row)
    told = replace(message, subject=message.subject or name, buttons=links, media=None, file_id=None)
    return _letter(t, told, reader, t("Open your page"))


def _item(t: Translator, card: Card) -> Message:
    title = shorten(card.title, SUBJECT_SHOWN) or t("New item to share")
    parts = [f"<b>{t.html('{title}', title=title)}</b>"]
    summary = shorten(card.text, SUMMARY_SHOWN)
    parts += [t.html("{text}", text=summary)] if summary else []
    parts += [embargo.note(card.language, card.share_from, card.zone)] if card.share_from else []
    proposer = shorten(card.proposed_by, NAME_SHOWN)
    parts += [f"<i>{t.html('💡 Proposed by {party}', party=proposer)}</i>"] if proposer else []
    parts += [f"<i>{t('Sent again: the first copy could not be confirmed.')}</i>"] if card.copies else []
    return Message("\n\n".join(parts), subject=title)


def _enrolment(t: Translator, reader: Reader) -> Message:
    asked = t.html(
        "<b>{organisation}</b> would like to send you by e-mail what is worth sharing, for <b>{party}</b>.\n\n"
        "Nothing more is sent unless you agree. If you did not expect this, you need do nothing: the link ends in "
        "a week.",
        organisation=reader.organisation,
        party=reader.party,
    )
    subject = t("{organisation}: items to share, for {party}", organisation=reader.organisation, party=reader.party)
    return Message(asked, subject=subject)


def _letter(t: Translator, message: Message, reader: Reader, label: str) -> Message:
    foot = t.html(
        '<i>You get this because you agreed to it. On <a href="{url}">your page</a> you choose what comes and when, '
        "take a break, or leave.</i>",
        url=reader.page_url,
    )
    return replace(
        message,
        html=message.html if reader.enrols else f"{message.html}\n\n{foot}",
        buttons=((Button(label, url=reader.page_url),), *message.buttons),
        upload=reader.picture,
        letter=Letter(reader.number, reader.page_url, reader.language, reader.alt),
    )


def _linked(row: tuple[Button, ...]) -> tuple[Button, ...]:
    return tuple(button for button in row if button.url)
