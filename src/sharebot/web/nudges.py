"""Remind those who have not answered an item: who would be reminded and who would not, then one button."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.rules.nudges import Spared
from sharebot.store.nudges import nudge, plan_nudge
from sharebot.store.queue_views import get_entry_view
from sharebot.texts.catalogue import Translator
from sharebot.web.desk import change
from sharebot.web.guard import Approver
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()


@router.get("/queue/{entry_id}/nudge")
def show_nudge(request: Request, approver: Approver, entry_id: int) -> Response:
    """Show who would be reminded; of a region's staff, among its parties alone."""
    runtime, t = runtime_of(request), speak(approver.language)
    with runtime.database.read() as session:
        entry = get_entry_view(session, entry_id, language=approver.language)
        plan = plan_nudge(session, entry_id, settings=runtime.settings, now=runtime.now(), region=approver.region)
    left_out = [(_spared(t, why), names) for why, names in plan.left_out.items()]
    return render(request, "nudge_plan.html", approver, entry=entry, plan=plan, left_out=left_out)


@router.post("/queue/{entry_id}/nudge")
def nudge_silent(request: Request, approver: Approver, entry_id: int) -> Response:
    """Remind whoever may be reminded now."""
    runtime = runtime_of(request)
    with change(request, approver, "entry.nudged", f"entry:{entry_id}") as session:
        done = nudge(session, entry_id, settings=runtime.settings, now=runtime.now(), region=approver.region)
    return go(f"/queue/{entry_id}", said="nudged" if done.count else "nobody_nudged")


def _spared(t: Translator, why: Spared) -> str:
    return {
        Spared.SHARED: t("Their party has shared it"),
        Spared.TAKEN: t("A colleague has answered for the party"),
        Spared.PARTY: t("The party pauses or has left"),
        Spared.AWAY: t("On a break, or out of reach"),
        Spared.REMINDED: t("Reminded already"),
        Spared.HOLD: t("Their country is to get nothing now"),
        Spared.DIGEST: t("They read digests"),
        Spared.BUDGET: t("Their week is full"),
        Spared.OVER: t("It is over before their hours begin"),
    }[why]
