"""Look at the posts that officers gave, through their networks' own APIs, and say in the chat what was found."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from sharebot.errors import SharebotError, TemporaryError
from sharebot.jobs.stopping import unless_stopping
from sharebot.runtime import Runtime
from sharebot.store import checks, given
from sharebot.store.checks import DueCheck
from sharebot.store.tracking import record_identities
from sharebot.texts.posts import tell_given
from sharebot.trackers.seam import Tracker, Watched

log = logging.getLogger(__name__)


async def check_posts(runtime: Runtime) -> None:
    """Look at every post that is due; nothing is ever fetched from an address that an officer gave."""
    with runtime.database.read() as session:
        due = checks.list_due(session, now=runtime.now())
    for check in due:
        if runtime.stopping.is_set():
            return
        if await unless_stopping(runtime, _check(runtime, check)):
            await _tell(runtime, check.post_id)


async def _check(runtime: Runtime, check: DueCheck) -> bool:
    """Look once; True when there is something to tell."""
    network = check.link.network
    lookup, tracker = runtime.find_lookup(network), runtime.trackers.get(network)
    try:
        if lookup is None:
            raise TemporaryError("nobody looks at this network now")
        accounts = await _identify(runtime, tracker, check.accounts) if tracker else check.accounts
        seen = await lookup.look_up(check.link, accounts)
    except TemporaryError as error:
        with runtime.database.write() as session:
            is_over = checks.put_off(session, check.post_id, now=runtime.now(), wait=error.retry_after)
        log.warning("post not looked at id=%d last=%s: %s", check.post_id, is_over, error)
        return is_over
    short_base = f"{runtime.settings.web.public_url}/r"
    with runtime.database.write() as session:
        evidence = checks.record_look(
            session, check.post_id, seen, short_base=short_base, now=runtime.now(), by_handle=tracker is None
        )
    log.info("post looked at id=%d evidence=%s", check.post_id, evidence.value if evidence else "-")
    return evidence is not None


async def _identify(runtime: Runtime, tracker: Tracker, accounts: Sequence[Watched]) -> list[Watched]:
    """Return the party's accounts with the network's ids, by which alone a post is known to be theirs."""
    unknown = [one for one in accounts if one.external_id is None]
    found = await tracker.identify(unknown) if unknown else {}
    if found:
        with runtime.database.write() as session:
            record_identities(session, found, now=runtime.now())
    ids = {account_id: identity.external_id for account_id, identity in found.items()}
    return [replace(one, external_id=one.external_id or ids.get(one.account_id)) for one in accounts]


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
