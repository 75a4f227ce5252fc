"""Answer readers before all that only pages need: compression, forms, FastAPI's own routing."""

from collections.abc import Sequence

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send


class Readers:
    """Stands behind the limits and answers what fits one of its plain routes; all else goes on."""

    def __init__(self, app: ASGIApp, *, routes: Sequence[Route]) -> None:
        self.app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] == "http" and scope["path"].startswith(("/r/", "/v/")):
            for route in self._routes:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found)
                    await route.handle(scope, receive, send)
                    return
        await self.app(scope, receive, send)
