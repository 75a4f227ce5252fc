"""What can be asked of the desk and of the API: every GET route, with its usual filters, sorts, searches and files."""

import re
from collections.abc import Iterator, Mapping

from fastapi.routing import APIRoute

from sharebot.web import app
from sharebot.web.api import app as api
from sharebot.web.guard import needed_role_of

# How people ask for what can be sorted, filtered and searched; each route is asked for without anything, too.
USUAL: Mapping[str, tuple[str, ...]] = {
    "/audit": ("actor=staff:3", "action=entry.withdrawn", "q=entry:7", "page=40", "sort=actor&dir=desc"),
    "/campaigns": ("sort=parties&dir=desc", "sort=contents", "status=running"),
    "/contents/{content_id}": ("regions=Europe&when=local&day=2026-11-25&at=09:00", "spared=got"),
    "/contents/{content_id}/results": ("sort=clicks&dir=desc", "sort=evidence", "level=observed", "q=women"),
    "/contents/{content_id}/dry-run": ("state=own", "sort=due&dir=desc&q=women"),
    "/inbox": ("show=odd", "show=proposals", "show=waiting", "q=climate", "kind=video", "source=3&language=fr"),
    "/library": (
        "q=climate",
        "q=nowhere+to+be+found",
        "sent=yes&sort=sent&dir=desc",
        "sent=no",
        "kind=video&status=ready",
        "campaign=campaign-3",
        "page=90",
    ),
    "/members": (
        "q=women",
        "sort=shared&dir=desc",
        "sort=clicks&dir=desc",
        "sort=observed",
        "sort=officers",
        "heard=silent",
        "heard=recent&region=Europe&seen=yes",
    ),
    "/members/{code}": ("sort=at", "page=2"),
    "/queue": ("show=planned", "show=waiting", "show=done", "show=done&page=9", "q=climate", "sort=until&kind=video"),
    "/queue/calendar": ("month=2026-03",),
    "/queue/{entry_id}": ("sort=answer&dir=desc", "state=failed", "q=women"),
    "/reports": ("status=sent&sort=recipient",),
    "/sources": ("sort=contents&dir=desc", "status=active&kind=feed"),
    "/staff": ("sort=role",),
    "/tracking": ("why=taken_over", "why=renamed&sort=party&dir=desc", "network=x&q=north"),
    "/api/v1/contents": ("q=climate", "status=ready&language=fr", "page=50&limit=50"),
    "/api/v1/entries": ("status=released&page=10", "content_id=1"),
    "/api/v1/members": ("region=Europe&q=women",),
    "/api/v1/reshares": ("since=2026-11-01T00:00:00Z", "evidence=observed&page=100", "member=party-7"),
}
# Tables that can be had as files.
_FILES = (
    "/audit /campaigns /contents/{content_id}/dry-run /contents/{content_id}/results /inbox /library /lists /members "
    "/queue /queue/holds /queue/{entry_id} /reports /settings/api /sources /staff /tracking"
)


def pages() -> Iterator[str]:
    """Return the desk's own GET routes: those that ask for a role."""
    for router in app.ROUTERS:
        for route in router.routes:
            needs = needed_role_of(route) if isinstance(route, APIRoute) else None
            if needs and needs.role and "GET" in (route.methods or ()):  # type: ignore[attr-defined]
                yield route.path  # type: ignore[attr-defined]


def api_routes() -> Iterator[str]:
    """Return the API's GET routes at their place."""
    for router in api.ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                yield f"{api.PLACE}{route.path}"


def addresses(route: str, samples: Mapping[str, str]) -> Iterator[str]:
    """Return what is usually asked of a route, with sample numbers and codes for its parts. Raises KeyError."""
    path = re.sub(r"{(\w+)}", lambda name: samples.get(f"{route.split('/')[1]}.{name[1]}") or samples[name[1]], route)
    yield path
    for query in USUAL.get(route, ()):
        yield f"{path}?{query}"


def files(route: str, samples: Mapping[str, str]) -> Iterator[str]:
    """Return the address of a route's table as a file, where it has one."""
    if route in _FILES.split():
        yield f"{next(addresses(route, samples))}?format=csv"
