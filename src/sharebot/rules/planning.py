"""Who gets an entry, in which language and when; and who does not, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sharebot.rules.asks import Asked, Habits, Hold, Wish, decide_turn
from sharebot.rules.audience import Audience, Candidate, choose_language, find_objection, meets_topics
from sharebot.rules.silences import Silence, move_out
from sharebot.rules.timing import Timing, due_at
from sharebot.values.status import Priority

NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class Chair:
    """An active officer, and what they chose; `is_group` when the party's group sits there."""

    officer_id: int
    language: str
    habits: Habits
    topics: frozenset[str] = frozenset()
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """A member with all that planning needs to know; `chairs` are its active officers.

    In its country's `silences` it gets nothing.
    """

    member_id: int
    name: str
    traits: Candidate
    chairs: tuple[Chair, ...]
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """The language versions there are (language → variant id), the rules that choose among them, and the topics."""

    variants: Mapping[str, int]
    fallback: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    last_language: str = "en"
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """For whom and when an entry is, until when, and how much it may ask."""

    audience: Audience
    timing: Timing
    expires_at: datetime
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class Recipient:
    """One officer who gets the item. `language` is theirs, `variant_language` that of what they get.

    `held` says why it waits for a digest, whose moment `due_at` is then. `zone` is the officer's clock.
    """

    officer_id: int
    member_id: int
    member_code: str
    member_name: str
    language: str
    variant_id: int
    variant_language: str
    due_at: datetime
    held: Hold | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member that gets nothing, or some `officers` of it; `reason` is one word.

    The words: those of `find_objection`, `officer`, `variant`, `topic` where officers chose other topics, and
    `silence` where its country is on hold until it is over.
    """

    member_code: str
    member_name: str
    reason: str
    officers: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole fan-out, before anything is written."""

    recipients: tuple[Recipient, ...]
    left_out: tuple[LeftOut, ...]


def choose_recipients(
    parties: Sequence[Party], offer: Offer, terms: Terms, *, asked: Mapping[int, Asked], now: datetime
) -> Plan:
    """Plan one entry for all `parties`; `asked` is what officers are asked already. The order follows theirs."""
    recipients: list[Recipient] = []
    left_out: list[LeftOut] = []
    for party in parties:
        reason = find_objection(party.traits, terms.audience) or (None if party.chairs else "officer")
        if reason is None and not offer.variants:
            reason = "variant"
        if reason is not None:
            left_out.append(LeftOut(party.traits.code, party.name, reason))
            continue
        seated = _seated(party)
        taking = [chair for chair in seated if meets_topics(chair.topics, offer.topics)]
        if len(taking) < len(seated):
            left_out.append(LeftOut(party.traits.code, party.name, "topic", len(seated) - len(taking)))
        turns = [
            _recipient(party, chair, offer, terms, asked.get(chair.officer_id, NOTHING_ASKED), now) for chair in taking
        ]
        spoken_to = [moved for one in turns if (moved := _after_silences(one, party, terms)) is not None]
        if len(spoken_to) < len(turns):
            some = len(turns) - len(spoken_to) if spoken_to else 0
            left_out.append(LeftOut(party.traits.code, party.name, "silence", some))
        recipients += spoken_to
    return Plan(tuple(recipients), tuple(left_out))


def _seated(party: Party) -> Sequence[Chair]:
    """Return the chairs that get it: one message for a group, in place of each of its members'."""
    groups = [chair for chair in party.chairs if chair.is_group]
    return groups or party.chairs


def _recipient(party: Party, chair: Chair, offer: Offer, terms: Terms, asked: Asked, now: datetime) -> Recipient:
    language = choose_language(
        set(offer.variants),
        chair.language,
        member=party.traits.languages,
        fallback=tuple(offer.fallback.get(chair.language, ())),
        last=offer.last_language,
    )
    assert language is not None  # noqa: S101 - the caller left out offers without variants
    habits, timing = chair.habits, terms.timing
    due = due_at(timing, zone=habits.zone, window=habits.window, holidays=habits.holidays, now=now)
    wish = Wish(due, terms.expires_at, terms.priority, urgent=timing.urgent)
    turn = decide_turn(wish, habits, asked)
    return Recipient(
        officer_id=chair.officer_id,
        member_id=party.member_id,
        member_code=party.traits.code,
        member_name=party.name,
        language=chair.language,
        variant_id=offer.variants[language],
        variant_language=language,
        due_at=turn.due_at,
        held=turn.held,
        zone=habits.zone,
    )


def _after_silences(one: Recipient, party: Party, terms: Terms) -> Recipient | None:
    """Return somebody with their turn out of their country's silences; None when it never comes.

    What waits for a digest keeps its moment: a digest is sent when it may be.
    """
    due = move_out(one.due_at, party.silences)
    if due == one.due_at:
        return one
    if due is None or due >= terms.expires_at:
        return None
    return one if one.held else replace(one, due_at=due)
