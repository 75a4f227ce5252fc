"""Who gets an entry, in which language and when; and who does not, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sharebot.rules.audience import Audience, Candidate, choose_language, find_objection
from sharebot.rules.timing import Timing, Window, due_at


@dataclass(frozen=True, slots=True)
class Chair:
    """An active officer, and the language they chose."""

    officer_id: int
    language: str


@dataclass(frozen=True, slots=True)
class Party:
    """A member with all that planning needs to know; `chairs` are its active officers."""

    member_id: int
    name: str
    zone: str
    traits: Candidate
    chairs: tuple[Chair, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """The language versions there are (language → variant id) and the rules that choose among them."""

    variants: Mapping[str, int]
    fallback: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    last_language: str = "en"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One officer who gets the item. `language` is theirs, `variant_language` that of what they get."""

    officer_id: int
    member_id: int
    member_code: str
    member_name: str
    language: str
    variant_id: int
    variant_language: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member that gets nothing; `reason` is one word of `find_objection`, `officer` or `variant`."""

    member_code: str
    member_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole fan-out, before anything is written."""

    recipients: tuple[Recipient, ...]
    left_out: tuple[LeftOut, ...]


def choose_recipients(
    parties: Sequence[Party],
    offer: Offer,
    *,
    audience: Audience,
    timing: Timing,
    window: Window,
    now: datetime,
) -> Plan:
    """Plan one entry for all `parties`; the order of the result follows theirs."""
    recipients: list[Recipient] = []
    left_out: list[LeftOut] = []
    for party in parties:
        reason = find_objection(party.traits, audience) or (None if party.chairs else "officer")
        if reason is None and not offer.variants:
            reason = "variant"
        if reason is not None:
            left_out.append(LeftOut(party.traits.code, party.name, reason))
            continue
        due = due_at(timing, zone=party.zone, window=window, now=now)
        recipients += [_seat(party, chair, offer, due) for chair in party.chairs]
    return Plan(tuple(recipients), tuple(left_out))


def _seat(party: Party, chair: Chair, offer: Offer, due: datetime) -> Recipient:
    language = choose_language(
        set(offer.variants),
        chair.language,
        member=party.traits.languages,
        fallback=tuple(offer.fallback.get(chair.language, ())),
        last=offer.last_language,
    )
    assert language is not None  # noqa: S101 - the caller left out offers without variants
    return Recipient(
        officer_id=chair.officer_id,
        member_id=party.member_id,
        member_code=party.traits.code,
        member_name=party.name,
        language=chair.language,
        variant_id=offer.variants[language],
        variant_language=language,
        due_at=due,
    )
