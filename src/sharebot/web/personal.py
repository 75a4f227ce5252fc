"""The page of an officer who has no Telegram: the item, the answers, and what they choose. A GET changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from sharebot.errors import NotFound
from sharebot.rules.pasted_links import find_links
from sharebot.rules.share_links import SHARE_ORDER
from sharebot.runtime import Runtime
from sharebot.store import answers, erasure, officers, personal, posts, reminders, renditions, taking, wishes
from sharebot.store.cards import get_card
from sharebot.store.deliveries import get_delivery
from sharebot.store.personal import Visit
from sharebot.store.recovery import prove_arrival
from sharebot.texts import accounts as account_words
from sharebot.texts import embargo
from sharebot.texts.catalogue import languages
from sharebot.values.status import AnswerKind, DataTier, DeclineReason, DeliveryKind, OfficerStatus, Rhythm
from sharebot.web import words
from sharebot.web.guard import ANYBODY
from sharebot.web.pages import go, render, runtime_of, speak
from sharebot.web.personal_accounts import list_shown, refusal_in

router = APIRouter(prefix="/o/{token}", dependencies=[ANYBODY])
_ITEMS = (DeliveryKind.ITEM, DeliveryKind.REMINDER)


@router.get("")
@router.get("/stop")
def show_page(request: Request, token: str) -> Response:
    """Show the item, if the mail was about one, and what is stored of its reader."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        visit = _open(session, token, runtime)
        officer = officers.get_officer(session, visit.officer_id)
        item = _item_of(session, visit)
        card = get_card(session, item, settings=runtime.settings, now=runtime.now()) if item else None
        picture = renditions.find_picture(session, visit.delivery.variant_id) if card else None
        listed = personal.list_listed(session, visit.delivery, now=runtime.now())
        accounts = list_shown(session, officer) if officer.has_agreed else []
    language = officer.language
    return render(
        request,
        "personal.html",
        None,
        spoken=language,
        token=token,
        officer=officer,
        enrols=officer.status is OfficerStatus.INVITED,
        is_first=visit.delivery.kind is DeliveryKind.WELCOME,
        card=card if card and not visit.is_over else None,
        embargo=embargo.note(language, card.share_from, card.zone) if card and card.share_from else None,
        picture=picture[0] if picture and officer.tier is not DataTier.TEXT else None,
        listed=listed,
        accounts=accounts,
        account_words=account_words,
        refused=refusal_in(request, language),
        topics={code: names.get(language, code) for code, names in runtime.settings.topics.items()},
        networks=SHARE_ORDER,
        reasons=[(one.value, words.decline_reason(speak(language), one)) for one in DeclineReason],
    )


@router.get("/picture")
def show_picture(request: Request, token: str) -> Response:
    """Return the item's small picture."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        visit = _open(session, token, runtime)
        found = renditions.find_picture(session, visit.delivery.variant_id)
    if found is None:
        raise NotFound("no picture")
    return Response(found[1].body, media_type=found[1].mime, headers={"Cache-Control": "private, max-age=86400"})


@router.post("/answer")
def take_answer(
    request: Request,
    token: str,
    word: Annotated[AnswerKind, Form()],
    reason: Annotated[str, Form(max_length=20)] = "",
    moment: Annotated[str, Form(max_length=20)] = "tomorrow",
    link: Annotated[str, Form(max_length=2100)] = "",
) -> Response:
    """Take the reader's word on the item."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        visit = _open(session, token, runtime)
        item = _item_of(session, visit)
        if item is None or visit.is_over:
            raise NotFound("nothing to answer")
        prove_arrival(session, visit.delivery.id or 0, now=runtime.now())
        said = _record(
            session, visit, _Answer(item, word, _one_of(DeclineReason, reason), moment, link.strip()), runtime
        )
    return _back(token, said)


@router.post("/agree")
def agree(request: Request, token: str) -> Response:
    """Let the reader in, who has seen what is stored; twice is once."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        visit = _open(session, token, runtime)
        if visit.is_over:
            raise NotFound("too late")
        personal.agree(session, visit.officer_id, now=runtime.now())
    return _back(token, "agreed")


@router.post("/settings")
def keep_settings(  # noqa: PLR0913, PLR0917 - the form's fields
    request: Request,
    token: str,
    speaks: Annotated[str, Form(max_length=3)],
    tier: Annotated[DataTier, Form()],
    rhythm: Annotated[Rhythm, Form()],
    topics: Annotated[list[str] | None, Form()] = None,
    opens: Annotated[str, Form(max_length=5)] = "",
    closes: Annotated[str, Form(max_length=5)] = "",
    untracked: Annotated[bool, Form()] = False,
) -> Response:
    """Keep what the reader chose."""
    runtime = runtime_of(request)
    known = list(runtime.settings.topics)
    chosen = [code for code in known if code in (topics or [])]
    hours = _hours(opens, closes)
    with runtime.database.write() as session:
        visit = _open(session, token, runtime)
        if not officers.get_officer(session, visit.officer_id).has_agreed:
            raise NotFound("nothing is kept before they agree")
        wishes.set_wish(
            session,
            visit.officer_id,
            tier=tier,
            rhythm=rhythm,
            topics="" if len(chosen) == len(known) else ",".join(chosen),
            opens=hours[0],
            closes=hours[1],
            untracked=untracked,
            **({"language": speaks} if speaks in languages() else {}),
        )
    return _back(token, "kept")


@router.post("/stop")
def stop(request: Request, token: str) -> Response:
    """Take a break until the reader comes back; mail programs do this with one click (RFC 8058)."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        officers.pause(session, _open(session, token, runtime).officer_id, until=None)
    return _back(token, "paused")


@router.post("/resume")
def resume(request: Request, token: str) -> Response:
    """Go on after a break."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        visit = _open(session, token, runtime)
        officers.come_back(session, visit.officer_id, old=OfficerStatus.PAUSED, now=runtime.now())
    return _back(token, "back")


@router.post("/leave")
def leave(request: Request, token: str, sure: Annotated[bool, Form()] = False) -> Response:
    """Erase everything that names the reader, at once, when the box is ticked."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        visit = _open(session, token, runtime)
        spoken = officers.get_officer(session, visit.officer_id).language
        if sure:
            erasure.erase(session, visit.officer_id, now=runtime.now())
    if not sure:
        return _back(token, "not_sure")
    erasure.press_out(runtime.database)
    return render(request, "personal_gone.html", None, spoken=spoken)


@dataclass(frozen=True, slots=True)
class _Answer:
    item: int
    word: AnswerKind
    reason: DeclineReason | None
    moment: str
    link: str


def _record(session: Session, visit: Visit, answer: _Answer, runtime: Runtime) -> str:
    """Write an answer as the chat would; return the word for what the page then says."""
    now, item = runtime.now(), get_delivery(session, answer.item)
    changed: Sequence[int] = ()
    said = "thanks"
    if answer.word is AnswerKind.TAKEN:
        lasts = timedelta(hours=runtime.settings.sending.lock_hours)
        taken = taking.take(session, item, officer_id=visit.officer_id, now=now, lasts=lasts)
        if isinstance(taken, taking.Holder):
            return "taken_already"
        changed = taken.colleagues
    elif answer.word is AnswerKind.LATER:
        changed = reminders.remind_later(
            session, item, answer.moment, officer_id=visit.officer_id, settings=runtime.settings, now=now
        ).said.colleagues
    elif answer.word is AnswerKind.SHARED and answer.link:
        links = find_links(answer.link)
        if not links:
            return "link_refused"
        paste = posts.Paste(links, now, item.id, runtime.lookable)
        given = posts.take(session, visit.officer_id, paste, settings=runtime.settings, now=now)
        changed, said = given.changed, "link_taken" if given.given else "link_refused"
    else:
        changed = answers.record_answer(session, item, answer.word, reason=answer.reason, now=now).colleagues
    personal.show_anew(session, [one for one in changed if one != item.id], now=now)
    return said


def _open(session: Session, token: str, runtime: Runtime) -> Visit:
    visit = personal.find_visit(session, token, now=runtime.now())
    if visit is None:
        raise NotFound("no such page")
    return visit


def _item_of(session: Session, visit: Visit) -> int | None:
    """Return the item that a mail was about: its own, or the one it comes back to."""
    delivery = visit.delivery
    found = delivery.about_id if delivery.kind is DeliveryKind.REMINDER else delivery.id
    if delivery.kind not in _ITEMS or found is None:
        return None
    return None if answers.is_withdrawn(session, get_delivery(session, found)) else found


def _one_of(kind: type[DeclineReason], value: str) -> DeclineReason | None:
    return kind(value) if value in set(kind) else None


def _hours(opens: str, closes: str) -> tuple[time | None, time | None]:
    """Read the hours; none, or ones that leave no time, mean the installation's. They count by the reader's clock."""
    try:
        first, last = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        return None, None
    is_local = first.tzinfo is None and last.tzinfo is None
    return (first, last) if is_local and first < last else (None, None)


def _back(token: str, said: str) -> RedirectResponse:
    return go(f"/o/{token}", said=said)
