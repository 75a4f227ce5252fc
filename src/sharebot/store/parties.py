"""Members and their officers as planning needs to know them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from sharebot.config.settings import Settings
from sharebot.models import Chat, Member, Officer
from sharebot.rules.planning import Chair, Party
from sharebot.store.asks import habits_of
from sharebot.store.members import candidate
from sharebot.store.once import once
from sharebot.store.silences import list_silences
from sharebot.values.status import ChatKind, OfficerStatus


def list_parties(session: Session, *, settings: Settings, now: datetime) -> list[Party]:
    """Return all members with their active officers, and when their countries get nothing."""
    chairs: dict[int, list[Chair]] = defaultdict(list)
    members: dict[int, Member] = {}
    for member, officer, chat_kind in _list_seats(session):
        members[member.id or 0] = member
        if officer is None:
            continue
        chair = Chair(
            officer.id or 0,
            officer.language,
            habits_of(officer, member, settings=settings, now=now),
            topics=words_of(officer.topics),
            is_group=chat_kind is ChatKind.GROUP,
        )
        chairs[officer.member_id].append(chair)
    silences = list_silences(session, now=now)
    return [
        Party(
            member.id or 0,
            member.name,
            candidate(member),
            tuple(chairs[member.id or 0]),
            silences.get(member.country, ()),
        )
        for member in members.values()
    ]


def list_seated_members(session: Session) -> list[Member]:
    """Return all members by code, in the one statement that finds their officers too."""
    return list({member.id: member for member, _, _ in _list_seats(session)}.values())


def _list_seats(session: Session) -> Sequence[tuple[Member, Officer | None, ChatKind | None]]:
    """Return each member with each of its active officers, or alone when there is none."""
    is_active = (col(Officer.status) == OfficerStatus.ACTIVE) & col(Officer.consented_at).is_not(None)
    seats = (
        select_columns(Member, Officer, col(Chat.kind))
        .outerjoin(Officer, (col(Officer.member_id) == col(Member.id)) & is_active & col(Officer.chat_id).is_not(None))
        .outerjoin(Chat, col(Chat.id) == col(Officer.chat_id))
        .order_by(col(Member.code), col(Officer.id))
    )
    return once(session, "seats", lambda: [(one[0], one[1], one[2]) for one in session.execute(seats)])


def words_of(listed: str) -> frozenset[str]:
    """Return the words of a comma-separated column."""
    return frozenset(listed.split(",")) - {""}
