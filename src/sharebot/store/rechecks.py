"""Posts to be looked for again: which are due, and what was found of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sharebot.models import ObservedPost, SocialAccount
from sharebot.rules.attribution import Match, match
from sharebot.rules.tracking import CHECKS, next_check
from sharebot.store.chunks import in_chunks
from sharebot.store.lost import find_again, lose_posts
from sharebot.store.match_index import build_index
from sharebot.values.posts import KnownPost, Post
from sharebot.values.status import Network

MOST = 100  # of one network at a time
PAUSE = timedelta(hours=6)  # before what could not be asked for is asked for again
_GIVE_UP = CHECKS[-1] + timedelta(days=7)
_AGAIN_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class DuePost:
    """A post to be looked for; `is_due` is False of one that is asked for beside a repost of it."""

    id: int
    post: KnownPost
    is_due: bool = True


def list_due(session: Session, network: Network, *, now: datetime) -> list[DuePost]:
    """Return posts of a network to be looked for, the longest due first, and the Alliance's own that they repeat.

    Those are needed to tell a repost that was undone from one that went with our own post.
    """
    due = select(ObservedPost).where(col(ObservedPost.check_at) <= now, ObservedPost.network == network)
    rows = session.exec(due.order_by(col(ObservedPost.check_at), col(ObservedPost.id)).limit(MOST)).all()
    asked = {row.external_id for row in rows}
    subjects = {row.subject_id for row in rows if row.subject_id} - asked
    own = (
        select(ObservedPost)
        .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
        .where(
            ObservedPost.network == network,
            col(ObservedPost.external_id).in_(subjects),
            col(ObservedPost.gone_at).is_(None),
            col(SocialAccount.member_id).is_(None),
        )
    )
    beside = [DuePost(row.id or 0, known, is_due=False) for row, known in _known(session, session.exec(own).all())]
    return beside + [DuePost(row.id or 0, known) for row, known in _known(session, rows)]


def _known(session: Session, rows: Sequence[ObservedPost]) -> list[tuple[ObservedPost, KnownPost]]:
    ids = {row.account_id for row in rows}
    accounts = select(SocialAccount.id, SocialAccount.external_id).where(col(SocialAccount.id).in_(ids))
    authors = dict(session.exec(accounts).all())
    return [
        (row, KnownPost(row.external_id, authors.get(row.account_id) or "", row.kind, row.url, row.subject_id))
        for row in rows
    ]


def record(
    session: Session, network: Network, due: Sequence[DuePost], found: Mapping[str, bool], *, now: datetime
) -> tuple[int, int]:
    """Write down which posts are there; return how many reshares were lost, and how many count again."""
    gone = [one.post.external_id for one in due if found.get(one.post.external_id) is False]
    there = [one.post.external_id for one in due if found.get(one.post.external_id) is True]
    lost = lose_posts(session, network, gone, now=now)
    back = find_again(session, network, there, now=now)
    was_asked = {one.id: one.post.external_id in found for one in due if one.is_due}
    for some in in_chunks(was_asked):
        for row in session.exec(select(ObservedPost).where(col(ObservedPost.id).in_(some))):
            _plan(row, was_asked=was_asked[row.id or 0], now=now)
            session.add(row)
    session.flush()
    return lost, back


def _plan(row: ObservedPost, *, was_asked: bool, now: datetime) -> None:
    if was_asked:
        row.checks += 1
        row.check_at = next_check(row.seen_at, now=now)
    else:
        # An account that shows us nothing any more says nothing of its posts either.
        row.check_at = now + PAUSE if now < row.seen_at + _GIVE_UP else None


def match_again(session: Session, network: Network, *, short_base: str, now: datetime) -> int:
    """Find out what the Alliance's young posts present whose item was not here yet when they were seen.

    From then on members who repeat them are looked for.
    """
    unknown = (
        select(ObservedPost, SocialAccount.external_id)
        .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
        .where(
            col(SocialAccount.member_id).is_(None),
            ObservedPost.network == network,
            col(ObservedPost.content_id).is_(None),
            ObservedPost.links != "",
            col(ObservedPost.seen_at) >= now - _AGAIN_FOR,
        )
    )
    rows = session.exec(unknown.order_by(col(ObservedPost.id))).all()
    posts = [(row, _post(row, author or "")) for row, author in rows]
    if not posts:
        return 0
    index = build_index(session, [post for _, post in posts], short_base=short_base, now=now)
    at_any_time = replace(index, released_at={})  # our own post may be out before the item is released
    matched = 0
    for row, post in posts:
        found = match(post, 0, index=at_any_time)
        if isinstance(found, Match):
            row.content_id, row.language, row.ground = found.content_id, found.language, found.ground
            row.check_at = next_check(row.seen_at, now=now)
            session.add(row)
            matched += 1
    session.flush()
    return matched


def _post(row: ObservedPost, author_id: str) -> Post:
    return Post(
        row.network,
        row.external_id,
        author_id,
        row.kind,
        url=row.url,
        subject_id=row.subject_id,
        links=tuple(row.links.split("\n")),
    )
