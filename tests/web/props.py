"""Drafts and queue entries for the pages' tests, some of them hostile."""

import re
from datetime import datetime, timedelta

from sqlmodel import Session

from sharebot.config.settings import Settings
from sharebot.models import Asset, Bot, Content, Officer, Proposal, SocialAccount, Source, Variant
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.store.chats import ensure_chat
from sharebot.store.contents import content_hash
from sharebot.store.database import Database, vault_of
from sharebot.store.queue import Approval, approve, release
from sharebot.values.status import (
    AccountStatus,
    AssetKind,
    ChatKind,
    ContentKind,
    ContentStatus,
    Network,
    OfficerStatus,
    ProposalKind,
    ProposalStatus,
    SourceKind,
    SourceStatus,
)
from tests.cast import NOW, add_member

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)> {{7*7}} \u202e' &amp;"


def add_draft(
    session: Session,
    titles: dict[str, str] | None = None,
    *,
    url: str | None = "https://alliance.example/story",
    quarantine: str = "",
    kind: ContentKind = ContentKind.POST,
) -> int:
    content = Content(kind=kind, status=ContentStatus.DRAFT, quarantine=quarantine, published_at=NOW, created_at=NOW)
    session.add(content)
    session.flush()
    for language, title in (titles or {"en": "A story", "fr": "Une histoire"}).items():
        variant = Variant(
            content_id=content.id or 0,
            external_id=f"{content.id}-{language}",
            language=language,
            title=title,
            text=f"The text of {title}",
            url=f"{url}/{content.id}/{language}" if url else None,
            updated_at=NOW,
        )
        session.add(variant)
        session.flush()
        session.add(
            Asset(
                variant_id=variant.id or 0,
                kind=AssetKind.PICTURE,
                url=f"https://alliance.example/{content.id}.jpg",
                width=1200,
                height=630,
                size_bytes=240_000,
            )
        )
    session.flush()
    return content.id or 0


def queue_and_release(database: Database, content_id: int, *, now: datetime = NOW) -> int:
    codes = iter(f"code{content_id:02}{number:04}" for number in range(1000))
    with database.write() as session:
        approval = Approval(
            content_id=content_id,
            audience=Audience(),
            timing=Timing(),
            expires_at=now + timedelta(days=7),
            by="someone@alliance.example",
            expected_hash=content_hash(session, content_id),
        )
        entry_id = approve(session, approval, now=now).id or 0
        release(session, entry_id, settings=Settings(), new_code=lambda: next(codes), now=now)
    return entry_id


def add_hostile(database: Database) -> tuple[int, int]:
    """Fill every table that a page shows with text that wants to be markup; return a content and an entry."""
    with database.write() as session:
        member = add_member(session, "evil", languages="fr,es")
        member.name = HOSTILE
        member.region = HOSTILE[:40]
        session.add(member)
        vault = vault_of(session)
        for number, status in enumerate(OfficerStatus):
            seated = status not in {OfficerStatus.INVITED, OfficerStatus.GONE}
            session.add(
                Officer(
                    member_id=member.id or 0,
                    label_sealed=vault.seal(f"{HOSTILE}{number}"),
                    label_index=vault.index(f"{HOSTILE}{number}"),
                    chat_id=ensure_chat(session, 1, 6000 + number, ChatKind.PRIVATE) if seated else None,
                    language="fr",
                    status=status,
                    created_at=NOW,
                    consented_at=NOW if seated else None,
                )
            )
        session.add(
            SocialAccount(member_id=member.id, network=Network.BLUESKY, handle=HOSTILE, status=AccountStatus.WATCHED)
        )
        session.add(
            Source(
                kind=SourceKind.FEED,
                url="https://bad.example",
                title=HOSTILE,
                status=SourceStatus.OFF,
                next_poll_at=NOW,
                created_at=NOW,
            )
        )
        session.add(
            Proposal(
                kind=ProposalKind.ITEM,
                status=ProposalStatus.OPEN,
                member_id=member.id or 0,
                language="fr",
                title=HOSTILE,
                text=HOSTILE,
                url="javascript:alert(1)",
                created_at=NOW,
            )
        )
        bot = session.get(Bot, 1)
        assert bot is not None
        bot.username = "sharebot_test_bot"
        titles = {"en": HOSTILE, "fr": HOSTILE, "es": HOSTILE}
        draft = add_draft(session, titles, quarantine=f"{HOSTILE}\nvery old")
        released = add_draft(session, titles)
    return draft, queue_and_release(database, released)


def hidden_fields(html: str) -> dict[str, str]:
    """Return the hidden fields of the approval form."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
    return {name: fields[name] for name in ("seen", "content_hash", "wave")}
