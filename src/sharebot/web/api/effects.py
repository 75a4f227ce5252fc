"""Carry out what a program asks for: once for each idempotency key, and noted in the audit log along with it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request
from pydantic import BaseModel
from sqlmodel import Session
from starlette.responses import Response

from sharebot.store.api_replies import Reply, Ticket, claim_key, find_reply, keep_reply
from sharebot.store.api_tokens import Caller
from sharebot.store.audit import Change, record
from sharebot.web.api.callers import runtime_of

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,80}$",
        description="The same key and the same request within 48 hours: the same answer, and no second effect.",
    ),
]


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the answer, and what the audit log is to say of it."""

    body: BaseModel
    action: str
    subject: str
    status: int = 200
    detail: str = ""


def find_earlier(request: Request, caller: Caller, key: str | None) -> Response | None:
    """Return the answer that the same request had before, so that nothing has to be fetched for it again."""
    runtime = runtime_of(request)
    ticket = _ticket(request, caller, key)
    if ticket is None:
        return None
    with runtime.database.read() as session:
        earlier = find_reply(session, ticket)
    return _respond(request, earlier) if earlier else None


def carry_out(request: Request, caller: Caller, key: str | None, effect: Callable[[Session], Done]) -> Response:
    """Run `effect` in a write transaction with its note in the log and its answer; or answer as before."""
    runtime = runtime_of(request)
    now, ticket = runtime.now(), _ticket(request, caller, key)
    with runtime.database.write() as session:
        earlier = claim_key(session, ticket, now=now) if ticket else None
        if earlier is not None:
            return _respond(request, earlier)
        done = effect(session)
        reply = Reply(done.status, done.body.model_dump_json())
        if ticket:
            keep_reply(session, ticket, reply)
        record(session, Change(caller.actor, done.action, done.subject, done.detail), now=now)
    return _respond(request, reply)


def _ticket(request: Request, caller: Caller, key: str | None) -> Ticket | None:
    return Ticket(caller.token_id, key, request.state.sha256) if key else None


def _respond(request: Request, reply: Reply) -> Response:
    headers = {}
    if reply.status == 201:
        place = request.url.path.removesuffix("/link")
        headers["Location"] = f"{place}/{json.loads(reply.body)['id']}"
    return Response(reply.body, reply.status, headers=headers, media_type="application/json")
