"""What an operator may set, with the defaults; `config/sharebot.toml` explains each key to people."""

from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from sharebot.config.checks import (
    Cron,
    Email,
    HostPort,
    Issuer,
    Language,
    LocalTime,
    NetworkOfHosts,
    Url,
    Zone,
    check_url,
)

TopicCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
TopicName = Annotated[str, Field(min_length=1, max_length=24)]
BotCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,39}$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Part(BaseModel):
    """Base of all parts: unknown keys are errors, and nothing changes after start."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Organisation(Part):
    """Who runs this bot."""

    name: str = Field(default="The Alliance", min_length=1)
    url: Url = "https://alliance.example"
    zone: Zone = "Europe/Brussels"
    languages: tuple[Language, ...] = Field(default=("en", "fr", "es"), min_length=1)


class RegionalBot(Part):
    """One more bot for the members of some regions; `token` is a secret."""

    token: SecretStr | None = None
    regions: tuple[str, ...] = Field(default=(), min_length=1)


class Telegram(Part):
    """The main bot's account and what holds for all bots; `token` is a secret.

    `channel` is the Alliance's own channel, whose posts officers get as forwards that keep their origin; the bot
    has to be its administrator.

    `per_second` is the pace of one bot over all workers, `per_minute_in_group` that of one group.
    `staff_chat` gets alerts, `preview_chat` every item before any officer does; both are chat ids.
    `doubt_seconds` is how long evidence is waited for when nobody knows whether a message arrived.
    With `webhook_secret` Telegram calls us, at `web.public_url`; without it we ask Telegram.
    """

    token: SecretStr | None = None
    base_url: Url = "https://api.telegram.org/bot"
    poll_seconds: int = Field(default=30, ge=0, le=50)
    per_second: float = Field(default=25, gt=0, le=10_000)
    per_minute_in_group: float = Field(default=18, gt=0, le=60)
    sends_in_flight: int = Field(default=3, ge=1, le=8)
    doubt_seconds: float = Field(default=90, ge=1, le=3600)
    staff_chat: int | None = None
    preview_chat: int | None = None
    channel: int | None = None
    webhook_secret: SecretStr | None = None
    bots: dict[BotCode, RegionalBot] = Field(default_factory=dict)


class Sending(Part):
    """When officers may be written to, in their own local time, and how often.

    `asks_per_week` is how many items and digests an officer gets in seven days; the rest waits for the digest of
    `digest_day`. `holidays`: nothing but urgent items on a public holiday of the party's country. `lock_hours` is
    for how long an item is somebody's who took it. Messages to people at high risk are deleted after
    `delete_after_hours`; Telegram lets a bot delete for 48 hours.
    """

    local_time: LocalTime = time(9, 0)
    window_from: LocalTime = time(8, 0)
    window_to: LocalTime = time(20, 0)
    days: tuple[Weekday, ...] = Field(default=("mon", "tue", "wed", "thu", "fri"), min_length=1)
    holidays: bool = True
    asks_per_week: int = Field(default=5, ge=1, le=100)
    digest_day: Weekday = "mon"
    lock_hours: int = Field(default=24, ge=1, le=168)
    delete_after_hours: int = Field(default=24, ge=1, le=47)
    expires_after_hours: int = Field(default=168, ge=1, le=24 * 90)
    language_fallback: dict[Language, tuple[Language, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _window_opens_before_it_closes(self) -> "Sending":
        if self.window_from >= self.window_to:
            raise ValueError("window_from must be earlier than window_to")
        return self


class Approval(Part):
    """How items are approved: by `eyes` pairs of eyes, where two means never by whoever proposed it.

    `in_chat` lets staff approve in `telegram.staff_chat` as well.
    """

    eyes: Literal[1, 2] = 1
    in_chat: bool = True


class Sources(Part):
    """How feeds are polled. `local_addresses` opts single host:port in to plain http, for trials."""

    poll_minutes: int = Field(default=15, ge=1, le=24 * 60)
    link_hosts: tuple[str, ...] = ()
    local_addresses: tuple[HostPort, ...] = ()


class Web(Part):
    """The staff pages and the short links; `public_url` is how people reach them.

    Whoever sends `metrics_token`, a secret, may read /metrics from elsewhere than this machine. `proxies` are the
    addresses of our own proxies: they alone are believed when they say who asks.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: Url = "http://127.0.0.1:8080"
    metrics_token: SecretStr | None = None
    proxies: tuple[NetworkOfHosts, ...] = Field(default=(), max_length=20)


class Oidc(Part):
    """The organisation's identity provider, for staff who have an account there; `client_secret` is a secret.

    `issuer` is compared sign by sign with what the provider calls itself, a last slash included.
    """

    issuer: Issuer | None = None
    client_id: str | None = Field(default=None, min_length=1, max_length=200)
    client_secret: SecretStr | None = None

    @property
    def is_configured(self) -> bool:
        """Whether staff may come in that way."""
        return self.issuer is not None and self.client_id is not None


class Smtp(Part):
    """The mail server; `password` is a secret."""

    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    sender: Email = "sharebot@alliance.example"


class Recipient(Part):
    """One reader of mails: of the weekly report, or of alerts."""

    email: Email
    language: Language = "en"


class Reports(Part):
    """The weekly report: `schedule` is cron-like, in `zone` (the organisation's when left out)."""

    schedule: Cron = "0 7 * * MON"
    zone: Zone | None = None
    recipients: tuple[Recipient, ...] = ()


class Alerts(Part):
    """Who is told that a person is needed; the chat for it is `telegram.staff_chat`.

    `ping_url`, a secret, is asked for after every good look, so that its silence tells what we cannot.
    """

    recipients: tuple[Recipient, ...] = ()
    ping_url: SecretStr | None = None

    @field_validator("ping_url")
    @classmethod
    def _is_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        try:
            check_url(value.get_secret_value())
        except ValueError:
            # The check's own words repeat the address.
            raise ValueError("must be an https address") from None
        return value


class Bluesky(Part):
    """Watching of public Bluesky accounts; needs no login. `jetstream_url` spares the accounts' feeds."""

    enabled: bool = True
    base_url: Url = "https://public.api.bsky.app"
    every_minutes: int = Field(default=30, ge=1, le=24 * 60)
    accounts: tuple[str, ...] = ()
    jetstream_url: str | None = Field(default=None, pattern=r"^wss?://")


class X(Part):
    """Watching of X, by the app's `bearer_token`, a secret; what it costs stays under `monthly_usd` a UTC month.

    `vocabulary` is how posts are asked for: `post` as X specifies it, where the author of each post is paid for as
    well; `tweet` in the older words that it still answers, where the author comes along.
    """

    bearer_token: SecretStr | None = None
    base_url: Url = "https://api.x.com"
    every_minutes: int = Field(default=60, ge=5, le=24 * 60)
    accounts: tuple[str, ...] = ()
    monthly_usd: float = Field(default=20, ge=0, le=10_000)
    vocabulary: Literal["post", "tweet"] = "post"


class Mastodon(Part):
    """Watching of the Fediverse from the Alliance's own `server`; `token`, a secret, also shows quotes and times.

    `servers` are those reached at another address than their handles name.
    """

    enabled: bool = True
    server: str | None = Field(default=None, max_length=253, pattern=r"^(https://)?[A-Za-z0-9.-]+(:\d{1,5})?/?$")
    token: SecretStr | None = None
    every_minutes: int = Field(default=30, ge=1, le=24 * 60)
    accounts: tuple[str, ...] = ()
    servers: dict[str, Url] = Field(default_factory=dict)


class YouTube(Part):
    """Counts of the Alliance's own videos; `api_key` is a secret, `daily_units` what may be used of the quota."""

    api_key: SecretStr | None = None
    base_url: Url = "https://www.googleapis.com/youtube/v3"
    every_minutes: int = Field(default=360, ge=15, le=24 * 60)
    accounts: tuple[str, ...] = ()
    daily_units: int = Field(default=1000, ge=1, le=10_000)


class Websites(Part):
    """Watching of parties' own sites by their feeds or sitemaps, and the receiver of Webmentions."""

    enabled: bool = True
    every_minutes: int = Field(default=180, ge=15, le=24 * 60)
    webmention: bool = True


class Oembed(Part):
    """Networks' services that tell of a pasted post without a login, for those that are not watched here."""

    enabled: bool = True
    x_url: Url = "https://publish.x.com/oembed"
    youtube_url: Url = "https://www.youtube.com/oembed"
    tiktok_url: Url = "https://www.tiktok.com/oembed"


class LinkedIn(Part):
    """Notifications of the Alliance's own page; needs the network's approval. `token` is a secret."""

    token: SecretStr | None = None
    base_url: Url = "https://api.linkedin.com"
    organization: str | None = Field(default=None, pattern=r"^\d{1,20}$")
    version: str = Field(default="202610", pattern=r"^\d{6}$")
    every_minutes: int = Field(default=60, ge=5, le=24 * 60)


class Media(Part):
    """How files are made lighter for slow lines; audio needs ffmpeg on the machine."""

    picture_kb: int = Field(default=100, ge=20, le=1000)
    picture_pixels: int = Field(default=1280, ge=320, le=4096)
    audio_kbit: int = Field(default=24, ge=8, le=64)
    original_mb: int = Field(default=200, ge=1, le=2000)


class Branding(Part):
    """What pages and mails look like."""

    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#c8102e"


class Settings(Part):
    """All settings of one installation."""

    database_url: str = "sqlite:///data/sharebot.db"
    secret_key: SecretStr | None = None
    organisation: Organisation = Organisation()
    telegram: Telegram = Telegram()
    sending: Sending = Sending()
    approval: Approval = Approval()
    sources: Sources = Sources()
    web: Web = Web()
    oidc: Oidc = Oidc()
    smtp: Smtp = Smtp()
    reports: Reports = Reports()
    alerts: Alerts = Alerts()
    bluesky: Bluesky = Bluesky()
    x: X = X()
    mastodon: Mastodon = Mastodon()
    youtube: YouTube = YouTube()
    websites: Websites = Websites()
    linkedin: LinkedIn = LinkedIn()
    oembed: Oembed = Oembed()
    media: Media = Media()
    topics: dict[TopicCode, dict[Language, TopicName]] = Field(default_factory=dict, max_length=12)
    branding: Branding = Branding()

    @property
    def doubt_wait(self) -> timedelta:
        """How long evidence is waited for when nobody knows whether a message arrived."""
        return timedelta(seconds=self.telegram.doubt_seconds)

    @property
    def report_zone(self) -> str:
        """The zone the report's schedule and weeks are counted in."""
        return self.reports.zone or self.organisation.zone
