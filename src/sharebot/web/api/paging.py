"""Lists by the page: what is asked, what is answered, and where the other pages are."""

from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

MOST = 200
Item = TypeVar("Item")
LINKED: dict[str, Any] = {
    "headers": {
        "Link": {"description": "The first, previous, next and last page (RFC 8288).", "schema": {"type": "string"}}
    }
}


class Paging(BaseModel):
    """Which page of how many rows; other parameters than the named ones are errors."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=100_000, description="Counted from 1.")] = 1
    limit: Annotated[int, Field(ge=1, le=MOST, description="Rows on a page.")] = 50


class Page(BaseModel, Generic[Item]):
    """One page of a list, and how many rows there are in all."""

    items: list[Item]
    total: int
    page: int
    limit: int


def link_pages(request: Request, response: Response, paging: Paging, total: int) -> None:
    """Put the addresses of the other pages on the answer."""
    last = max(1, -(-total // paging.limit))
    places = {"first": 1, "prev": paging.page - 1, "next": paging.page + 1, "last": last}
    asked = [(name, value) for name, value in request.query_params.multi_items() if name not in {"page", "limit"}]

    def address(page: int) -> str:
        query = urlencode([*asked, ("page", page), ("limit", paging.limit)], errors="replace")
        return f"{request.url.path}?{query}"

    links = [f'<{address(page)}>; rel="{name}"' for name, page in places.items() if 1 <= page <= last]
    response.headers["Link"] = ", ".join(links)
