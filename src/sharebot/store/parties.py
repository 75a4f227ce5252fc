"""Members and their officers as planning needs to know them."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Chat, Member, Officer
from sharebot.rules.planning import Chair, Party
from sharebot.store.asks import habits_of
from sharebot.store.members import candidate, list_members
from sharebot.store.silences import list_silences
from sharebot.values.status import ChatKind, OfficerStatus


def list_parties(session: Session, *, settings: Settings, now: datetime) -> list[Party]:
    """Return all members with their active officers, and when their countries get nothing."""
    active = (
        select(Officer, Member, Chat.kind)
        .join(Member, col(Member.id) == col(Officer.member_id))
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(Officer.status == OfficerStatus.ACTIVE, col(Officer.consented_at).is_not(None))
        .order_by(col(Officer.id))
    )
    chairs: dict[int, list[Chair]] = defaultdict(list)
    for officer, member, chat_kind in session.exec(active):
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
        for member in list_members(session)
    ]


def words_of(listed: str) -> frozenset[str]:
    """Return the words of a comma-separated column."""
    return frozenset(listed.split(",")) - {""}
