"""What this installation is set to, and what is missing: the operator's settings, to look at."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.store.bots import list_bots
from sharebot.texts.settings import topic_name
from sharebot.web import tracking_words
from sharebot.web.guard import WholeViewer
from sharebot.web.pages import render, runtime_of
from sharebot.web.tracking import list_watching

router = APIRouter()


@router.get("/settings")
def show_settings(request: Request, reader: WholeViewer) -> Response:
    """Show the settings that staff ask about; secrets are only said to be there or not."""
    runtime = runtime_of(request)
    settings = runtime.settings
    with runtime.database.read() as session:
        bots = list_bots(session)
    return render(
        request,
        "settings.html",
        reader,
        settings=settings,
        bots=bots,
        has_token=settings.telegram.token is not None,
        topics=[topic_name(settings, code, reader.language) for code in settings.topics],
        watching=list_watching(settings),
        says=tracking_words,
        is_https=settings.web.public_url.startswith("https://"),
    )
