"""/settings: one message, edited in place; each choice is kept, and what nobody offered is not."""

from datetime import time

import pytest

from sharebot.bot.settings import find_zone
from sharebot.values.status import DataTier, Rhythm
from tests.bot.test_joining import officer_row, press
from tests.bot.words import labels, said
from tests.flows.conftest import Scene
from tests.flows.fingers import forge_tap


@pytest.fixture
async def opened(listening: Scene) -> Scene:
    listening.ben.write("/settings")
    await listening.settle()
    return listening


CHOICES = (
    ("Topics", "Climate", "topics", "peace"),
    ("Data", "Light", "tier", DataTier.LIGHT),
    ("Hours", "Evening", "opens", time(17)),
    ("Hours", "Workday", "closes", time(18)),
    ("Rhythm", "Weekly", "rhythm", Rhythm.WEEKLY),
    ("How many", "10", "asks_per_week", 10),
    ("Networks", "LinkedIn", "networks", "x,facebook,whatsapp,telegram,bluesky,threads,mastodon,email"),
    ("Privacy", "Stop counting", "untracked", True),
    ("Privacy", "Safety on", "high_risk", True),
    ("Language", "Français", "language", "fr"),
)


async def test_a_choice_takes_two_taps_and_holds(opened):
    for page, button, column, value in CHOICES:
        await press(opened, opened.ben, page, button)
        assert getattr(officer_row(opened, 2), column) == value
        assert len(said(opened.ben)) == 1, "one message, edited"
        if column != "language":
            await press(opened, opened.ben, "Back")


async def test_a_choice_is_undone_in_the_same_place(opened):
    await press(opened, opened.ben, "Topics", "Climate", "Peace")
    assert officer_row(opened, 2).topics == "", "none chosen is all, as nobody would want none"
    await press(opened, opened.ben, "Back", "Hours", "Morning", "Day 8–20")
    assert (officer_row(opened, 2).opens, officer_row(opened, 2).closes) == (None, None)
    await press(opened, opened.ben, "Back", "How many", "3", "Usual")
    assert officer_row(opened, 2).asks_per_week is None
    await press(opened, opened.ben, "Back", "Privacy", "Stop counting", "Count clicks", "Safety on", "Safety off")
    assert (officer_row(opened, 2).untracked, officer_row(opened, 2).high_risk) == (False, False)
    await press(opened, opened.ben, "Back")
    assert "Topics: all" in said(opened.ben)[0]


async def test_what_is_chosen_already_may_be_chosen_again(opened):
    await press(opened, opened.ben, "Data", "Full", "Full")
    assert officer_row(opened, 2).tier is DataTier.FULL


async def test_what_nobody_offered_changes_nothing(opened):
    before = officer_row(opened, 2).model_dump()
    for choice in ("tier_huge", "asks_99", "hours_night", "net_myspace", "topic_war", "rhythm_", "status_gone", "x"):
        forge_tap(opened, opened.ben, f"g:0:{choice}")
    forge_tap(opened, opened.ben, "x:0:nowhere")
    await opened.settle()
    assert officer_row(opened, 2).model_dump() == before


async def test_a_time_zone_is_set_by_its_name(opened):
    zones = (("Africa/Nairobi", "Africa/Nairobi", "Nairobi"), ("america/new york", "America/New_York", "New York"))
    for written, kept, city in zones:
        opened.ben.write(f"/zone {written}")
        await opened.settle()
        assert officer_row(opened, 2).zone == kept
        assert f"in the time of {city}" in said(opened.ben)[-1]
    opened.ben.write("/zone Mars/Base")
    await opened.settle()
    assert officer_row(opened, 2).zone == "America/New_York"
    assert "I do not know the time zone “Mars/Base”" in said(opened.ben)[-1]


async def test_without_a_name_the_zone_that_counts_is_told(opened):
    opened.ben.write("/zone")
    await opened.settle()
    assert "in the time of Brussels" in said(opened.ben)[-1]
    assert officer_row(opened, 2).zone is None


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("Nairobi", "Africa/Nairobi"), ("Europe/Bruxelles", "Europe/Brussels"), ("Pariss", "Europe/Paris")],
)
def test_zones_that_sound_alike_are_named(wanted: str, near: str):
    zone, names = find_zone(wanted)
    assert zone is None
    assert near in names
    assert len(names) <= 3


@pytest.mark.parametrize("wanted", ["", "../../etc/passwd", "Mars", "\0", "x" * 500, "localtime", "Factory"])
def test_nonsense_is_no_zone(wanted: str):
    assert find_zone(wanted)[0] is None


async def test_the_pages_are_in_the_officers_language(listening):
    listening.ana.write("/settings")
    await listening.settle()
    assert "Vos réglages" in said(listening.ana)[0]
    assert "🛡 Vie privée" in labels(listening.ana)
