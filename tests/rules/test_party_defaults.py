"""What a country tells of a party in it, and a code made of its name."""

import pytest

from sharebot.rules.members_file import REGIONS
from sharebot.rules.party_defaults import Place, choose_code, place_of

OURS = ("en", "es", "fr")


@pytest.mark.parametrize(
    ("country", "place"),
    [
        ("KE", Place("Africa", "Africa/Nairobi", ("sw", "en"))),
        ("CD", Place("Africa", "Africa/Kinshasa", ("fr",))),
        ("CV", Place("Africa", "Atlantic/Cape_Verde", ("pt", "en"))),
        ("BR", Place("Americas", "America/Sao_Paulo", ("pt", "en"))),
        ("JO", Place("Middle East", "Asia/Amman", ("ar", "en"))),
        ("CY", Place("Europe", "Asia/Nicosia", ("el", "tr", "en"))),
        ("NP", Place("Asia-Pacific", "Asia/Kathmandu", ("ne", "en"))),
        ("XX", Place("", "", ("en",))),
    ],
)
def test_a_country_tells_region_clock_and_languages(country: str, place: Place) -> None:
    assert place_of(country, spoken=OURS) == place


def test_what_the_parties_there_have_counts_more() -> None:
    there = [Place("Europe", "Europe/Istanbul", ("tr", "en")), Place("Europe", "Europe/Istanbul", ("tr", "fr"))]
    assert place_of("TR", [*there, there[1]], spoken=OURS) == there[1]
    assert place_of("TR", spoken=OURS).region == "Middle East"


def test_every_known_country_has_a_region_of_ours() -> None:
    countries = ["US", "GB", "SN", "LB", "IN", "AU", "CO", "IS", "MG", "GE", "FJ", "MX", "HT", "PS"]
    assert {place_of(one).region for one in countries} == set(REGIONS)


def test_a_code_is_of_the_name_and_free() -> None:
    assert choose_code("Parti Écologiste & Social", "FR", []) == "parti-ecologiste-social"
    assert choose_code("Puente", "MX", ["puente", "puente-2"]) == "puente-3"
    assert choose_code("حزب", "PS", []) == "ps-party"
    assert choose_code("New", "US", []) == "new-2", "a page stands at that address"
    assert len(choose_code("a" * 90, "FR", [])) <= 40
