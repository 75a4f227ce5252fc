"""What officers propose: drafts until they confirm, then open until staff decide, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Chat, Delivery, Member, Officer, Proposal, QueueEntry, Variant
from sharebot.store.chats import main_chat
from sharebot.store.contents import EDITED, Intake, add_version, get_content, ingest
from sharebot.store.deliveries import may_show, new_delivery
from sharebot.store.post_owners import home_hosts
from sharebot.store.titles import list_titles
from sharebot.store.upsert import insert_ignore
from sharebot.values.cards import Subject
from sharebot.values.feeds import FeedItem
from sharebot.values.proposals import Draft, ProposalCard, Verdict
from sharebot.values.status import DeliveryKind, EntryStatus, ProposalKind, ProposalStatus

LANGUAGES_OFFERED = 6
_WIDELY_READ = ("pt", "ar", "de", "it", "ru", "sw", "hi", "zh")
_DRAFTS_LAST = timedelta(days=2)
_QUESTION_LASTS = timedelta(days=14)
_NEWS_LASTS = timedelta(days=7)


def add_draft(session: Session, officer_id: int, draft: Draft, *, now: datetime) -> int:
    """Keep what an officer may propose and return its number; what was never confirmed goes after two days."""
    officer = session.get_one(Officer, officer_id)
    stale = (col(Proposal.status) == ProposalStatus.DRAFT, col(Proposal.created_at) < now - _DRAFTS_LAST)
    session.execute(delete(Proposal).where(*stale))
    proposal = Proposal(
        kind=ProposalKind.TRANSLATION if draft.item else ProposalKind.ITEM,
        member_id=officer.member_id,
        officer_id=officer_id,
        content_id=draft.item,
        language=officer.language,
        title=draft.title[:500],
        text=draft.text,
        url=draft.url,
        created_at=now,
    )
    session.add(proposal)
    session.flush()
    return proposal.id or 0


def list_languages_missing(session: Session, officer_id: int, content_id: int) -> list[str]:
    """Return languages in which a content has no words yet: the party's own first, then those of other parties."""
    officer = session.get_one(Officer, officer_id)
    member = session.get_one(Member, officer.member_id)
    taken = set(session.exec(select(Variant.language).where(Variant.content_id == content_id)))
    others = select(Member.languages).where(col(Member.id) != member.id)
    counts: dict[str, int] = {}
    for code in (code for languages in session.exec(others) for code in languages.split(",")):
        counts[code] = counts.get(code, 0) + 1
    often = sorted(counts, key=lambda code: (-counts[code], code))
    wanted = dict.fromkeys([*member.languages.split(","), officer.language, *often, *_WIDELY_READ])
    return [code for code in wanted if code and code not in taken][:LANGUAGES_OFFERED]


def find_draft(session: Session, officer_id: int, number: int) -> Proposal | None:
    """Return the officer's own draft, else None: callback data is no authority."""
    proposal = session.get(Proposal, number, populate_existing=True)
    is_own = proposal is not None and proposal.officer_id == officer_id and proposal.status is ProposalStatus.DRAFT
    return proposal if is_own else None


def is_fitting(session: Session, proposal: Proposal, word: str) -> bool:
    """Whether a draft can be handed in with this word: "yes", or for a translation its language."""
    if proposal.kind is ProposalKind.ITEM:
        return word == "yes"
    return word in list_languages_missing(session, proposal.officer_id or 0, proposal.content_id or 0)


def drop(session: Session, proposal: Proposal) -> None:
    """Forget a draft."""
    session.delete(proposal)
    session.flush()


def confirm(session: Session, proposal: Proposal, *, settings: Settings, now: datetime, language: str = "") -> None:
    """Open a draft to staff, in their chat where there is one; `language` is what its words are in."""
    proposal.status, proposal.language = ProposalStatus.OPEN, language or proposal.language
    session.add(proposal)
    session.flush()
    staff_chat = settings.telegram.staff_chat
    if staff_chat is None:
        return
    row = new_delivery(
        f"proposal:{proposal.id}",
        DeliveryKind.PROPOSAL,
        chat=main_chat(session, staff_chat),
        due_at=now,
        expires_at=now + _QUESTION_LASTS,
        now=now,
    )
    insert_ignore(session, Delivery, [row | {"about_proposal_id": proposal.id}])


def is_asked_in(session: Session, number: int, message_id: int) -> bool:
    """Whether staff are asked about a proposal in this message."""
    asked = select(Delivery).where(
        col(Delivery.about_proposal_id) == number, col(Delivery.kind) == DeliveryKind.PROPOSAL
    )
    question = session.exec(asked).first()
    return question is not None and may_show(question, message_id)


def decide(session: Session, number: int, *, accept: bool, by: str, settings: Settings, now: datetime) -> bool | None:
    """Accept or decline an open proposal; None when it was decided before, True when approvals ended with it.

    An accepted item is a new draft, an accepted translation one more version of its content, which approvals did
    not cover. The proposer is told. Raises Refused for a translation that came too late.
    """
    status = ProposalStatus.ACCEPTED if accept else ProposalStatus.DECLINED
    decided = session.execute(
        update(Proposal)
        .where(col(Proposal.id) == number, col(Proposal.status) == ProposalStatus.OPEN)
        .values(status=status, decided_by=by[:200], decided_at=now)
        .returning(col(Proposal.id))
    ).first()
    if decided is None:
        return None
    proposal = session.get_one(Proposal, number, populate_existing=True)
    ends_approvals = False
    if accept and proposal.kind is ProposalKind.ITEM:
        _make_item(session, proposal, settings=settings, now=now)
    elif accept:
        ends_approvals = _make_version(session, proposal, now=now) > 0
    _tell_proposer(session, proposal, now=now)
    _show_decided(session, number, now=now)
    return ends_approvals


def _make_item(session: Session, proposal: Proposal, *, settings: Settings, now: datetime) -> None:
    member = session.get_one(Member, proposal.member_id)
    item = FeedItem(
        external_id=_external_id(proposal),
        title=proposal.title,
        text=proposal.text,
        url=proposal.url,
        published_at=proposal.created_at,
        language=proposal.language,
        warnings=(f"proposed by {member.name}",),
    )
    ingest(session, [item], Intake(proposal.language, home_hosts(settings), now))
    made = select(Variant.content_id).where(col(Variant.source_id).is_(None), Variant.external_id == item.external_id)
    content = get_content(session, session.exec(made).one())
    content.proposed_by_id, proposal.content_id = proposal.member_id, content.id
    session.add_all([content, proposal])
    session.flush()


def _make_version(session: Session, proposal: Proposal, *, now: datetime) -> int:
    item = FeedItem(_external_id(proposal), proposal.title, proposal.text, proposal.url, language=proposal.language)
    return add_version(session, proposal.content_id or 0, item, now=now)


def _external_id(proposal: Proposal) -> str:
    return f"proposal:{proposal.id}"


def _tell_proposer(session: Session, proposal: Proposal, *, now: datetime) -> None:
    officer = session.get(Officer, proposal.officer_id) if proposal.officer_id else None
    chat = session.get(Chat, officer.chat_id) if officer and officer.chat_id else None
    if officer is None or chat is None:
        return
    row = new_delivery(
        f"decided:{proposal.id}",
        DeliveryKind.DECIDED,
        chat=(chat.id or 0, chat.bot_id),
        officer_id=officer.id,
        due_at=now,
        expires_at=now + _NEWS_LASTS,
        now=now,
    )
    insert_ignore(session, Delivery, [row | {"about_proposal_id": proposal.id}])


def _show_decided(session: Session, number: int, *, now: datetime) -> None:
    asked = update(Delivery).where(
        col(Delivery.about_proposal_id) == number,
        col(Delivery.kind) == DeliveryKind.PROPOSAL,
        col(Delivery.message_id).is_not(None),
    )
    session.execute(asked.values(edit_at=now))


def list_open(session: Session, *, language: str) -> list[ProposalCard]:
    """Return the proposals that wait for staff, the oldest first, for a reader of `language`."""
    waiting = select(Proposal).where(Proposal.status == ProposalStatus.OPEN).order_by(col(Proposal.id)).limit(100)
    return _cards(session, session.exec(waiting).all(), language)


def get_card(session: Session, number: int, *, language: str) -> ProposalCard | None:
    """Return one proposal that was confirmed, for a reader of `language`, or None."""
    proposal = session.get(Proposal, number, populate_existing=True)
    if proposal is None or proposal.status is ProposalStatus.DRAFT:
        return None
    return _cards(session, [proposal], language)[0]


def _cards(session: Session, proposals: Sequence[Proposal], language: str) -> list[ProposalCard]:
    names = dict(session.exec(select(Member.id, Member.name)).all())
    voided = _voided(session, proposals)
    titles = list_titles(session, {one.content_id for one in proposals if one.content_id}, language=language)
    return [
        ProposalCard(
            number=one.id or 0,
            reader=language,
            kind=one.kind,
            status=one.status,
            party=names.get(one.member_id, ""),
            language=one.language,
            title=one.title,
            text=one.text,
            url=one.url,
            item_title=titles[one.content_id].text if one.content_id in titles else None,
            content_id=one.content_id,
            created_at=one.created_at,
            decided_by=one.decided_by,
            is_to_approve=one.content_id in voided,
        )
        for one in proposals
    ]


def _voided(session: Session, proposals: Sequence[Proposal]) -> set[int]:
    """Return the contents with an approval that ended because their words changed."""
    ids = [one.content_id for one in proposals if one.status is ProposalStatus.ACCEPTED and one.content_id]
    entries = select(QueueEntry.content_id).where(
        col(QueueEntry.content_id).in_(ids), QueueEntry.status == EntryStatus.PROPOSED, QueueEntry.note == EDITED
    )
    return set(session.exec(entries))


def gather(session: Session, delivery_ids: Sequence[int], settings: Settings, _now: datetime) -> Mapping[int, Subject]:
    """Return what the questions to staff and the answers to proposers say, by delivery."""
    rows = session.exec(
        select(Delivery, Proposal, Officer)
        .join(Proposal, col(Proposal.id) == col(Delivery.about_proposal_id))
        .outerjoin(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(col(Delivery.id).in_(delivery_ids))
    ).all()
    reader = settings.organisation.languages[0]
    found: dict[int, Subject] = {}
    for delivery, proposal, officer in rows:
        spoken = officer.language if officer else reader
        (card,) = _cards(session, [proposal], spoken)
        found[delivery.id or 0] = card if officer is None else _verdict(card, settings, high_risk=officer.high_risk)
    return found


def _verdict(card: ProposalCard, settings: Settings, *, high_risk: bool) -> Verdict:
    return Verdict(
        reader=card.reader,
        kind=card.kind,
        is_accepted=card.status is ProposalStatus.ACCEPTED,
        organisation=settings.organisation.name,
        title=card.title,
        language=card.language,
        item_title=card.item_title,
        high_risk=high_risk,
    )
