"""Decide whether a post spreads one of our contents, and how findings about one share become one."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from sharebot.values.posts import Post, Shortfall
from sharebot.values.status import Evidence, Network, PostKind, ReshareKind

MAX_URL = 2048
_STRENGTH = {level: rank for rank, level in enumerate(Evidence)}  # declared weakest first
_TRACKING = re.compile(
    r"(utm_|mtm_|pk_|_hs).*|fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|ttclid|yclid|igsh(id)?|li_fat_id"
    r"|mc_[ce]id|mkt_tok|ref_(src|url)"
)
_YOUTUBE = frozenset({"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"})
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_VIDEO_PATH = re.compile(r"/(?:shorts|live|embed)/([A-Za-z0-9_-]{11})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """What an address or a post stands for; the variant and language are None when they are not told."""

    content_id: int
    variant_id: int | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """What a short link's code stands for."""

    member_id: int
    target: Target


@dataclass(frozen=True, slots=True)
class Index:
    """Everything a post is compared with.

    `targets` by normalised address (see `index_targets`), `codes` by code, `own_posts` by network and
    external id. `short_base` is what comes before the "/" and the code. `released_at` by content; a
    content without an entry counts from ever on.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    codes: Mapping[str, Code] = field(default_factory=dict)
    own_posts: Mapping[tuple[Network, str], Target] = field(default_factory=dict)
    short_base: str = ""
    released_at: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """The post spreads this content; `reason` says in English how that is known."""

    content_id: int
    kind: ReshareKind
    evidence: Evidence
    language: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class NotCounted:
    """The post has to do with this content, or claims to, and does not count, for this `reason` in English."""

    shortfall: Shortfall
    reason: str
    content_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """That a member spread a content. `post_id` is the network's id of the post, where one is known."""

    member_id: int
    content_id: int
    kind: ReshareKind
    evidence: Evidence
    at: datetime
    network: Network | None = None
    post_id: str | None = None
    url: str | None = None
    language: str | None = None

    @property
    def key(self) -> str:
        """The same for every sighting of one post, and for every claim without a post; at most 600 long."""
        if self.network and self.post_id:
            return f"post:{self.network.value}:{self.post_id}"
        if self.url:
            plain = normalise_url(self.url) or self.url
            return f"link:{hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()}"
        return f"claim:{self.member_id}:{self.content_id}:{self.network.value if self.network else ''}"


def match(
    post: Post, member_id: int, *, index: Index, evidence: Evidence = Evidence.OBSERVED
) -> Match | NotCounted | None:
    """Decide which content `post` by an account of `member_id` spreads; None when it is none of ours.

    A post counts for one content: the Alliance's post it repeats, else the first of its links that counts.
    `evidence` is the level of the look that brought the post.
    """
    found = list(_candidates(post, member_id, index))
    verdicts = [_in_time(post, target, reason, index) or (target, reason) for target, reason in found]
    for verdict in verdicts:
        if not isinstance(verdict, NotCounted):
            target, reason = verdict
            return Match(target.content_id, _kind_of(post), evidence, target.language, reason)
    return next((verdict for verdict in verdicts if isinstance(verdict, NotCounted)), None)


def check_claim(post: Post | None, member_id: int, *, author_ids: Collection[str], index: Index) -> Match | NotCounted:
    """Decide whether the post behind a pasted link proves what was claimed.

    `post` is None when it is gone or hidden; `author_ids` are the member's registered accounts there.
    """
    if post is None:
        return NotCounted(Shortfall.GONE, "the post does not exist or is not public")
    if post.author_id not in author_ids:
        return NotCounted(Shortfall.FOREIGN, "posted by an account that is not registered for this party")
    verdict = match(post, member_id, index=index, evidence=Evidence.LINK_CHECKED)
    return verdict or NotCounted(
        Shortfall.NOT_OURS, "the post has no link to anything of ours and repeats none of our posts"
    )


def is_same_post(one: Finding, other: Finding) -> bool:
    """Whether two findings are sightings of one post; with different members, the second must be refused."""
    if one.network is not other.network or one.network is None:
        return False
    if one.post_id and other.post_id:
        return _bare_id(one) == _bare_id(other) and (one.member_id == other.member_id or one.key == other.key)
    plain = normalise_url(one.url or "")
    return plain is not None and plain == normalise_url(other.url or "")


def merge(existing: Finding, new: Finding) -> Finding | None:
    """Return the one finding that `existing` and `new` are together; None when they are two shares.

    A claim without a post gives way to any sighting on its network (or on any, when it named none), and a
    claim beside a known post adds nothing. Two sightings of one post are one, at the stronger level.
    """
    if (existing.member_id, existing.content_id) != (new.member_id, new.content_id):
        return None
    if not is_same_post(existing, new) and not (_claims(existing, new) or _claims(new, existing)):
        return None
    strong, weak = (new, existing) if _rank(new) > _rank(existing) else (existing, new)
    return replace(
        strong,
        network=strong.network or weak.network,
        url=strong.url or weak.url,
        language=strong.language or weak.language,
    )


def index_targets(pairs: Iterable[tuple[str, Target]]) -> dict[str, Target]:
    """Return the targets by normalised address; the first of two with one address stays."""
    targets: dict[str, Target] = {}
    for url, target in pairs:
        if plain := normalise_url(url):
            targets.setdefault(plain, target)
    return targets


def normalise_url(url: str) -> str | None:
    """Return one form for all addresses of one page; None for what is no web address.

    Scheme, "www.", default ports, trailing slashes, "/amp", fragments, tracking parameters, the order of
    parameters and YouTube's many forms make no difference. Hosts are compared in their ASCII form, so a
    look-alike letter stays different. Applying it twice changes nothing.
    """
    parts = _split(url)
    if parts is None:
        return None
    try:
        host = _host(parts)
        query = _query(parts.query)
        path = _path(parts.path)
    except ValueError:
        return None
    if video := _video(host, path, parts.query):
        return f"https://youtube.com/watch?v={video}"
    return f"https://{host}{path}{'?' if query else ''}{query}"


def _candidates(post: Post, member_id: int, index: Index) -> Iterable[tuple[Target, str]]:
    own = index.own_posts.get((post.network, post.subject_id or ""))
    if own:
        yield own, "quotes our post" if post.kind is PostKind.QUOTE else "reposts our post"
    base = normalise_url(index.short_base) if index.short_base else None
    for link in post.links:
        plain = normalise_url(link)
        code = index.codes.get(plain.removeprefix(f"{base}/")) if plain and base else None
        if code:
            own_code = code.member_id == member_id
            yield code.target, "has the party's short link" if own_code else "has another party's short link"
        elif plain and plain in index.targets:
            yield index.targets[plain], "links to the page"


def _in_time(post: Post, target: Target, reason: str, index: Index) -> NotCounted | None:
    released_at = index.released_at.get(target.content_id)
    if released_at is None or post.at is None or post.at >= released_at:
        return None
    return NotCounted(Shortfall.TOO_EARLY, f"{reason}, but was published before the release", target.content_id)


def _kind_of(post: Post) -> ReshareKind:
    if post.kind is PostKind.REPOST:
        return ReshareKind.REPOST
    return ReshareKind.QUOTE if post.kind is PostKind.QUOTE else ReshareKind.LINK


def _claims(claim: Finding, other: Finding) -> bool:
    is_bare = claim.post_id is None and claim.url is None
    return is_bare and claim.network in {None, other.network}


def _rank(finding: Finding) -> tuple[int, bool]:
    return _STRENGTH[finding.evidence], finding.post_id is not None


def _bare_id(finding: Finding) -> str:
    # A pasted Bluesky link may name the author by handle, a tracker by DID; the record key is one author's.
    post_id = finding.post_id or ""
    return post_id.rpartition("/")[2] if post_id.startswith("at://") else post_id


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and "@" not in parts.netloc else None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" not in host:
        host = host.encode("idna").decode("ascii").lower()
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host):
        raise ValueError("not a host")
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"


def _path(path: str) -> str:
    plain = unquote(path, errors="surrogateescape").rstrip("/")
    while plain.endswith("/amp"):
        plain = plain.removesuffix("/amp").rstrip("/")
    return quote(plain, safe="/:@!$&'()*+,;=~", errors="surrogateescape")


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=200)
    kept = sorted(pair for pair in pairs if not _is_tracking(pair[0].lower()))
    return urlencode(kept, quote_via=quote, errors="surrogateescape", encoding="utf-8")


def _is_tracking(name: str) -> bool:
    return _TRACKING.fullmatch(name) is not None


def _video(host: str, path: str, query: str) -> str | None:
    if host == "youtu.be":
        return path[1:] if _VIDEO.fullmatch(path[1:]) else None
    if host not in _YOUTUBE:
        return None
    if path == "/watch":
        value = parse_qs(query).get("v", [""])[0]
        return value if _VIDEO.fullmatch(value) else None
    found = _VIDEO_PATH.fullmatch(path)
    return found[1] if found else None
