"""Who an entry is for, and in which language they get it."""

from dataclasses import replace

import pytest

from sharebot.rules.audience import Audience, Candidate, choose_language, find_objection
from sharebot.values.status import MemberStatus

NORTH = Candidate("north", "party", "BE", "Europe", ("fr", "nl"), MemberStatus.ACTIVE)


def words(*some: str) -> frozenset[str]:
    return frozenset(some)


def test_an_empty_audience_is_everybody_who_takes_part():
    assert find_objection(NORTH, Audience()) is None


@pytest.mark.parametrize("status", [MemberStatus.PAUSED, MemberStatus.LEFT])
def test_whoever_takes_no_part_is_left_out_even_when_named(status: MemberStatus):
    absent = replace(NORTH, status=status)
    assert find_objection(absent, Audience(members=words("north"))) == status.value


@pytest.mark.parametrize(
    ("audience", "objection"),
    [
        (Audience(regions=words("Europe", "Asia-Pacific")), None),
        (Audience(regions=words("Africa")), "region"),
        (Audience(countries=words("BE")), None),
        (Audience(countries=words("KE")), "country"),
        (Audience(languages=words("nl", "es")), None),
        (Audience(languages=words("en")), "language"),
        (Audience(kinds=words("party")), None),
        (Audience(kinds=words("partner")), "kind"),
        (Audience(members=words("north", "south")), None),
        (Audience(members=words("south")), "list"),
        (Audience(regions=words("Europe"), languages=words("en")), "language"),
        (Audience(regions=words("Europe"), languages=words("fr"), members=words("north")), None),
    ],
)
def test_every_condition_must_be_met_and_the_first_unmet_is_named(audience: Audience, objection: str | None):
    assert find_objection(NORTH, audience) == objection


def test_an_audience_survives_being_stored_and_equal_ones_are_equal_texts():
    audience = Audience(regions=words("Europe", "Africa", "Americas"), members=words("b", "a"))
    assert Audience.from_json(audience.to_json()) == audience
    assert (
        audience.to_json() == Audience(members=words("a", "b"), regions=words("Americas", "Africa", "Europe")).to_json()
    )
    assert Audience().to_json() == "{}"
    assert Audience.from_json("") == Audience()


@pytest.mark.parametrize(
    ("offered", "own", "member", "fallback", "chosen"),
    [
        ({"en", "fr", "nl"}, "fr", ("nl",), (), "fr"),
        ({"en", "es"}, "pt", ("fr", "pt"), ("es",), "es"),
        ({"en", "fr"}, "pt", ("nl", "fr"), ("es",), "fr"),
        ({"en", "es"}, "pt", ("fr",), (), "en"),
        ({"sv", "de"}, "pt", ("fr",), (), "de"),
        (set(), "pt", ("fr",), (), None),
    ],
)
def test_the_own_language_then_the_fallback_then_the_partys_then_the_last_then_the_alphabet(
    offered, own, member, fallback, chosen
):
    assert choose_language(offered, own, member=member, fallback=fallback, last="en") == chosen
