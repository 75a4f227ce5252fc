"""A link that an officer gives, alone or in a sentence, is a report of a share; they can move it or take it back."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from sharebot.bot.accounts import offer_profile
from sharebot.bot.context import Context, acknowledge, officer_of, runtime_of, say, show_instead
from sharebot.bot.groups import speaker_of, thread_of
from sharebot.bot.shown import refresh
from sharebot.models import Delivery
from sharebot.rules.pasted_links import find_links, post_key
from sharebot.rules.profiles import profile_of
from sharebot.runtime import Runtime
from sharebot.store import answers, given, posts
from sharebot.store.officers import OfficerView
from sharebot.texts import posts as texts
from sharebot.texts import replies
from sharebot.values import messages
from sharebot.values.posts import Objection, PastedLink
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)


async def take_links(
    context: Context, officer: OfficerView, message: Message, links: Sequence[PastedLink], *, item: Delivery | None
) -> None:
    """Take links as claims of the item they belong to, and say what was noted; ask where that is not clear."""
    runtime = runtime_of(context)
    paste = posts.Paste(links, message.date, item.id if item else None, runtime.lookable)
    if await _is_gone(context, officer, message, item):
        return
    with runtime.database.write() as session:
        taken = posts.take(session, officer.id, paste, settings=runtime.settings, now=runtime.now())
    log.info("links given officer=%d taken=%d refused=%d", officer.id, len(taken.given), len(taken.refused))
    await refresh(runtime, taken.changed)
    if taken.given:
        told = _compose(runtime, officer, taken.given, known=taken.known)
        message_id = await say(context, message.chat_id, replace(told, thread_id=thread_of(message)))
        if message.chat.type == ChatType.PRIVATE:  # numbers of messages are those of one chat
            with runtime.database.write() as session:
                given.remember_reply(session, taken.given, message_id)
    if taken.refused:
        lines = "\n\n".join(texts.refused_lines(officer.language, taken.refused))
        await say(context, message.chat_id, messages.Message(lines, thread_id=thread_of(message)))
        await _offer_first_profile(context, officer, message, taken.refused)


async def _offer_first_profile(
    context: Context, officer: OfficerView, message: Message, refused: Sequence[tuple[PastedLink, Objection]]
) -> None:
    """Ask about a profile that was sent instead of a post; in a group that would disturb the others."""
    profiles = [profile_of(link) for link, objection in refused if objection is Objection.NO_POST]
    found = next((one for one in profiles if one is not None), None)
    if found is not None and message.chat.type == ChatType.PRIVATE:
        await offer_profile(context, officer, message.chat_id, found)


async def _is_gone(context: Context, officer: OfficerView, message: Message, item: Delivery | None) -> bool:
    """Whether the item replied to was withdrawn; if so, say it."""
    with runtime_of(context).database.read() as session:
        gone = item is not None and answers.is_withdrawn(session, item)
    if gone:
        words = messages.Message(replies.withdrawn(officer.language), thread_id=thread_of(message))
        await say(context, message.chat_id, words)
    return gone


async def on_edited(update: Update, context: Context) -> None:
    """Say that an edited message changes nothing, when a link in it came or went."""
    runtime, message = runtime_of(context), update.edited_message
    officer = officer_of(context, update)
    if officer is None or message is None or message.forward_origin is not None:
        return
    links = find_links(words_of(message))
    with runtime.database.read() as session:
        had = [posts.link_of(one) for one in given.list_given_at(session, officer.id, message.date)]
        is_same = posts.are_given(session, officer.id, links)
    if set(map(post_key, links)) != set(map(post_key, had)) and (had or not is_same):
        await say(context, message.chat_id, texts.edit_stands(officer.language, had_posts=bool(had)))


async def on_item_chosen(update: Update, context: Context, delivery: Delivery) -> None:
    """Take the links that were asked about for the item tapped now."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None or query.message is None or officer is None:
        return
    await acknowledge(query)
    changed: set[int] = set()
    with runtime.database.write() as session:
        asked = given.list_undecided(session, officer.id, query.message.message_id)
        for post in asked:
            changed |= posts.move(session, post, delivery, lookable=runtime.lookable, now=runtime.now())
        ids = [post.id or 0 for post in asked]
        given.remember_reply(session, ids, query.message.message_id)
    if ids:
        await refresh(runtime, sorted(changed))
        await _tell_again(context, query, officer, ids[0])


async def on_post(update: Update, context: Context, tap: Tap) -> None:
    """Move a pasted post to another item, or take it back; somebody else's is left alone."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None or query.message is None or officer is None:
        return
    with runtime.database.read() as session:
        post = posts.get_post(session, officer.id, tap.number)
    if post is None:
        log.warning("tap on a foreign post id=%d officer=%d", tap.number, officer.id)
        await acknowledge(query)
    elif tap.argument == "edit":
        await _ask_for_other(context, query, officer, tap.number)
    elif tap.argument == "drop":
        await acknowledge(query)
        with runtime.database.write() as session:
            own = posts.get_post(session, officer.id, tap.number)
            changed = posts.take_back(session, own, now=runtime.now()) if own else set()
        log.info("post taken back id=%d", tap.number)
        await refresh(runtime, sorted(changed))
        await _tell_again(context, query, officer, tap.number)
    elif tap.argument.startswith("to_"):
        await _move(context, query, officer, tap)
    else:
        await acknowledge(query)
        await _tell_again(context, query, officer, tap.number)


async def _ask_for_other(context: Context, query: CallbackQuery, officer: OfficerView, number: int) -> None:
    runtime = runtime_of(context)
    with runtime.database.read() as session:
        post = posts.get_post(session, officer.id, number)
        without = post.delivery_id if post else None
        choices = given.list_choices(session, officer.id, now=runtime.now(), without=without)
        (shown,) = given.list_given(session, [number])
    if not choices:
        await acknowledge(query, texts.no_other_item(officer.language))
        return
    await acknowledge(query)
    await show_instead(query, texts.choose_other(officer.language, shown, choices))


async def _move(context: Context, query: CallbackQuery, officer: OfficerView, tap: Tap) -> None:
    runtime, wished = runtime_of(context), tap.argument.removeprefix("to_")
    number = int(wished) if wished.isdecimal() else 0
    with runtime.database.write() as session:
        post = posts.get_post(session, officer.id, tap.number)
        open_items = {item.id: item for item in answers.list_open(session, officer.id, now=runtime.now())}
        item, lookable = open_items.get(number), runtime.lookable
        changed = posts.move(session, post, item, lookable=lookable, now=runtime.now()) if post and item else set()
    await acknowledge(query, texts.item_changed(officer.language) if changed else None)
    await refresh(runtime, sorted(changed))
    await _tell_again(context, query, officer, tap.number)


async def _tell_again(context: Context, query: CallbackQuery, officer: OfficerView, number: int) -> None:
    """Show our answer as things are now; one in a group tells of the post `number` alone."""
    runtime, message = runtime_of(context), query.message
    with runtime.database.read() as session:
        if message is not None and message.chat.type == ChatType.PRIVATE:
            ids = given.list_told(session, officer.id, message.message_id)
        else:
            ids = [number] if posts.get_post(session, officer.id, number) else []
    await show_instead(query, _compose(runtime, officer, ids) if ids else texts.taken_back(officer.language))


def _compose(
    runtime: Runtime, officer: OfficerView, ids: Sequence[int], *, known: Collection[int] = ()
) -> messages.Message:
    with runtime.database.read() as session:
        told = given.list_given(session, ids, known=known)
        asks = any(one.title is None for one in told)
        choices = given.list_choices(session, officer.id, now=runtime.now()) if asks else ()
    return texts.tell_given(officer.language, told, choices=choices)


def words_of(message: Message) -> str:
    """Return a message's text or caption, and the addresses behind its words."""
    entities = {**message.parse_entities(["text_link"]), **message.parse_caption_entities(["text_link"])}
    hidden = [entity.url for entity in entities if entity.url]
    return "\n".join([message.text or message.caption or "", *hidden])
