"""Everything that sharebot raises on purpose."""

from datetime import timedelta


class SharebotError(Exception):
    """Base of all errors whose message is meant for a person."""


class ConfigError(SharebotError):
    """A setting, or a file that holds settings, is wrong; the message names file, key and value."""


class NotFound(SharebotError):
    """There is no such row."""


class Refused(SharebotError):
    """The request is understood and not allowed in the present state."""


class AlreadyRunning(SharebotError):
    """Another worker holds the lock of this database."""


class TemporaryError(SharebotError):
    """It provably did not happen; try again later.

    `retry_after` is how long the other side asked to be left alone, when it said so.
    """

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(TemporaryError):
    """The other side said "too many requests"; `retry_after` is None when it named no time."""


class Spent(TemporaryError):
    """The month's budget for a network does not allow it."""


class PermanentError(SharebotError):
    """It did not happen, and trying the same again cannot help."""


class ContentRefused(PermanentError):
    """The other side refuses what was to be sent, whoever it is for."""


class RecipientGone(PermanentError):
    """The recipient can no longer be reached."""


class RecipientMoved(PermanentError):
    """The chat has a new address, `address`."""

    def __init__(self, message: str, *, address: int) -> None:
        super().__init__(message)
        self.address = address


class CredentialRefused(PermanentError):
    """The token or password is not accepted; everything sent with it must stop."""


class Conflict(PermanentError):
    """Somebody else does the same with our credentials at the same time."""


class UnknownOutcome(SharebotError):
    """It may or may not have happened, and nobody can tell now."""
