"""Look at the posts that officers gave, through their networks' own APIs, and say in the chat what was found."""

import logging

from sharebot.errors import SharebotError, TemporaryError
from sharebot.runtime import Runtime
from sharebot.store import checks, given
from sharebot.store.checks import DueCheck
from sharebot.texts.posts import tell_given

log = logging.getLogger(__name__)


async def check_posts(runtime: Runtime) -> None:
    """Look at every post that is due; nothing is ever fetched from an address that an officer gave."""
    with runtime.database.read() as session:
        due = checks.list_due(session, now=runtime.now())
    for check in due:
        if runtime.stopping.is_set():
            return
        if await _check(runtime, check):
            await _tell(runtime, check.post_id)


async def _check(runtime: Runtime, check: DueCheck) -> bool:
    """Look once; True when there is something to tell."""
    tracker = runtime.trackers.get(check.link.network)
    try:
        if tracker is None:
            raise TemporaryError("nobody looks at this network now")
        seen = await tracker.look_up(check.link)
    except TemporaryError as error:
        with runtime.database.write() as session:
            is_over = checks.put_off(session, check.post_id, now=runtime.now(), wait=error.retry_after)
        log.warning("post not looked at id=%d last=%s: %s", check.post_id, is_over, error)
        return is_over
    short_base = f"{runtime.settings.web.public_url}/r"
    with runtime.database.write() as session:
        evidence = checks.record_look(session, check.post_id, seen, short_base=short_base, now=runtime.now())
    log.info("post looked at id=%d evidence=%s", check.post_id, evidence.value if evidence else "-")
    return evidence is not None


async def _tell(runtime: Runtime, post_id: int) -> None:
    """Bring our answer in the officer's chat up to date; one that cannot be edited is only logged."""
    with runtime.database.read() as session:
        reply = given.find_reply(session, post_id)
        if reply is None:
            return
        told = given.list_given(session, given.list_told(session, reply.officer_id, reply.message_id))
        asks = any(one.title is None for one in told)
        choices = given.list_choices(session, reply.officer_id, now=runtime.now()) if asks else ()
    messenger = runtime.messengers.get(reply.bot_id)
    if messenger is None:
        return
    try:
        await messenger.edit(reply.address, reply.message_id, tell_given(reply.language, told, choices=choices))
    except SharebotError as error:
        log.warning("message not edited: %s", type(error).__name__)
