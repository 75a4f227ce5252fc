"""Say what Bluesky's accounts are called now: renamed, gone, hidden, or somebody else's."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.trackers import bluesky_views as views
from sharebot.trackers.bluesky_api import MAX_URIS, BlueskyApi
from sharebot.trackers.seam import Identity, Watched
from sharebot.values.tracking import Unobservable

MOST_UNANSWERED = 10

Found = TypeVar("Found")


class _Asking:
    """Keeps what failed; after a 429, or ten failures, nothing more is asked."""

    def __init__(self) -> None:
        self.failure: TemporaryError | None = None
        self._left = MOST_UNANSWERED

    async def attempt(self, question: Callable[[], Awaitable[Found]]) -> Found | None:
        if self._left <= 0:
            return None
        try:
            return await question()
        except TemporaryError as error:
            self.failure = error
            self._left = 0 if isinstance(error, RateLimited) else self._left - 1
            return None


async def identify(api: BlueskyApi, accounts: Sequence[Watched]) -> dict[int, Identity]:
    """Return what accounts are, by their row's id; who could not be asked for is left out.

    Raises RateLimited or TemporaryError when the network does not answer at all.
    """
    asking, found, known = _Asking(), dict[int, Identity](), list[tuple[Watched, str]]()
    for account in accounts:
        did = account.external_id or await asking.attempt(partial(_find, api, account.handle))
        if did:
            known.append((account, did))
        elif did == "":
            found[account.account_id] = Identity(None, account.handle, Unobservable.NOT_FOUND)
    for start in range(0, len(known), MAX_URIS):
        some = known[start : start + MAX_URIS]
        profiles = await asking.attempt(partial(api.profiles, [did for _, did in some]))
        for account, did in some if profiles is not None else ():
            if identity := await asking.attempt(partial(_identity, api, account.handle, did, profiles or {})):
                found[account.account_id] = identity
    if asking.failure and not found:
        raise asking.failure
    return found


async def _find(api: BlueskyApi, handle: str) -> str:
    """Return the DID of a handle, nothing when nobody has it."""
    try:
        return await api.resolve(handle)
    except PermanentError:
        return ""


async def _identity(api: BlueskyApi, handle: str, did: str, known: Mapping[str, dict[str, Any]]) -> Identity:
    try:
        # Who is missing in a list may just have been forgotten; asked for alone, the server says why.
        profile = known.get(did) or await api.profile(did)
    except PermanentError:
        return Identity(await _other_owner(api, handle, did) or did, handle, Unobservable.GONE)
    name = profile.get("handle")
    is_hidden = views.is_hidden(profile)
    reason = Unobservable.PROTECTED if is_hidden else None
    if isinstance(name, str) and views.is_handle(name) and name != "handle.invalid":
        return Identity(did, name, reason)
    # The account lost its domain: the name may be another's by now.
    return Identity(await _other_owner(api, handle, did) or did, handle, reason)


async def _other_owner(api: BlueskyApi, handle: str, did: str) -> str | None:
    owner = await _find(api, handle)
    return owner if owner not in {"", did} else None
