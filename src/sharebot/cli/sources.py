"""sources add URL, sources import FILE, sources poll, sources list."""

import argparse
import asyncio
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from sharebot.cli.setup import build_runtime, opened
from sharebot.cli.table import show
from sharebot.config.load import load_settings
from sharebot.errors import ConfigError, Refused, SharebotError
from sharebot.jobs.poll_sources import poll_sources
from sharebot.runtime import Runtime
from sharebot.sources.discovery import Found, discover
from sharebot.store import sources


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="find the feeds of a page and add the first, or --all")
    adding.add_argument("url")
    adding.add_argument("--all", action="store_true", help="add every feed that was found")
    adding.add_argument("--language", help="the language of items that do not say theirs")
    importing = actions.add_parser("import", help="add sources from an OPML or TOML file")
    importing.add_argument("file", type=Path, nargs="?", default=Path("config/sources.toml"))
    actions.add_parser("poll", help="poll all sources that are due, now")
    actions.add_parser("list", help="list the sources")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    if arguments.action == "list":
        return _list()
    return asyncio.run(_carry_out(arguments))


async def _carry_out(arguments: argparse.Namespace) -> int:
    runtime = build_runtime(load_settings())
    try:
        if arguments.action == "poll":
            await poll_sources(runtime)
            return _list()
        if arguments.action == "import":
            return await _import(runtime, arguments.file)
        found = await discover(arguments.url, fetcher=runtime.fetcher, parsers=runtime.parsers)
        if not found:
            raise Refused(f"no feed was found at {arguments.url}; to make a draft of the page: sharebot add URL")
        for one in found if arguments.all else found[:1]:
            _add(runtime, one, language=arguments.language)
        for one in [] if arguments.all else found[1:]:
            print(f"also there: {one.url} ({one.kind.value}, {one.title}, {one.items} items)")
        return 0
    finally:
        await runtime.aclose()


def _add(runtime: Runtime, one: Found, *, language: str | None) -> None:
    language = language or one.language
    with runtime.database.write() as session:
        sources.add_source(session, one.url, kind=one.kind, title=one.title, language=language, now=datetime.now(UTC))
    newest = f", newest {one.newest_at:%Y-%m-%d}" if one.newest_at else ""
    print(f"added {one.url}: {one.kind.value}, {one.title!r}, {language or 'no language'}, {one.items} items{newest}")


async def _import(runtime: Runtime, path: Path) -> int:
    failed = 0
    for url, language in _read_list(path):
        try:
            found = await discover(url, fetcher=runtime.fetcher, parsers=runtime.parsers)
            if not found:
                raise Refused("no feed was found")
            _add(runtime, found[0], language=language)
        except SharebotError as error:
            failed += 1
            print(f"{url}: {error}")
    return 1 if failed else 0


def _read_list(path: Path) -> list[tuple[str, str | None]]:
    """Return addresses and languages of a file: `[[source]]` with `url` in TOML, `xmlUrl` in OPML."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            return [(one["url"], one.get("language")) for one in tomllib.loads(text).get("source", [])]
        outlines = fromstring(text).iter("outline")
        return [(url, one.get("language")) for one in outlines if (url := one.get("xmlUrl"))]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ParseError, DefusedXmlException) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except (KeyError, TypeError):
        raise ConfigError(f"{path}: every [[source]] needs a url") from None


def _list() -> int:
    with opened() as (_, database), database.read() as session:
        rows = [
            [one.id, one.kind, one.title, one.language, one.status, one.polled_at, one.error or one.url]
            for one in sources.list_sources(session)
        ]
    head = ["id", "kind", "title", "language", "status", "polled", "address or error"]
    show(rows, head=head, empty="no sources yet: sharebot sources add URL")
    return 0
