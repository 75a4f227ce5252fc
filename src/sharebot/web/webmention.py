"""The receiver of Webmentions (W3C Recommendation of 12 January 2017): a party's site tells us that it links to us.

Everybody gets the same answer at once; only afterwards, and only when the source is a page of a party's registered
site, is it asked for. So nothing can be probed through us, and nobody's word counts: the page's own links do.
"""

import asyncio
import logging
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask

from sharebot.errors import NotFound, SharebotError
from sharebot.runtime import Runtime
from sharebot.store.lost import lose_posts
from sharebot.store.reshares import add_posts
from sharebot.store.webmentions import find_known, is_ours, is_told, list_sites_of
from sharebot.trackers.seam import Tracker
from sharebot.trackers.websites_addresses import page_id, split
from sharebot.values.posts import PastedLink, Post
from sharebot.values.status import Network
from sharebot.web.guard import ANYBODY
from sharebot.web.limiting import Limiter

PATH = "/webmention"
_WITHIN_S = 15
log = logging.getLogger(__name__)
router = APIRouter()


@router.post(PATH, dependencies=[ANYBODY])
def receive(request: Request, source: Annotated[str, Form()] = "", target: Annotated[str, Form()] = "") -> Response:
    """Answer 202 to every mention of a page of ours (3.2.1), and 400 to what is none; no cookie is read."""
    runtime: Runtime = request.app.state.runtime
    if not runtime.settings.websites.webmention:
        raise NotFound("no Webmentions here")
    if problem := _find_problem(runtime, source, target):
        return PlainTextResponse(problem, 400)
    check = BackgroundTask(_check_safely, runtime, request.app.state.limiter, source, target)
    return PlainTextResponse("Accepted; it counts when the page links to the target.", 202, background=check)


def advertise(runtime: Runtime) -> dict[str, str]:
    """Return the header by which a site finds out where its Webmentions go (3.1.2); none when they are off."""
    if not runtime.settings.websites.webmention:
        return {}
    return {"Link": f'<{runtime.settings.web.public_url.rstrip("/")}{PATH}>; rel="webmention"'}


def _find_problem(runtime: Runtime, source: str, target: str) -> str | None:
    parts = [split(address.strip()) for address in (source, target)]
    if not all(one is not None and one.hostname for one in parts):
        return "source and target have to be web addresses"
    if page_id(source.strip()) == page_id(target.strip()):
        return "source and target are the same page"
    with runtime.database.read() as session:
        return (
            None
            if is_ours(session, target.strip(), runtime.settings, now=runtime.now())
            else "target is no page of ours"
        )


async def _check_safely(runtime: Runtime, limiter: Limiter, source: str, target: str) -> None:
    host = urlsplit(source.strip()).hostname
    try:
        async with asyncio.timeout(_WITHIN_S):
            outcome = await _check(runtime, limiter, source.strip(), target.strip())
    except (SharebotError, SQLAlchemyError, TimeoutError) as error:
        outcome = f"not checked: {type(error).__name__}"
    log.info("webmention received host=%s outcome=%s", host, outcome)


async def _check(runtime: Runtime, limiter: Limiter, source: str, target: str) -> str:
    tracker = runtime.trackers.get(Network.WEBSITE)
    with runtime.database.read() as session:
        sites = list_sites_of(session, source)
    if tracker is None or not sites:
        return "no registered site"
    if any(limiter.hit("webmention_site", one.external_id or "") for one in sites):
        return "too many of this site"
    post = await tracker.look_up(PastedLink(Network.WEBSITE, source), sites)
    if post is None:
        return await _lose(runtime, tracker, source)
    if not _links_to(post, target) or post.author_id not in {one.external_id for one in sites}:
        return "does not link to the target"
    now = runtime.now()
    with runtime.database.write() as session:
        if is_told(session, post, target):
            return "told under another address"
        added = add_posts(session, [post], short_base=f"{runtime.settings.web.public_url}/r", now=now)
    return f"posts={added.posts} reshares={added.reshares}"


async def _lose(runtime: Runtime, tracker: Tracker, source: str) -> str:
    """Let a page that is gone count no more; one that is only hidden stays as it is."""
    with runtime.database.read() as session:
        known = find_known(session, source)
    is_there = (await tracker.recheck([known])).get(known.external_id) if known else None
    if known is None or is_there is not False:
        return "not shown"
    with runtime.database.write() as session:
        lost = lose_posts(session, Network.WEBSITE, [known.external_id], now=runtime.now())
    return f"gone, reshares lost={lost}"


def _links_to(post: Post, target: str) -> bool:
    wanted = page_id(target)
    return any(page_id(link) == wanted for link in post.links)
