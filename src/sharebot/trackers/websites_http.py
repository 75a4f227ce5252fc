"""Ask a site for a page or feed, and turn its refusals into our errors."""

from collections.abc import Mapping
from dataclasses import dataclass

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.trackers.answers import retry_after
from sharebot.trackers.seam import Http


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is neither 429 nor 5xx; `url` is where redirects led, header names are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The header as it came."""
        return self.headers.get("content-type", "")


async def get(http: Http, url: str, *, headers: Mapping[str, str] | None = None) -> Reply:
    """Fetch `url`. Raises RateLimited or TemporaryError, with the wait that was asked for."""
    try:
        answer = await http.get(url, headers=headers)
    except PermanentError as error:
        raise TemporaryError(f"cannot ask: {error}") from error
    except (TimeoutError, OSError) as error:
        raise TemporaryError(f"no answer: {type(error).__name__}") from error
    if answer.status == 429:
        raise RateLimited("too many requests", retry_after=retry_after(answer.headers))
    if answer.status >= 500:
        raise TemporaryError(f"answered {answer.status}", retry_after=retry_after(answer.headers))
    lowered = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status, str(getattr(answer, "url", url)), lowered, answer.body)
