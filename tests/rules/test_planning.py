"""Who gets what, and who does not and why."""

from datetime import UTC, datetime, time

import pytest

from sharebot.rules.audience import Audience, Candidate, choose_language
from sharebot.rules.planning import Chair, LeftOut, Offer, Party, choose_recipients
from sharebot.rules.timing import Timing, Window
from sharebot.values.status import MemberStatus

ALWAYS = Window(time(0), time(23, 59), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _party(code: str, **traits: object) -> Party:
    known = {
        "kind": "party",
        "country": "BE",
        "region": "Europe",
        "languages": ("en",),
        "status": MemberStatus.ACTIVE,
    }
    chairs = traits.pop("chairs", (Chair(1, "en"),))
    return Party(1, code.title(), "UTC", Candidate(code=code, **{**known, **traits}), chairs)  # type: ignore[arg-type]


def _plan(parties: list[Party], audience: Audience, variants: dict[str, int]):
    offer = Offer(variants, {"pt": ("es",)})
    return choose_recipients(parties, offer, audience=audience, timing=Timing(send_at=NOW), window=ALWAYS, now=NOW)


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


def test_an_audience_survives_its_writing():
    audience = Audience(regions=frozenset({"Africa", "Europe"}), members=frozenset({"north"}))
    assert Audience.from_json(audience.to_json()) == audience
    assert Audience.from_json("{}") == Audience()
