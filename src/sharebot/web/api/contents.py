"""Contents: found, read, given and edited."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from sharebot.models import Content, Variant
from sharebot.store import contents
from sharebot.store.api_views import ContentFilter, Cut, find_contents, list_assets
from sharebot.store.editing import get_draft
from sharebot.values.drafts import DraftVersion
from sharebot.values.status import AssetKind, ContentKind, ContentStatus, Network
from sharebot.web.api.callers import ApiRoute, ContentReader, ContentWriter, runtime_of
from sharebot.web.api.content_changes import (
    ContentChange,
    GivenContent,
    GivenLink,
    add_given,
    add_page,
    change_content,
    fetch_item,
)
from sharebot.web.api.effects import Done, IdempotencyKey, carry_out, find_earlier
from sharebot.web.api.paging import LINKED, Page, Paging, link_pages
from sharebot.web.api.problems import documented
from sharebot.web.api.types import Language, Line, PathId

router = APIRouter(route_class=ApiRoute, tags=["contents"])


class ContentQuery(Paging):
    """Which contents."""

    q: Annotated[Line | None, Field(description="Words of a title or a text.")] = None
    status: ContentStatus | None = None
    kind: ContentKind | None = None
    language: Language | None = None


class ContentLine(BaseModel):
    """A content in a list; `titles` by language."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 7, "kind": "post", "status": "draft"}]})

    id: int
    kind: ContentKind
    status: ContentStatus
    titles: dict[str, str]
    hashtags: list[str]
    topics: list[str]
    evergreen: bool
    published_at: datetime | None
    released_at: datetime | None
    created_at: datetime


class AssetView(BaseModel):
    """A picture, video, audio or file that goes along."""

    model_config = ConfigDict(from_attributes=True)

    kind: AssetKind
    url: str
    mime: str | None
    size_bytes: int | None
    duration_s: int | None
    width: int | None
    height: int | None
    alt: str | None


class VersionView(BaseModel):
    """One language version; `texts` are dealt out among the parties, `networks` holds words for single networks."""

    language: str
    title: str
    text: str
    url: str | None
    texts: list[str]
    networks: dict[Network, str]
    assets: list[AssetView]


class ContentView(ContentLine):
    """A content as a whole: `edit` is to be named when it is edited, `hash` when it is approved."""

    campaign: str | None
    warnings: list[str]
    versions: list[VersionView]
    edit: str
    hash: str


@router.get("/contents", operation_id="listContents", responses={200: LINKED})
def list_contents(
    request: Request, response: Response, caller: ContentReader, query: Annotated[ContentQuery, Query()]
) -> Page[ContentLine]:
    """List contents, newest first."""
    wanted = ContentFilter(query.q, query.status, query.kind, query.language)
    with runtime_of(request).database.read() as session:
        rows, total = find_contents(session, wanted, Cut(query.page, query.limit))
    link_pages(request, response, query, total)
    items = [_line(row.content, dict(row.titles)) for row in rows]
    return Page(items=items, total=total, page=query.page, limit=query.limit)


@router.get("/contents/{content_id}", operation_id="getContent", responses=documented(404))
def get_content(request: Request, caller: ContentReader, content_id: PathId) -> ContentView:
    """Return one content with its language versions, texts and media."""
    with runtime_of(request).database.read() as session:
        return _view(session, content_id)


@router.post(
    "/contents",
    operation_id="addContent",
    status_code=201,
    response_model=ContentView,
    responses=documented(409, 413, 415),
)
def add_content(request: Request, caller: ContentWriter, given: GivenContent, key: IdempotencyKey = None) -> Response:
    """Make a draft of texts in one or more languages."""
    runtime = runtime_of(request)

    def effect(session: Session) -> Done:
        content_id = add_given(session, given, runtime, by=caller.staff.email)
        return Done(_view(session, content_id), "content.added", f"content:{content_id}", status=201)

    return carry_out(request, caller, key, effect)


@router.post(
    "/contents/link",
    operation_id="addContentByLink",
    status_code=201,
    response_model=ContentView,
    responses={200: {"model": ContentView, "description": "The page is known already."}, **documented(409, 413, 415)},
)
async def add_content_by_link(
    request: Request, caller: ContentWriter, given: GivenLink, key: IdempotencyKey = None
) -> Response:
    """Make a draft of what a web page says of itself: its title, text, picture and kind."""
    earlier = await run_in_threadpool(find_earlier, request, caller, key)
    if earlier is not None:
        return earlier
    runtime = runtime_of(request)
    item = await fetch_item(given, runtime)

    def effect(session: Session) -> Done:
        content_id, is_new = add_page(session, item, runtime)
        status = 201 if is_new else 200
        return Done(_view(session, content_id), "content.added", f"content:{content_id}", status=status)

    return await run_in_threadpool(carry_out, request, caller, key, effect)


@router.patch(
    "/contents/{content_id}",
    operation_id="editContent",
    response_model=ContentView,
    responses=documented(404, 409, 413, 415),
)
def edit_content(
    request: Request, caller: ContentWriter, content_id: PathId, change: ContentChange, key: IdempotencyKey = None
) -> Response:
    """Change what is named and leave the rest; an approval of what was there is void then.

    409: somebody edited it after you read it, or parties have it already.
    """
    runtime = runtime_of(request)

    def effect(session: Session) -> Done:
        change_content(session, content_id, change, runtime)
        return Done(_view(session, content_id), "content.edited", f"content:{content_id}")

    return carry_out(request, caller, key, effect)


def _line(content: Content, titles: dict[str, str]) -> ContentLine:
    return ContentLine(
        id=content.id or 0,
        kind=content.kind,
        status=content.status,
        titles=titles,
        hashtags=content.hashtags.split(),
        topics=[code for code in content.topics.split(",") if code],
        evergreen=content.evergreen,
        published_at=content.published_at,
        released_at=content.released_at,
        created_at=content.created_at,
    )


def _view(session: Session, content_id: int) -> ContentView:
    content, draft = contents.get_content(session, content_id), get_draft(session, content_id)
    variants = contents.list_variants(session, content_id)
    assets = list_assets(session, [one.id or 0 for one in variants])
    line = _line(content, {one.language: one.title for one in variants})
    versions = [
        _version(variant, written, [AssetView.model_validate(one) for one in assets[variant.id or 0]])
        for variant, written in zip(variants, draft.versions, strict=True)
    ]
    return ContentView(
        **line.model_dump(),
        campaign=draft.campaign or None,
        warnings=[one for one in content.quarantine.split("\n") if one],
        versions=versions,
        edit=draft.fingerprint,
        hash=contents.content_hash(session, content_id),
    )


def _version(variant: Variant, written: DraftVersion, assets: list[AssetView]) -> VersionView:
    return VersionView(
        language=variant.language,
        title=variant.title,
        text=variant.text,
        url=variant.url,
        texts=list(written.wordings),
        networks=dict(written.own),
        assets=assets,
    )
