"""Proposing a forwarded post, translating an item by a reply, and staff's word on both."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from telegram import Message, MessageOriginChannel, Update

from sharebot.bot.context import Context, acknowledge, runtime_of, say, show_instead
from sharebot.bot.groups import speaker_of, thread_of
from sharebot.bot.posts import words_of
from sharebot.errors import Refused
from sharebot.models import Delivery
from sharebot.rules.own_links import is_public
from sharebot.rules.pasted_links import find_links
from sharebot.sources.plain import tidy
from sharebot.store import proposals
from sharebot.store.officers import OfficerView
from sharebot.store.titles import find_content
from sharebot.texts import proposals as texts
from sharebot.texts.compose import compose
from sharebot.values.proposals import Draft
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)
_TITLE = 200
_SHORTEST = 20  # fewer letters on one line are a remark, and no translation


async def ask_to_propose(context: Context, officer: OfficerView, message: Message) -> None:
    """Offer to propose a forwarded message; the second tap does it."""
    runtime, draft = runtime_of(context), read_forward(message)
    if draft is None:
        # Of an album one picture alone carries the words, and the others come as messages of their own.
        if message.media_group_id is None:
            await say(context, message.chat_id, texts.nothing_to_propose(officer.language))
        return
    with runtime.database.write() as session:
        number = proposals.add_draft(session, officer.id, draft, now=runtime.now())
    question = texts.ask_to_propose(
        officer.language, number, title=draft.title, organisation=runtime.settings.organisation.name
    )
    await say(context, message.chat_id, question)


def read_forward(message: Message) -> Draft | None:
    """Return what a forwarded message holds to propose; None when it has neither words nor an address."""
    text = tidy(message.text or message.caption or "")
    urls = [link.url for link in find_links(words_of(message)) if is_public(link.url)]
    preview = message.link_preview_options.url if message.link_preview_options else None
    urls += [preview] if isinstance(preview, str) and is_public(preview) else []
    origin = message.forward_origin
    if isinstance(origin, MessageOriginChannel) and origin.chat.username:
        urls.append(f"https://t.me/{origin.chat.username}/{origin.message_id}")
    url = next((one for one in urls if len(one) <= 2048), None)
    title, _, rest = text.partition("\n")
    if not title and url is None:
        return None
    is_whole = len(title) <= _TITLE
    return Draft(title[:_TITLE] or urlsplit(url or "").netloc, rest.strip() if is_whole else text, url)


def is_translation(text: str) -> bool:
    """Whether words in reply to an item can be its translation: a title and a text, or a long line."""
    return has_title_and_text(text) or len(tidy(text)) >= _SHORTEST


def has_title_and_text(text: str) -> bool:
    """Whether words have more than one line; in a group a single one, however long, is talk."""
    return len(tidy(text).splitlines()) > 1


async def ask_for_language(context: Context, officer: OfficerView, message: Message, item: Delivery) -> None:
    """Ask in which language an item was written anew; the second tap hands it in."""
    runtime, text = runtime_of(context), tidy(message.text or "")
    first, _, rest = text.partition("\n")
    is_whole = len(first) <= _TITLE
    with runtime.database.write() as session:
        content = find_content(session, item.variant_id or 0, language=officer.language)
        if content is None:
            return
        title, words = first[:_TITLE].strip(), rest.strip() if is_whole else text
        draft = Draft(title, words, content.url, item=content.id)
        number = proposals.add_draft(session, officer.id, draft, now=runtime.now())
        languages: Sequence[str] = proposals.list_languages_missing(session, officer.id, content.id)
    question = texts.ask_for_language(officer.language, number, title=content.title, languages=languages)
    await say(context, message.chat_id, replace(question, thread_id=thread_of(message)))


async def on_propose(update: Update, context: Context, tap: Tap) -> None:
    """Hand a draft in, or forget it; somebody else's is left alone."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None or officer is None:
        return
    await acknowledge(query)
    organisation = runtime.settings.organisation.name
    with runtime.database.write() as session:
        draft = proposals.find_draft(session, officer.id, tap.number)
        if draft is None:
            return
        if tap.argument == "no":
            proposals.drop(session, draft)
            told = texts.not_proposed(officer.language)
        elif proposals.is_fitting(session, draft, tap.argument):
            language = "" if tap.argument == "yes" else tap.argument
            proposals.confirm(session, draft, settings=runtime.settings, now=runtime.now(), language=language)
            told = texts.proposed(officer.language, kind=draft.kind, organisation=organisation)
        else:
            return
    log.info("proposal id=%d officer=%d word=%s", tap.number, officer.id, tap.argument)
    await show_instead(query, told)


async def on_judge(update: Update, context: Context, tap: Tap) -> None:
    """Carry out staff's word. Whoever is in staff's chat may decide; the first one counts."""
    runtime, query = runtime_of(context), update.callback_query
    message = query.message if query else None
    if query is None or message is None or message.chat.id != runtime.settings.telegram.staff_chat:
        log.warning("judgement from a foreign chat proposal=%d", tap.number)
        return
    with runtime.database.read() as session:
        is_asked = proposals.is_asked_in(session, tap.number, message.message_id)
    if tap.argument not in {"yes", "no"} or not is_asked:
        await acknowledge(query)
        return
    reader = runtime.settings.organisation.languages[0]
    by, accept = query.from_user.full_name, tap.argument == "yes"
    try:
        with runtime.database.write() as session:
            proposals.decide(session, tap.number, accept=accept, by=by, settings=runtime.settings, now=runtime.now())
    except Refused:
        await acknowledge(query, texts.cannot_accept(reader))
        return
    await acknowledge(query)
    with runtime.database.read() as session:
        card = proposals.get_card(session, tap.number, language=reader)
    if card is not None:
        log.info("proposal decided id=%d %s", tap.number, card.status.value)
        await show_instead(query, compose(card))
