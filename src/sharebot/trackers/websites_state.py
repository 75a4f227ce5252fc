"""What a look at a site leaves for the next one: how to ask again cheaply, and what was seen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from sharebot.trackers.seam import Watched
from sharebot.trackers.websites_http import Reply

_LONGEST = 1000  # what a cursor holds
_LONGEST_URL = 400
_LONGEST_TAG = 150
_LONGEST_WAIT = timedelta(days=8)
_MARK = 8
_MOST_MARKS = 120


@dataclass(frozen=True, slots=True)
class State:
    """`listing` is the feed or sitemap that was found, `etag`, `modified` and `digest` those of its last body.

    Nothing is asked before `wait`, an ISO instant.
    """

    handle: str = ""
    listing: str = ""
    etag: str = ""
    modified: str = ""
    digest: str = ""
    wait: str = ""

    @classmethod
    def read(cls, account: Watched, cursors: Mapping[str, str]) -> Self:
        """Return what is known of a site; nothing when its address was changed since."""
        try:
            data = json.loads(cursors.get(_key(account), "{}"))
            state = cls(**{str(name): str(value) for name, value in data.items()})
        except (ValueError, TypeError, AttributeError):
            return cls(_short(account.handle))
        return state if state.handle == _short(account.handle) else cls(_short(account.handle))

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers that ask for `url` only when it changed."""
        if url != self.listing:
            return {}
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}

    def after(self, url: str, reply: Reply) -> Self:
        """Return the state after everything that `reply` lists was looked at."""
        if len(url) > _LONGEST_URL:
            return replace(self, listing="", etag="", modified="", digest=digest_of(reply.body), wait="")
        etag, modified = reply.headers.get("etag", ""), reply.headers.get("last-modified", "")
        kept = {"etag": etag, "modified": modified}
        fit = {name: value if len(value) <= _LONGEST_TAG and value.isascii() else "" for name, value in kept.items()}
        return replace(self, listing=url, digest=digest_of(reply.body), wait="", **fit)

    def unfinished(self, url: str) -> Self:
        """Return the state after a look that left something for the next one: that one asks for the whole."""
        return replace(self, listing=url if len(url) <= _LONGEST_URL else "", etag="", modified="", digest="", wait="")

    def waiting(self, until: datetime) -> Self:
        """Return the state of a site that asked to be left alone."""
        return replace(self, wait=until.isoformat(timespec="seconds"))

    def must_wait(self, now: datetime) -> timedelta | None:
        """Return for how long the site wants to be left alone still; None when it does not.

        Longer than anybody may ask for is what a clock left that ran ahead.
        """
        try:
            left = datetime.fromisoformat(self.wait) - now
        except (ValueError, TypeError):
            return None
        return left if timedelta(0) < left <= _LONGEST_WAIT else None

    def cursor(self, account: Watched) -> dict[str, str]:
        """Return it as a cursor."""
        told = json.dumps(asdict(self), separators=(",", ":"))
        if len(told) > _LONGEST:
            # Signs that JSON writes at length: the site is asked anew, but not before the wait.
            return type(self)(self.handle, wait=self.wait).cursor(account)
        return {_key(account): told}


def read_marks(account: Watched, cursors: Mapping[str, str]) -> list[str]:
    """Return the marks of what was looked at, newest first."""
    text = cursors.get(f"seen:{account.account_id}", "")
    return [text[start : start + _MARK] for start in range(0, len(text), _MARK)]


def marks_cursor(account: Watched, marks: Iterable[str]) -> dict[str, str]:
    """Return marks as a cursor; the first of them when they are too many."""
    return {f"seen:{account.account_id}": "".join([*dict.fromkeys(marks)][:_MOST_MARKS])}


def mark_of(*parts: str) -> str:
    """Return a short mark of what an entry says, so that one that was changed is looked at again."""
    return digest_of("\n".join(parts).encode("utf-8", "replace"))[:_MARK]


def digest_of(body: bytes) -> str:
    """Return the digest of a body."""
    return hashlib.sha256(body).hexdigest()[:20]


def _key(account: Watched) -> str:
    return f"site:{account.account_id}"


def _short(handle: str) -> str:
    return mark_of(handle)
