"""The desk on its stage: a real process on a filled database, one browser, and a clerk whose clicks are counted."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple, Self

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from sqlmodel import SQLModel, col, select

from sharebot.models import Bot, Chat, Delivery, Member, Officer, Proposal, Reshare, Source
from sharebot.rules.audience import Audience
from sharebot.rules.members_file import parse_members
from sharebot.rules.timing import Timing
from sharebot.sandbox.demo import fiction
from sharebot.store.approvals import propose, return_entry
from sharebot.store.bots import get_bot
from sharebot.store.campaigns import CampaignPlan, CampaignWords, add_campaign
from sharebot.store.chats import ensure_chat
from sharebot.store.contents import Intake, content_hash, ingest
from sharebot.store.database import Database
from sharebot.store.lists import add_list
from sharebot.store.members import import_members
from sharebot.store.queue import Approval, approve, release
from sharebot.store.schema import migrate
from sharebot.store.sources import add_source
from sharebot.store.staff import add_staff, create_link
from sharebot.store.staff_sessions import open_session
from sharebot.store.vault import Vault, new_key, parse_keys
from sharebot.store.webhooks import add_webhook, note_test
from sharebot.config.settings import Settings
from sharebot.values.api import WebhookEvent
from sharebot.values.feeds import FeedItem, Media
from sharebot.values.sign_in import Way
from sharebot.values.status import (
    AssetKind,
    ChatKind,
    DeliveryStatus,
    Evidence,
    Network,
    OfficerStatus,
    ProposalKind,
    ProposalStatus,
    ReshareKind,
    SourceKind,
    SourceStatus,
    StaffRole,
)
from tests.reliability.processes import Process

CHROMIUM = Path("/usr/bin/chromium")
EVA, EDITOR = "eva@alliance.example", "editor@alliance.example"
TONGUES = ("en", "fr", "es")
_ADDRESS = re.compile(r"ready on (http://\S+)")
_numbers = count(1)


class Size(NamedTuple):
    """A screen, in CSS pixels."""

    width: int
    height: int


PHONE, DESKTOP = Size(360, 740), Size(1280, 900)


class Stage:
    """A filled database with its server, and the browser; tests bring what they work on, and meet no other's."""

    def __init__(self, database: Database, base: str, browser: Browser) -> None:
        self.database, self.base, self.browser = database, base, browser

    async def open(self, size: Size, *, scripts: bool = True, email: str = EVA) -> BrowserContext:
        """Open a browser in which somebody of staff is signed in."""
        with self.database.write() as session:
            member = add_or_find(session, email)
            token = open_session(session, member, now=_now(), way=Way.LINK)
        viewport = {"width": size.width, "height": size.height}
        context = await self.browser.new_context(base_url=self.base, viewport=viewport, java_script_enabled=scripts)
        await context.add_cookies([{"name": "sharebot", "value": token, "url": self.base}])
        return context
