"""How the people of the play behave; everything is drawn from one seed."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sharebot.sandbox.demo.networks import Place
from sharebot.sandbox.phone import Phone


class Habit(StrEnum):
    """What an officer usually does with an item."""

    REPOSTS = "reposts"  # reposts or quotes the Alliance's post
    LINKS = "links"  # posts the party's link on the network
    PASTES = "pastes"  # shares where nobody can look, and pastes the link
    CLAIMS = "claims"  # taps Shared
    WAITS = "waits"  # taps Later, and sometimes shares the next day
    DECLINES = "declines"
    IGNORES = "ignores"


_WEIGHTS = {
    Habit.REPOSTS: 24,
    Habit.LINKS: 18,
    Habit.PASTES: 16,
    Habit.CLAIMS: 18,
    Habit.WAITS: 8,
    Habit.DECLINES: 6,
    Habit.IGNORES: 10,
}

# Parties in the middle of something else: they get everything and share nothing this week.
_BUSY = frozenset({"vistula-pl", "kauri-nz", "racine-cm", "isla-do", "olive-jo"})


@dataclass(frozen=True, slots=True)
class Person:
    """One officer of the play, and where the party's posts can be seen."""

    phone: Phone
    member_code: str
    label: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody will do, and when. `message_id` is the item's message on their phone."""

    at: datetime
    person: Person
    message_id: int
    habit: Habit


def plan_deed(person: Person, message_id: int, *, now: datetime, rng: random.Random) -> Deed:
    """Decide what a person does with an item that has just arrived, and how soon."""
    if person.member_code in _BUSY:
        return Deed(now + timedelta(hours=9), person, message_id, Habit.IGNORES)
    habits = [one for one in Habit if person.places or one not in {Habit.REPOSTS, Habit.LINKS}]
    habit = rng.choices(habits, [_WEIGHTS[one] for one in habits])[0]
    wait = timedelta(minutes=rng.choice((8, 20, 45, 90, 200, 400)))
    return Deed(now + wait, person, message_id, habit)
