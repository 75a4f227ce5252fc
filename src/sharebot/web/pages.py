"""Turn values into pages: templates, redirects after a form, and the small pages for what went wrong."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from babel.dates import get_timezone_location
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sharebot.runtime import Runtime
from sharebot.store.staff import SignedIn
from sharebot.texts.catalogue import Translator, languages, translator
from sharebot.values.status import StaffRole
from sharebot.web import notes, words
from sharebot.web.brand import script, style_sheet, version_of
from sharebot.web.guard import choose_language, may

_TEMPLATES = Path(__file__).parent / "templates"
# CLDR patterns: a month by its name, since 11/12 is read in two ways.
FULL, BRIEF = "d MMM y, HH:mm", "EEE d MMM, HH:mm"
OWN_NAMES = {"en": "English", "fr": "Français", "es": "Español"}


def runtime_of(request: Request) -> Runtime:
    """Return the parts this process was built with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def speak(language: str) -> Translator:
    """Return the words of the staff pages in a language."""
    return translator("staff", language)


def render(
    request: Request,
    template: str,
    reader: SignedIn | None,
    *,
    status: int = 200,
    spoken: str | None = None,
    **values: object,
) -> HTMLResponse:
    """Return a page in the reader's language, or in the one `spoken`."""
    settings = runtime_of(request).settings
    language = spoken or (reader.language if reader else _stranger_language(request))
    t = speak(language)

    def reader_may(role: str) -> bool:
        return reader is not None and may(reader, StaffRole(role))

    said = request.query_params.get("said", "")
    html = (
        _environment()
        .get_template(template)
        .render(
            t=t,
            language=language,
            languages={code: OWN_NAMES.get(code, code) for code in languages()},
            reader=reader,
            may=reader_may,
            organisation=settings.organisation.name,
            zone=settings.organisation.zone,
            city=get_timezone_location(settings.organisation.zone, locale=t.locale, return_city=True),
            full=FULL,
            brief=BRIEF,
            path=request.url.path,
            css=f"/static/site.css?v={version_of(style_sheet(settings.branding.accent))}",
            js=f"/static/desk.js?v={version_of(script())}",
            said=notes.find(t, said),
            words=words,
            **values,
        )
    )
    return HTMLResponse(html, status)


def go(path: str, *, said: str = "") -> RedirectResponse:
    """Send the browser on after a form; `said` is a word of `notes` that the next page spells out."""
    joint = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joint}{urlencode({'said': said})}" if said else path, 303)


def problem(
    request: Request, word: str, *, status: int, reader: SignedIn | None = None, detail: str = ""
) -> HTMLResponse:
    """Return the page for something that went wrong; `detail` is English, from our own errors."""
    language = reader.language if reader else _stranger_language(request)
    title, text = notes.explain(speak(language), word)
    return render(request, "problem.html", reader, status=status, title=title, text=text, detail=detail)


def not_found(request: Request, reader: SignedIn | None = None) -> HTMLResponse:
    """Return the one page for whatever is not there, the same for every reason; staff find their way back on it."""
    return problem(request, "not_found", status=404, reader=reader)


def _stranger_language(request: Request) -> str:
    wished = request.headers.get("accept-language", "").replace(";", ",").split(",")
    known = languages()
    primary = (word.strip().lower().partition("-")[0] for word in wished)
    return choose_language(request, next((code for code in primary if code in known), known[0]))


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["web_only"] = _web_only
    return environment


def _web_only(url: str) -> str:
    """Return the address when a browser may follow it from here; feeds may hold anything."""
    return url if url.startswith(("https://", "http://")) else "#"
