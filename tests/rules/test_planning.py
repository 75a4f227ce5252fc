"""Who gets what, and who does not and why."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from sharebot.rules.asks import Asked, Habits, Hold
from sharebot.rules.audience import Audience, Candidate, choose_language, meets_topics
from sharebot.rules.planning import Chair, LeftOut, Offer, Party, Plan, Terms, choose_recipients
from sharebot.rules.silences import Silence
from sharebot.rules.timing import Timing, Window
from sharebot.values.status import MemberStatus, Priority, Rhythm

ALWAYS = Window(time(0), time(23, 59), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
ANA = Chair(1, "en", Habits("UTC", ALWAYS, 5))


def _party(code: str, **traits: object) -> Party:
    known = {
        "kind": "party",
        "country": "BE",
        "region": "Europe",
        "languages": ("en",),
        "status": MemberStatus.ACTIVE,
    }
    chairs = traits.pop("chairs", (ANA,))
    return Party(1, code.title(), Candidate(code=code, **{**known, **traits}), chairs)  # type: ignore[arg-type]


def _plan(parties: list[Party], audience: Audience, variants: dict[str, int], topics: str = "") -> Plan:
    offer = Offer(variants, {"pt": ("es",)}, topics=frozenset(topics.split()))
    return choose_recipients(parties, offer, Terms(audience, Timing(send_at=NOW), LATER), asked={}, now=NOW)


@pytest.mark.parametrize(
    ("party", "reason"),
    [
        (_party("away", status=MemberStatus.PAUSED), "paused"),
        (_party("gone", status=MemberStatus.LEFT), "left"),
        (_party("person", kind="personality"), "kind"),
        (_party("africa", region="Africa"), "region"),
        (_party("empty", chairs=()), "officer"),
    ],
)
def test_everybody_left_out_has_a_reason(party: Party, reason: str):
    audience = Audience(regions=frozenset({"Europe"}), kinds=frozenset({"party"}))
    plan = _plan([party], audience, {"en": 7})
    assert plan.recipients == ()
    assert plan.left_out == (LeftOut(party.traits.code, party.name, reason),)


def test_without_a_variant_nobody_gets_anything():
    assert [one.reason for one in _plan([_party("north")], Audience(), {}).left_out] == ["variant"]


@pytest.mark.parametrize(
    ("offered", "own", "member", "chosen"),
    [
        ({"en", "fr"}, "fr", ("fr",), "fr"),
        ({"en", "es"}, "pt", ("pt",), "es"),  # the configured fallback
        ({"en", "fr"}, "ar", ("ar", "fr"), "fr"),  # the member's second language
        ({"en", "fr"}, "ja", ("ja",), "en"),  # the last resort
        ({"de", "it"}, "ja", ("ja",), "de"),  # never by chance
    ],
)
def test_the_language_is_chosen_by_rule(offered: set[str], own: str, member: tuple[str, ...], chosen: str):
    fallback = {"pt": ("es",)}.get(own, ())
    assert choose_language(offered, own, member=member, fallback=fallback) == chosen


@pytest.mark.parametrize(
    ("chosen", "topics", "meets"),
    [
        ("", "", True),
        ("", "water", True),
        ("water", "", True),
        ("water", "work", False),
        ("water work", "work peace", True),
    ],
)
def test_topics_meet_unless_both_are_named_and_differ(chosen: str, topics: str, meets: bool):
    assert meets_topics(frozenset(chosen.split()), frozenset(topics.split())) is meets


def test_an_officer_who_chose_other_topics_is_left_out_by_themselves():
    chairs = (replace(ANA, topics=frozenset({"work"})), replace(ANA, officer_id=2, topics=frozenset({"water"})))
    plan = _plan([_party("north", chairs=chairs)], Audience(), {"en": 7}, topics="water")
    assert [one.officer_id for one in plan.recipients] == [2]
    assert plan.left_out == (LeftOut("north", "North", "topic", 1),)


def test_a_party_with_a_group_gets_one_message_there():
    chairs = (ANA, replace(ANA, officer_id=2, is_group=True), replace(ANA, officer_id=3))
    plan = _plan([_party("north", chairs=chairs)], Audience(), {"en": 7})
    assert [one.officer_id for one in plan.recipients] == [2]
    assert plan.left_out == ()


def test_each_officer_has_their_own_clock_hours_and_budget():
    eight = Window(time(8), time(20), ALWAYS.days)
    chairs = (
        replace(ANA, habits=Habits("Pacific/Auckland", replace(eight, opens=time(7)), 5)),  # 01:00 there
        replace(ANA, officer_id=2, habits=Habits("America/Lima", eight, 5)),  # 07:00 there
        replace(ANA, officer_id=3, habits=Habits("UTC", eight, 5, rhythm=Rhythm.DAILY)),
        replace(ANA, officer_id=4, habits=Habits("UTC", eight, 1)),
    )
    terms = Terms(Audience(), Timing(send_at=NOW), LATER, Priority.HIGH)
    asked = {4: Asked([NOW - timedelta(hours=1)])}
    plan = choose_recipients([_party("north", chairs=chairs)], Offer({"en": 7}), terms, asked=asked, now=NOW)
    assert [(one.due_at, one.held) for one in plan.recipients] == [
        (datetime(2026, 11, 24, 18, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 13, tzinfo=UTC), None),
        (datetime(2026, 11, 25, 8, tzinfo=UTC), Hold.RHYTHM),
        (datetime(2026, 12, 7, 8, tzinfo=UTC), Hold.BUDGET),
    ]


def test_an_audience_survives_its_writing():
    audience = Audience(regions=frozenset({"Africa", "Europe"}), members=frozenset({"north"}))
    assert Audience.from_json(audience.to_json()) == audience
    assert Audience.from_json("{}") == Audience()


def _on_hold(hours: int, *, stops: bool = False) -> Party:
    hold = Silence(NOW - timedelta(hours=1), NOW + timedelta(hours=hours), stops)
    return replace(_party("north"), silences=(hold,))


def test_what_falls_into_a_countrys_hold_waits_for_its_end_or_never_goes():
    [waits] = _plan([_on_hold(5)], Audience(), {"en": 7}).recipients
    assert waits.due_at == NOW + timedelta(hours=5)
    for never in (_on_hold(5, stops=True), _on_hold(24 * 30)):
        plan = _plan([never], Audience(), {"en": 7})
        assert plan.recipients == ()
        assert [(one.reason, one.officers) for one in plan.left_out] == [("silence", 0)]
