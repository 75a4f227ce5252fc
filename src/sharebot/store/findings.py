"""Findings that a member spread a content: claimed, given, checked or observed; one post counts once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sharebot.models import LostReshare, Member, Officer, Reshare, Variant
from sharebot.rules.findings import Finding, is_same_post, merge
from sharebot.rules.pasted_links import recognise
from sharebot.store.chunks import in_chunks
from sharebot.store.deliveries import get_delivery
from sharebot.store.turns import Turn, take_turn
from sharebot.store.webhooks import note_events
from sharebot.values.api import WebhookEvent
from sharebot.values.posts import PastedLink
from sharebot.values.status import Evidence, ReshareKind
from sharebot.values.tracking import Ground

_LEVELS = {level: rank for rank, level in enumerate(Evidence)}  # declared weakest first


@dataclass(frozen=True, slots=True)
class Proof:
    """A finding with by what the post was recognised, and the delivery whose officer told of it."""

    finding: Finding
    ground: Ground | None = None
    delivery_id: int | None = None


def record_claim(session: Session, delivery_id: int, *, link: PastedLink | None, now: datetime) -> bool:
    """Note that the officer of a delivery says their party shared it; True when that is new or stronger."""
    finding = claim_of(session, delivery_id, link=link, now=now)
    return finding is not None and add_finding(session, finding, delivery_id=delivery_id, now=now)


def claim_of(session: Session, delivery_id: int, *, link: PastedLink | None, now: datetime) -> Finding | None:
    """Return what the officer of a delivery claims; None when it brought no item, or its officer is gone."""
    delivery = get_delivery(session, delivery_id)
    officer = session.get(Officer, delivery.officer_id)
    variant = session.get(Variant, delivery.variant_id) if delivery.variant_id else None
    if officer is None or variant is None:
        return None
    return Finding(
        member_id=officer.member_id,
        content_id=variant.content_id,
        kind=ReshareKind.LINK if link else ReshareKind.CLAIM,
        evidence=Evidence.LINK_GIVEN if link else Evidence.CLAIMED,
        at=now,
        network=link.network if link else None,
        post_id=link.external_id if link else None,
        url=link.url if link else None,
        language=variant.language,
    )


def find_share(session: Session, finding: Finding) -> Reshare | None:
    """Return the row in which the post of `finding` counts for its member and content, or None."""
    rows = select(Reshare).where(Reshare.member_id == finding.member_id, Reshare.content_id == finding.content_id)
    return next((row for row in session.exec(rows) if is_same_post(finding_of(row), finding)), None)


def finding_of(row: Reshare | LostReshare) -> Finding:
    """Return what a row says."""
    network, _, post_id = row.key.removeprefix("post:").partition(":")
    return Finding(
        row.member_id,
        row.content_id,
        row.kind,
        row.evidence,
        row.at,
        row.network,
        post_id if row.key.startswith("post:") and network else None,
        row.url,
        row.language,
    )


def add_finding(
    session: Session, finding: Finding, *, now: datetime, delivery_id: int | None = None, ground: Ground | None = None
) -> bool:
    """Add a finding, or strengthen the one it repeats; False when it adds nothing or is another's post."""
    return add_findings(session, [Proof(finding, ground, delivery_id)], now=now) == 1


def add_findings(session: Session, proofs: Sequence[Proof], *, now: datetime) -> int:
    """Add findings one after the other, and return how many were new or stronger.

    A post counts for one member and one content: what is said of it later gives way, unless it is better proven. The
    statements it takes grow with the findings in hundreds, whatever was found before.
    """
    return _Adding(session, proofs, now=now).run()


class _Adding:
    """Everything that some findings could repeat or contradict, loaded once."""

    def __init__(self, session: Session, proofs: Sequence[Proof], *, now: datetime) -> None:
        self._session, self._proofs, self._now = session, proofs, now
        self._by_key: dict[str, Reshare] = {}
        self._by_pair: dict[tuple[int, int], list[Reshare]] = defaultdict(list)
        self._by_content: dict[int, list[Reshare]] = defaultdict(list)
        self._lost: dict[str, LostReshare] = {}
        self._new: list[Reshare] = []
        # SQLite gives the number of its last row out again once that is gone; what was lost keeps its own.
        self._next_id = _first_free(session) if session.get_bind().dialect.name == "sqlite" else None

    def run(self) -> int:
        """Add them all."""
        if not self._proofs:
            return 0
        take_turn(self._session, Turn.FINDINGS)  # two parties may tell of one post at the same moment
        self._load([proof.finding for proof in self._proofs])
        added = sum([self._add(proof) for proof in self._proofs])
        self._session.flush()
        _note_new(self._session, self._new, now=self._now)
        return added

    def _load(self, findings: Sequence[Finding]) -> None:
        rows: dict[int, Reshare] = {}
        for some in in_chunks({key for one in findings for key in _keys(one)}):
            rows |= {row.id or 0: row for row in self._session.exec(select(Reshare).where(col(Reshare.key).in_(some)))}
            lost = self._session.exec(select(LostReshare).where(col(LostReshare.key).in_(some)))
            self._lost |= {row.key: row for row in lost}
        words = {(one.member_id, one.content_id) for one in findings if one.evidence is not Evidence.OBSERVED}
        for some_pairs in in_chunks(words):
            rows |= {row.id or 0: row for row in self._session.exec(_of_pairs(some_pairs))}
        # Two posts that we saw are one only under one key, so that of an eager party's many not all are looked at.
        for some_pairs in in_chunks({(one.member_id, one.content_id) for one in findings} - words):
            unseen = _of_pairs(some_pairs).where(col(Reshare.evidence) != Evidence.OBSERVED)
            rows |= {row.id or 0: row for row in self._session.exec(unseen)}
        # Only a word without the network's own id of the post has to be compared with everybody's.
        for content_id in {one.content_id for one in findings if one.post_id is None and one.url}:
            of_content = select(Reshare).where(Reshare.content_id == content_id)
            rows |= {row.id or 0: row for row in self._session.exec(of_content)}
        for number in sorted(rows):
            self._remember(rows[number])

    def _remember(self, row: Reshare) -> None:
        self._by_key[row.key] = row
        self._by_pair[row.member_id, row.content_id].append(row)
        self._by_content[row.content_id].append(row)

    def _forget(self, row: Reshare) -> None:
        self._by_key.pop(row.key, None)
        for rows in (self._by_pair[row.member_id, row.content_id], self._by_content[row.content_id], self._new):
            rows[:] = [one for one in rows if one is not row]
        self._session.flush()
        self._session.delete(row)
        self._session.flush()

    def _add(self, proof: Proof) -> bool:
        finding = proof.finding
        for row in self._contradicting(finding):
            if _LEVELS[row.evidence] >= _LEVELS[finding.evidence]:
                return False
            self._forget(row)
        own = self._by_pair[finding.member_id, finding.content_id]
        if lost := self._find_lost(finding):
            self._bring_back(proof, lost)
            return True
        # The row of the very post before a bare claim: two rows must not become one post's.
        for row in sorted(own, key=lambda one: one.key != finding.key):
            merged = merge(finding_of(row), finding)
            if merged is not None:
                return self._strengthen(row, merged, proof)
        self._create(proof)
        return True

    def _contradicting(self, finding: Finding) -> list[Reshare]:
        """Return rows by which the post counts for another content, or another member."""
        near = [row for key in _keys(finding) if (row := self._by_key.get(key))]
        near += self._by_content[finding.content_id] if finding.post_id is None and finding.url else []
        return [row for row in {id(row): row for row in near}.values() if _contradicts(row, finding)]

    def _strengthen(self, row: Reshare, merged: Finding, proof: Proof) -> bool:
        is_stronger = row.evidence is not merged.evidence or row.url != merged.url
        self._by_key.pop(row.key, None)
        row.key, row.network, row.kind = merged.key, merged.network, merged.kind
        row.evidence, row.url, row.language = merged.evidence, merged.url, merged.language
        if merged.key == proof.finding.key:
            row.ground = proof.ground or row.ground
        self._by_key[row.key] = row
        self._session.add(row)
        return is_stronger

    def _find_lost(self, finding: Finding) -> LostReshare | None:
        """Return the row that the post had before it was lost, when it is proven that it is there again."""
        lost = self._lost.get(finding.key)
        is_own = lost is not None and (lost.member_id, lost.content_id) == (finding.member_id, finding.content_id)
        return lost if is_own and _LEVELS[finding.evidence] >= _LEVELS[Evidence.LINK_CHECKED] else None

    def _bring_back(self, proof: Proof, lost: LostReshare) -> None:
        """Give the post its old number again; the words that stood for it meanwhile are part of it."""
        for row in [*self._by_pair[lost.member_id, lost.content_id]]:
            if merge(finding_of(row), proof.finding) is not None:
                self._forget(row)
        self._session.delete(self._lost.pop(lost.key))
        self._create(proof, was=lost)

    def _create(self, proof: Proof, *, was: LostReshare | None = None) -> None:
        finding = proof.finding
        row = Reshare(
            id=was.reshare_id if was else self._next_id,
            key=finding.key,
            member_id=finding.member_id,
            content_id=finding.content_id,
            delivery_id=proof.delivery_id or (was.delivery_id if was else None),
            network=finding.network,
            kind=finding.kind,
            evidence=finding.evidence,
            language=finding.language,
            url=finding.url,
            at=finding.at,
            created_at=was.created_at if was else self._now,
            ground=proof.ground,
        )
        if was is None and self._next_id is not None:
            self._next_id += 1
        self._session.add(row)
        self._new.append(row)
        self._remember(row)


def _first_free(session: Session) -> int:
    taken = session.exec(select(func.max(Reshare.id))).one() or 0
    lost = session.exec(select(func.max(LostReshare.reshare_id))).one() or 0
    return int(max(taken, lost)) + 1


def _of_pairs(pairs: Sequence[tuple[int, int]]) -> SelectOfScalar[Reshare]:
    both = tuple_(col(Reshare.member_id), col(Reshare.content_id))
    contents = {content_id for _, content_id in pairs}
    return select(Reshare).where(col(Reshare.content_id).in_(contents), both.in_(list(pairs)))


def _keys(finding: Finding) -> Iterator[str]:
    """Yield under what keys other rows may speak of the same post."""
    yield finding.key
    if finding.url and finding.network:
        yield Finding(0, 0, finding.kind, finding.evidence, finding.at, url=finding.url).key
        link = recognise(finding.url)
        if link is not None and link.network is finding.network and link.external_id:
            yield f"post:{finding.network.value}:{link.external_id}"


def _contradicts(row: Reshare, finding: Finding) -> bool:
    if (row.member_id, row.content_id) == (finding.member_id, finding.content_id):
        return False
    if row.content_id != finding.content_id:
        return row.key == finding.key
    return is_same_post(finding_of(row), finding)


def _note_new(session: Session, rows: Sequence[Reshare], *, now: datetime) -> None:
    if not rows:
        return
    members = {row.member_id for row in rows}
    codes = dict(session.exec(select(Member.id, Member.code).where(col(Member.id).in_(members))).all())
    events = [
        (
            str(row.id),
            {
                "reshare_id": row.id,
                "content_id": row.content_id,
                "member": codes[row.member_id],
                "network": row.network,
                "evidence": row.evidence,
            },
        )
        for row in rows
    ]
    note_events(session, WebhookEvent.RESHARE_FOUND, events, now=now)
