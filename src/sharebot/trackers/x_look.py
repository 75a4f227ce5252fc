"""One look at X: the Alliance's own posts, their counts, who reposted and quoted them, and what members posted."""

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sharebot.errors import Spent
from sharebot.trackers import x_views as views
from sharebot.trackers.seam import Look, Observation, Subject, Watched
from sharebot.trackers.x_api import NotThere
from sharebot.trackers.x_cadence import Purpose, is_count_due, is_search_due
from sharebot.trackers.x_queries import count_fields, ours, post_fields, repost_fields, shards
from sharebot.trackers.x_reader import OVER, POST, Reader
from sharebot.trackers.x_state import (
    SEARCHED,
    from_key,
    own_key,
    read_followed,
    read_id,
    read_instant,
    write_followed,
    write_instant,
)
from sharebot.values.posts import Post
from sharebot.values.tracking import Unobservable

PAGE = 100  # the specification's maximum for every list we ask for
LEAST_FOUND, LEAST_OWN = 10, 5  # its minima for recent search and a timeline
SEARCHABLE = timedelta(days=7)
_MARGIN = timedelta(minutes=10)
LAG = timedelta(minutes=5)  # within which a post becomes searchable
_STALE = timedelta(days=1)
_PAGES = 3  # of one search or timeline in one look
_FOUND = 50  # a page of search; more of one look is no campaign but a flood
_REPOST_PAGES = 50
_USUAL_PAGE = 20
FLOOD = 150  # reposts of one post; from there on only the newest are read
_OF_A_FLOOD = 10

log = logging.getLogger(__name__)
Parts = AsyncIterator[Observation]


class Round:
    """What one look remembers while it goes on."""

    def __init__(self, reader: Reader, look: Look) -> None:
        self._reader, self._look = reader, look
        self._pace = reader.money(look.now).pace
        self.followed = {one.external_id: read_followed(look.cursors, one.external_id) for one in look.subjects}
        self._told: set[str] = set()

    def steps(self) -> Iterator[tuple[Sequence[Watched], Parts]]:
        """Yield what is to be done, one after the other, each with the accounts it is about."""
        own = [one for one in self._look.accounts if one.is_own and views.is_id(one.external_id)]
        members = [one for one in self._look.accounts if not one.is_own and views.is_id(one.external_id)]
        for account in own:
            yield [account], self._own(account)
        subjects = [one for one in self._look.subjects if views.is_id(one.external_id)]
        yield from (([], self._counts(batch)) for batch in _batches(self._due(subjects)))
        for subject in sorted(subjects, key=lambda one: self.followed[one.external_id].new_reposts):
            if self._look.watched:
                yield [], self._reposts(subject.external_id)
        if members:
            yield from (([], self._quotes(subject, members)) for subject in subjects)
        clause = ours(self._look.hosts, own)
        searched = read_instant(self._look.cursors, SEARCHED)
        if members and clause and is_search_due(searched, self._look.now, self._pace):
            searches = list(self._searches(members, clause))
            for number, (query, batch) in enumerate(searches, start=1):
                yield batch, self._search(query, batch, is_last=number == len(searches))

    async def _own(self, account: Watched) -> Parts:
        author = str(account.external_id)
        since = read_id(self._look.cursors, own_key(author))
        start: dict[str, str | int] = {"since_id": since} if since else {"start_time": _stamp(self._look.since)}
        params = {"exclude": "retweets", **post_fields(self._reader.vocabulary, author=False), **start}
        newest, token = since, None
        for number in range(_PAGES):
            room = self._reader.room(Purpose.SEARCH, self._look.now, each=POST.micros)
            most = min(PAGE if number or not since else _USUAL_PAGE, room)
            if most < LEAST_OWN:
                return
            more: dict[str, str | int] = {"pagination_token": token} if token else {}
            try:
                answer = await self._reader.posts(
                    f"/2/users/{author}/tweets", {**params, **more, "max_results": most}, most=most
                )
            except NotThere:
                yield Observation(failed={account.account_id: Unobservable.GONE})
                return
            if reason := views.read_unseen(answer).get(author):
                yield Observation(failed={account.account_id: reason})
                return
            found = [one for raw in views.items(answer) if (one := views.read_post(raw, author_id=author))]
            newest = _newest([newest, *(one.external_id for one in found)])
            token = views.next_page(answer)
            is_last = token is None or number == _PAGES - 1
            cursors = {own_key(author): newest} if is_last and newest else {}
            yield Observation(self._fresh(found), cursors, seen=(account.account_id,) if is_last else ())
            if is_last:
                return

    def _due(self, subjects: Sequence[Subject]) -> list[Subject]:
        now = self._look.now
        return [
            one
            for one in subjects
            if is_count_due(now - one.at, self.followed[one.external_id].counted, now, self._pace)
        ]

    async def _counts(self, subjects: Sequence[Subject]) -> Parts:
        subjects = subjects[: self._reader.room(Purpose.COUNTS, self._look.now, each=POST.micros)]
        if not subjects:
            return
        ids = [one.external_id for one in subjects]
        params = {"ids": ",".join(ids), **count_fields(self._reader.vocabulary)}
        answer = await self._reader.posts("/2/tweets", params, most=len(ids))
        counts = {
            str(raw["id"]): counted
            for raw in views.items(answer)
            if raw["id"] in ids and (counted := views.read_counts(raw))
        }
        cursors: dict[str, str] = {}
        for external_id, counted in counts.items():
            state = self.followed[external_id]
            self.followed[external_id] = replace(
                state,
                counted=self._look.now,
                reposts=counted.reposts or 0,
                reposts_read=min(state.reposts_read, counted.reposts or 0),
                quotes=counted.quotes or 0,
                quotes_read=min(state.quotes_read, counted.quotes or 0),
            )
            cursors |= write_followed(external_id, self.followed[external_id])
        gone = tuple(one for one in ids if one in views.read_unseen(answer) and one not in counts)
        yield Observation(counts=counts, cursors=cursors, gone=gone)

    async def _reposts(self, subject: str) -> Parts:
        """Page back to a repost that is known, asking for no more than the count says there are."""
        state, token, read, newest = self.followed[subject], None, 0, list[str]()
        for _ in range(_REPOST_PAGES):
            expected = state.new_reposts - read + (1 if state.newest else 0)
            expected = min(expected, _OF_A_FLOOD) if state.reposts > FLOOD else expected
            room = self._reader.room(Purpose.REPOSTS, self._look.now, each=self._reader.with_author)
            most = min(PAGE, max(expected, 1), room)
            if state.new_reposts <= 0 or (most < 1 and not read):
                return
            if most < 1:
                log.info("x reposts not read to the end post=%s read=%d of=%d", subject, read, state.new_reposts)
                break
            more: dict[str, str | int] = {"pagination_token": token} if token else {}
            params = {**repost_fields(self._reader.vocabulary), **more, "max_results": most}
            try:
                answer = await self._reader.posts(f"/2/tweets/{subject}/retweets", params, most=most, author=True)
            except NotThere:
                return
            rows = views.items(answer)
            read += len(rows)
            newest += [str(row["id"]) for row in rows]
            found = [one for row in rows if (one := views.read_post(row, repeats=subject))]
            yield Observation(self._fresh([one for one in found if one.author_id in self._look.watched]))
            token = views.next_page(answer)
            if token is None or not rows or set(newest) & set(state.newest) or state.reposts > FLOOD:
                break
        youngest = max(map(int, state.newest), default=0)
        taken = state.taken + sum(int(one) > youngest for one in newest)
        known = tuple(dict.fromkeys([*newest, *state.newest]))
        self.followed[subject] = replace(state, reposts_read=state.reposts, taken=taken, newest=known)
        yield Observation(cursors=write_followed(subject, self.followed[subject]))

    async def _quotes(self, subject: Subject, members: Sequence[Watched]) -> Parts:
        """Search for members' quotes of a post whose number of quotes rose; strangers' are not paid for."""
        state = self.followed[subject.external_id]
        if state.quotes <= state.quotes_read:
            return
        since = max(subject.at, (state.quoted or subject.at) - _MARGIN, self._first())
        for query, _batch in shards(members, f"quotes_of_tweet_id:{subject.external_id}"):
            async for posts in self._pages(query, {"start_time": _stamp(since)}):
                told = [replace(one, subject_id=one.subject_id or subject.external_id) for one in posts]
                yield Observation(self._fresh(told))
        done = replace(self.followed[subject.external_id], quotes_read=state.quotes, quoted=self._look.now)
        self.followed[subject.external_id] = done
        yield Observation(cursors=write_followed(subject.external_id, done))

    def _searches(self, members: Sequence[Watched], clause: str) -> Iterator[tuple[str, list[Watched]]]:
        """Yield the shards; who was never searched for has shards of their own, so that no other is read again."""
        known = [one for one in members if read_id(self._look.cursors, from_key(str(one.external_id)))]
        fresh = [one for one in members if one not in known]
        yield from shards(known, clause)
        yield from shards(fresh, clause)

    async def _search(self, query: str, batch: Sequence[Watched], *, is_last: bool) -> Parts:
        keys = [from_key(str(one.external_id)) for one in batch]
        ids = [one for key in keys if (one := read_id(self._look.cursors, key))]
        since = min(ids, key=int) if ids else None
        is_recent = since is not None and views.instant_of(since) > self._first()
        start = {"since_id": since} if since and is_recent else {"start_time": _stamp(self._first())}
        newest: str | None = None
        async for posts in self._pages(query, start):
            newest = _newest([newest, *(one.external_id for one in posts)])
            yield Observation(self._fresh(posts))
        # A post that is younger than the lag may become searchable after one that is younger still.
        settled = str(views.id_at(self._look.now - LAG))
        is_stale = since is None or views.instant_of(since) < self._look.now - _STALE
        following = min(newest, settled, key=int) if newest else settled if is_stale else None
        cursors = dict.fromkeys(keys, following) if following else {}
        cursors |= {SEARCHED: write_instant(self._look.now)} if is_last else {}
        yield Observation(cursors=cursors, seen=tuple(one.account_id for one in batch))

    async def _pages(self, query: str, start: dict[str, str]) -> AsyncIterator[list[Post]]:
        token = None
        for _ in range(_PAGES):
            room = self._reader.room(Purpose.SEARCH, self._look.now, each=self._reader.with_author)
            if room < LEAST_FOUND:
                raise Spent(OVER)
            most = min(_FOUND, room)
            more: dict[str, str | int] = {"next_token": token} if token else {}
            params = {"query": query, "max_results": most, **start, **more}
            fields = post_fields(self._reader.vocabulary, author=True)
            answer = await self._reader.posts("/2/tweets/search/recent", params | fields, most=most, author=True)
            found = [one for raw in views.items(answer) if (one := views.read_post(raw))]
            yield [one for one in found if one.author_id in self._look.watched]
            token = views.next_page(answer)
            if token is None:
                return
        log.info("x search longer than read pages=%d", _PAGES)

    def _first(self) -> datetime:
        return self._look.now - SEARCHABLE + _MARGIN

    def _fresh(self, posts: Sequence[Post]) -> tuple[Post, ...]:
        fresh = {one.external_id: one for one in posts if one.external_id not in self._told}
        self._told |= set(fresh)
        return tuple(fresh.values())


def _batches(subjects: Sequence[Subject]) -> Iterator[Sequence[Subject]]:
    return (subjects[start : start + PAGE] for start in range(0, len(subjects), PAGE))


def _newest(ids: Sequence[str | None]) -> str | None:
    return max((one for one in ids if one), key=int, default=None)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
