"""Throw at every operation of the API what its description allows, and what it forbids."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from zlib import crc32

import hypothesis
import schemathesis
from fastapi import FastAPI
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from sqlmodel import select

from sharebot.models import QueueEntry
from sharebot.store.approvals import seen_hash_of
from sharebot.store.contents import content_hash
from sharebot.store.database import Database
from sharebot.store.editing import get_draft
from sharebot.values.status import EntryStatus

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
    ignored_auth,
]
HOST = "http://127.0.0.1"


def throw(app: FastAPI, database: Database, token: str, *, examples: int) -> Counter[str]:
    """Make `examples` calls to each operation, half of them with what is forbidden; return the answers' statuses.

    Raises when one of the checks fails.
    """
    # What it adds to queries may vanish on the way, and is then no fault; tests of our own add parameters.
    generation = {"allow-extra-parameters": False, "with-security-parameters": False}
    config = SchemathesisConfig.from_dict({"base-url": f"{HOST}/api/v1", "generation": generation})
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config, headers={"Host": "127.0.0.1"})
    answers: Counter[str] = Counter()
    headers = {"Authorization": f"Bearer {token}", "Host": "127.0.0.1"}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        for mode in GenerationMode:
            _throw_at(result.ok(), mode, partial(_attempt, mode, database, headers, answers), examples=examples // 2)
    return answers


def _throw_at(operation: Any, mode: GenerationMode, attempt: Callable[[Any], None], *, examples: int) -> None:
    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def attempts(case: Any) -> None:
        attempt(case)

    try:
        attempts()
    except hypothesis.errors.Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "nothing of this can be asked for"


def _attempt(
    mode: GenerationMode, database: Database, headers: dict[str, str], answers: Counter[str], case: Any
) -> None:
    if mode is GenerationMode.POSITIVE:
        _aim(case, database)
    answer = case.call_and_validate(headers=headers, checks=CHECKS)
    answers[f"{case.method} {case.path} {answer.status_code}"] += 1


def _aim(case: Any, database: Database) -> None:
    """Let three of four calls be about things that are there, by fingerprints of what is there."""
    place = case.path_parameters or {}
    if crc32(f"{place} {case.query}".encode("utf-8", "surrogatepass")) % 4 == 0:
        return
    with database.read() as session:
        waits = select(QueueEntry).where(QueueEntry.status == EntryStatus.PROPOSED)
        proposed = session.exec(waits).first()
        there = {"content_id": 1, "entry_id": proposed.id if proposed else 1, "code": "north"}
        place |= {name: there[name] for name in there.keys() & place.keys()}
        if isinstance(case.body, dict):
            seen = {"content_id": 1, "hash": content_hash(session, 1), "edit": get_draft(session, 1).fingerprint}
            seen["approval_hash"] = seen_hash_of(session, proposed) if proposed else "0"
            case.body |= {name: seen[name] for name in seen.keys() & case.body.keys()}
