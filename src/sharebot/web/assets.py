"""The style sheet, the script and the icon."""

from pathlib import Path

from fastapi import APIRouter, Request, Response

from sharebot.web.brand import script, style_sheet
from sharebot.web.guard import ANYBODY
from sharebot.web.pages import runtime_of

router = APIRouter(dependencies=[ANYBODY])
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_ICON = (Path(__file__).parent / "static" / "icon.svg").read_text(encoding="utf-8")


@router.get("/static/site.css")
def show_sheet(request: Request) -> Response:
    """Return the style sheet in the organisation's colour; its address changes when it does."""
    sheet = style_sheet(runtime_of(request).settings.branding.accent)
    return Response(sheet, media_type="text/css", headers=_KEPT)


@router.get("/static/desk.js")
def show_script(request: Request) -> Response:
    """Return the script; its address changes when it does."""
    return Response(script(), media_type="text/javascript", headers=_KEPT)


@router.get("/static/icon.svg")
def show_icon(request: Request) -> Response:
    """Return the icon of the browser's tab."""
    icon = _ICON.replace("ACCENT", runtime_of(request).settings.branding.accent)
    return Response(icon, media_type="image/svg+xml", headers=_KEPT)
