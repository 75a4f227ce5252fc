"""Decide which content a post spreads, and by what that is known; the table of cases is in docs/attribution.md."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from sharebot.rules.pasted_links import recognise
from sharebot.rules.post_texts import find_addresses, fold_tag, list_hashtags, list_names
from sharebot.rules.post_times import published_at
from sharebot.rules.similarity import Library
from sharebot.values.page_urls import VIDEO_BASE, normalise_url
from sharebot.values.posts import Post, Shortfall
from sharebot.values.status import (
    Evidence,
    Network,
    PostKind,
    ReshareKind,
)
from sharebot.values.tracking import Ground

_CODE = re.compile(r"/([0-9A-Za-z]+)(?:[?%].*)?", re.ASCII)  # "%": words of another script, right behind it
MOST_LINKS = 300  # of one post; a site's page may have many
_KINDS = {Ground.TAG: ReshareKind.TAG, Ground.FILE: ReshareKind.COPY, Ground.WORDS: ReshareKind.COPY}
_STRENGTH = {ground: rank for rank, ground in enumerate(Ground)}  # declared strongest first
_EVER = datetime.min.replace(tzinfo=UTC)


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
    content without an entry counts from ever on. `tags` are contents by hashtag, in lower case and without "#";
    `our_names` the Alliance's handles and ids by network, in lower case and without "@"; `files` by Telegram's
    unique id; `words` the texts of recent contents.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    codes: Mapping[str, Code] = field(default_factory=dict)
    own_posts: Mapping[tuple[Network, str], Target] = field(default_factory=dict)
    short_base: str = ""
    released_at: Mapping[int, datetime] = field(default_factory=dict)
    tags: Mapping[str, frozenset[int]] = field(default_factory=dict)
    our_names: frozenset[tuple[Network, str]] = frozenset()
    files: Mapping[str, Target] = field(default_factory=dict)
    words: Sequence[tuple[Target, str]] = ()
    library: Library[Target] = field(init=False, repr=False, compare=False)
    folded_tags: Mapping[str, frozenset[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what is asked of every post; our texts are taken apart once, when the first post needs it."""
        object.__setattr__(self, "library", Library(self.words))
        object.__setattr__(self, "folded_tags", {fold_tag(tag): contents for tag, contents in self.tags.items()})


@dataclass(frozen=True, slots=True)
class Match:
    """The post spreads this content; `reason` says in English how that is known."""

    content_id: int
    kind: ReshareKind
    evidence: Evidence
    language: str | None
    reason: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class NotCounted:
    """The post has to do with this content, or claims to, and does not count, for this `reason` in English."""

    shortfall: Shortfall
    reason: str
    content_id: int | None = None
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    target: Target
    ground: Ground
    reason: str


def match(
    post: Post, member_id: int, *, index: Index, evidence: Evidence = Evidence.OBSERVED
) -> Match | NotCounted | None:
    """Decide which content `post` by an account of `member_id` spreads; None when it is none of ours.

    A post counts for one content: the Alliance's post it repeats, else the first of its links that counts, else by
    our file, by hashtag and name together, by our words. `evidence` is the level of the look that brought the
    post. A `member_id` of 0 is the Alliance: then the content is the one that its own post presents.
    """
    if member_id and _is_ours(post, index):
        return NotCounted(Shortfall.OUR_POST, "it is the Alliance's own post")
    at = post.at or published_at(post.network, post.external_id)
    early: NotCounted | None = None
    for group in (_repeated, _linked, _filed, _tagged, _worded):
        for one in group(post, member_id, at, index):
            refused = _too_early(one, at, index)
            if refused is None:
                return Match(
                    one.target.content_id, _kind_of(post, one), evidence, one.target.language, one.reason, one.ground
                )
            early = early or refused
    return early or _nearly(post, index)


def index_targets(pairs: Iterable[tuple[str, Target]]) -> dict[str, Target]:
    """Return the targets by normalised address; the first of two with one address stays."""
    targets: dict[str, Target] = {}
    for url, target in pairs:
        if plain := normalise_url(url):
            targets.setdefault(plain, target)
    return targets


def _is_ours(post: Post, index: Index) -> bool:
    return (post.network, post.author_id.lower()) in index.our_names or (
        (post.network, post.external_id) in index.own_posts
    )


def _repeated(post: Post, _member_id: int, _at: datetime | None, index: Index) -> Iterator[_Candidate]:
    own = index.own_posts.get((post.network, post.subject_id or ""))
    if own and post.kind is PostKind.QUOTE:
        yield _Candidate(own, Ground.QUOTE, "quotes our post")
    elif own:
        yield _Candidate(own, Ground.REPOST, "reposts our post")


def _linked(post: Post, member_id: int, at: datetime | None, index: Index) -> Iterator[_Candidate]:
    """Yield what the links lead to: the first content that counts, by its strongest link; then the others."""
    addresses = dict.fromkeys((*post.links, *find_addresses(post.text)))
    found = [one for url in islice(addresses, MOST_LINKS) if (one := _of_link(url, member_id, index))]
    first = next((one for one in found if _too_early(one, at, index) is None), None)
    if first:
        same = [one for one in found if one.target.content_id == first.target.content_id]
        yield min(same, key=lambda one: _STRENGTH[one.ground])
    yield from found


def _of_link(url: str, member_id: int, index: Index) -> _Candidate | None:
    plain = normalise_url(url)
    if plain is None:
        return None
    base = normalise_url(index.short_base) if index.short_base else None
    behind = _CODE.fullmatch(plain.removeprefix(base)) if base and plain.startswith(f"{base}/") else None
    code = index.codes.get(behind[1]) if behind else None
    if code and code.member_id == member_id:
        return _Candidate(code.target, Ground.SHORT_LINK, "has the party's short link")
    if code:
        return _Candidate(code.target, Ground.OTHER_SHORT_LINK, "has another party's short link")
    is_video = plain.startswith(VIDEO_BASE)
    target = index.targets.get(plain)
    if target:
        reason = "links to the video" if is_video else "links to the page"
        return _Candidate(target, Ground.VIDEO if is_video else Ground.PAGE, reason)
    own = _own_post_behind(url, index) or _own_post_behind(plain, index)
    return _Candidate(own, Ground.VIDEO if is_video else Ground.PAGE, "links to our post") if own else None


def _own_post_behind(url: str, index: Index) -> Target | None:
    """Return what our own post at this address presents; its address may name us, where its id has a number."""
    link = recognise(url)
    if link is None or not link.external_id:
        return None
    handle = (link.handle or "").lower()
    if own := index.own_posts.get((link.network, link.external_id)):
        return own
    if (link.network, handle) not in index.our_names:
        return None
    ids = (name for network, name in index.our_names if network is link.network)
    same = (link.external_id.replace(link.handle or handle, one, 1).replace(handle, one, 1) for one in ids)
    return next((own for one in same if (own := index.own_posts.get((link.network, one)))), None)


def _filed(post: Post, _member_id: int, _at: datetime | None, index: Index) -> Iterator[_Candidate]:
    for name in post.files:
        if target := index.files.get(name):
            yield _Candidate(target, Ground.FILE, "has our file")


def _tagged(post: Post, _member_id: int, at: datetime | None, index: Index) -> Iterator[_Candidate]:
    """Yield the content of our hashtags, where a post names us too.

    Of several contents, those that all its hashtags share; of these, the newest that was out by then.
    """
    tagged = _tagged_contents(post, index)
    if tagged and _names_us(post, index):
        out = [one for one in tagged if at is None or index.released_at.get(one, _EVER) <= at]
        newest = _choose_newest(out or tagged, index)
        if newest and (at or len(tagged) == 1):
            yield _Candidate(Target(newest), Ground.TAG, "has the campaign's hashtag and names us")


def _tagged_contents(post: Post, index: Index) -> Collection[int]:
    if post.kind is PostKind.REPOST or not index.tags:
        return ()
    sets = [index.folded_tags[tag] for tag in list_hashtags(post) if tag in index.folded_tags]
    return frozenset.intersection(*sets) or frozenset.union(*sets) if sets else ()


def _choose_newest(contents: Collection[int], index: Index) -> int | None:
    dated = sorted((index.released_at.get(one, _EVER), one) for one in contents)
    is_clear = len(dated) == 1 or (len(dated) > 1 and dated[-1][0] > dated[-2][0])
    return dated[-1][1] if is_clear else None


def _names_us(post: Post, index: Index) -> bool:
    return any((post.network, name) in index.our_names for name in list_names(post))


def _worded(post: Post, _member_id: int, _at: datetime | None, index: Index) -> Iterator[_Candidate]:
    if like := index.library.find(post.text):
        yield _Candidate(like.key, Ground.WORDS, f"has our words ({round(100 * like.share)} %)")


def _nearly(post: Post, index: Index) -> NotCounted | None:
    contents = _tagged_contents(post, index)
    if not contents:
        return None
    only = next(iter(contents)) if len(contents) == 1 else None
    return NotCounted(Shortfall.NOT_OURS, "has the campaign's hashtag alone", only, Ground.TAG)


def _too_early(one: _Candidate, at: datetime | None, index: Index) -> NotCounted | None:
    released_at = index.released_at.get(one.target.content_id)
    if released_at is None or at is None or at >= released_at:
        return None
    reason = f"{one.reason}, but was published before the release"
    return NotCounted(Shortfall.TOO_EARLY, reason, one.target.content_id, one.ground)


def _kind_of(post: Post, one: _Candidate) -> ReshareKind:
    if post.kind is PostKind.REPOST:
        return ReshareKind.REPOST
    if post.kind is PostKind.QUOTE:
        return ReshareKind.QUOTE
    return _KINDS.get(one.ground, ReshareKind.LINK)
