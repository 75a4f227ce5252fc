"""add URL, drafts, approve and queue."""

import argparse
import asyncio
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sharebot.cli.setup import build_runtime, opened
from sharebot.cli.table import show
from sharebot.config.load import load_settings
from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Plan, Terms
from sharebot.rules.timing import Timing
from sharebot.sources.discovery import read_page
from sharebot.store import contents, queue
from sharebot.store.approvals import propose
from sharebot.store.audit import Change, record
from sharebot.store.corrections import take_back
from sharebot.store.new_items import Maker, add_page
from sharebot.texts.catalogue import translator
from sharebot.values.status import Priority
from sharebot.web import words


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options of one of the four commands."""
    if name == "add":
        parser.add_argument("url")
        parser.add_argument("--language", help="when the page does not say its own")
    if name == "approve":
        _configure_approve(parser)
    if name == "queue":
        actions = parser.add_subparsers(dest="action")
        actions.add_parser("list", help="list the entries (default)")
        actions.add_parser("withdraw", help="stop an entry").add_argument("entry", type=int)
        actions.add_parser("resume", help="let the rest of a paused entry go out").add_argument("entry", type=int)


def _configure_approve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("content", type=int, help="the draft's number")
    for flag in ("region", "country", "language", "kind", "member"):
        parser.add_argument(f"--{flag}", action="append", default=[], help="narrow the audience; may be repeated")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--at", help="one moment in the organisation's zone: 2026-11-30T09:00")
    when.add_argument("--on", help="a day; sent at each party's own local time: 2026-11-30")
    parser.add_argument("--local-time", help="with --on: the local time, default from the settings")
    parser.add_argument("--urgent", action="store_true", help="do not wait for the send window, nor for a digest")
    levels = [level.value for level in Priority]
    parser.add_argument("--priority", choices=levels, default="normal", help="low waits for the officers' digests")
    parser.add_argument(
        "--share-from", help="an embargo until this moment in the organisation's zone: 2026-11-30T14:00"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say who would get it, and who not and why")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the command."""
    if name == "add":
        return asyncio.run(_add(arguments))
    if name == "approve":
        return _approve(arguments)
    if name == "drafts":
        return _drafts()
    return _queue(arguments)


async def _add(arguments: argparse.Namespace) -> int:
    runtime = build_runtime(load_settings())
    try:
        page = await read_page(arguments.url, fetcher=runtime.fetcher, parsers=runtime.parsers)
        language = page.language or arguments.language or runtime.settings.organisation.languages[0]
        maker = Maker("command line", runtime.settings, runtime.now())
        with runtime.database.write() as session:
            added = add_page(session, page, maker, language=language)
        print(f"{'draft made' if added.is_new else 'known already'}: {page.kind.value}, {language}, {page.title}")
        return 0
    finally:
        await runtime.aclose()


def _drafts() -> int:
    with opened() as (_, database), database.read() as session:
        rows = []
        for content in contents.list_drafts(session):
            variants = contents.list_variants(session, content.id or 0)
            languages = " ".join(variant.language for variant in variants)
            reasons = content.quarantine.replace("\n", "; ")
            rows.append([content.id, content.kind, languages, variants[0].title if variants else "", reasons])
    show(rows, head=["id", "kind", "languages", "title", "look twice"], empty="no drafts")
    return 0


def _approve(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    audience = Audience(
        regions=frozenset(arguments.region),
        countries=frozenset(arguments.country),
        languages=frozenset(arguments.language),
        kinds=frozenset(arguments.kind),
        members=frozenset(arguments.member),
    )
    with opened() as (settings, database), database.write() as session:
        timing = _timing(arguments, settings, now)
        starts = timing.send_at or datetime.combine(timing.send_on or now.date(), time(0), UTC)
        share_from = _moment(arguments.share_from, settings) if arguments.share_from else None
        starts = max(starts, now, share_from or now)
        expires_at = starts + timedelta(hours=settings.sending.expires_after_hours)
        terms = Terms(audience, timing, expires_at, Priority(arguments.priority))
        planned = queue.plan(session, arguments.content, terms, settings=settings, now=now)
        _print_plan(planned)
        if arguments.dry_run:
            _print_lines(planned)
            return 0
        approval = queue.Approval(
            arguments.content,
            audience,
            timing,
            expires_at,
            by="command line",
            expected_hash=contents.content_hash(session, arguments.content),
            priority=terms.priority,
            share_from=share_from,
        )
        is_first = settings.approval.eyes > 1
        entry = (propose if is_first else queue.approve)(session, approval, now=now)
        done = "proposed" if is_first else "approved"
        record(session, Change("cli", f"entry.{done}", f"entry:{entry.id}"), now=now)
        print(f"{done} as entry {entry.id}")
    return 0


def _timing(arguments: argparse.Namespace, settings: Settings, now: datetime) -> Timing:
    try:
        if arguments.at:
            return Timing(send_at=_moment(arguments.at, settings), urgent=arguments.urgent)
        if arguments.on:
            local = time.fromisoformat(arguments.local_time) if arguments.local_time else settings.sending.local_time
            return Timing(send_on=date.fromisoformat(arguments.on), send_local=local, urgent=arguments.urgent)
    except ValueError as error:
        raise Refused(f"not a date or time: {error}") from None
    return Timing(send_at=now, urgent=arguments.urgent)


def _moment(text: str, settings: Settings) -> datetime:
    """Read a moment, by the organisation's clock where it names no zone. Raises Refused."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"not a date or time: {error}") from None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.organisation.zone))).astimezone(UTC)


def _print_plan(planned: Plan) -> None:
    t = translator("staff", "en")
    languages: dict[str, int] = {}
    for one in planned.recipients:
        languages[one.variant_language] = languages.get(one.variant_language, 0) + 1
    parts = ", ".join(f"{count} in {language}" for language, count in sorted(languages.items()))
    count = len(planned.recipients)
    print(f"{count} officer{'s' if count != 1 else ''} will get it{f' ({parts})' if parts else ''}")
    for reason, waiting in sorted(Counter(one.held for one in planned.recipients if one.held).items()):
        print(f"of them in a digest: {waiting} ({words.held(t, reason)})")
    for left in planned.left_out:
        some = f", {left.officers} of its officers" if left.officers else ""
        print(f"not: {left.member_code} ({words.left_out(t, left.reason).lower()}{some})")


def _print_lines(planned: Plan) -> None:
    """Say who gets what and when, by their own clock; people have no names here."""
    t = translator("staff", "en")
    rows = [
        [
            one.member_code,
            one.officer_id,
            one.variant_language,
            f"{one.due_at.astimezone(ZoneInfo(one.zone)):%a %d %b %H:%M} {one.zone}",
            f"in a digest, {words.held(t, one.held)}" if one.held else "",
        ]
        for one in sorted(planned.recipients, key=lambda one: (one.due_at, one.member_code, one.officer_id))
    ]
    show(rows, head=["party", "seat", "gets it in", "when, by their clock", "held"], empty="nobody gets it")


def _queue(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    with opened() as (_, database), database.write() as session:
        if arguments.action == "withdraw":
            done = take_back(session, arguments.entry, by="command line", now=now)
            record(session, Change("cli", "entry.withdrawn", f"entry:{arguments.entry}"), now=now)
            print(f"withdrawn; {done.cancelled} deliveries cancelled, {done.edits} messages edited, {done.told} told")
            return 0
        if arguments.action == "resume":
            queue.resume(session, arguments.entry)
            record(session, Change("cli", "entry.resumed", f"entry:{arguments.entry}"), now=now)
            print("resumed")
            return 0
        rows = [
            [one.id, one.content_id, one.wave, one.status, one.release_at, one.expires_at, one.note]
            for one in queue.list_entries(session)
        ]
    head = ["entry", "content", "wave", "status", "from", "expires", "note"]
    show(rows, head=head, empty="nothing queued")
    return 0
