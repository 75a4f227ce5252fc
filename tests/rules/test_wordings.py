"""Texts dealt out, made to fit, and told apart."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.campaigns import find_campaign_problem
from sharebot.rules.wordings import Poster, compose_post, deal, find_alike, split_wordings
from sharebot.values.cards import PostText

countries = st.sampled_from(["BE", "FR", "SN", "CO"])
parties = st.lists(countries, max_size=40).map(lambda all: [Poster(n, country) for n, country in enumerate(all)])


@given(parties, st.integers(1, 6))
def test_no_country_has_one_text_twice_while_another_is_unused(posters: list[Poster], count: int) -> None:
    wordings = list(range(100, 100 + count))
    dealt = deal(posters, wordings)
    assert set(dealt) == {one.member_id for one in posters}
    for country in {one.country for one in posters}:
        uses = Counter(dealt[one.member_id] for one in posters if one.country == country)
        times = [uses[wording] for wording in wordings]
        assert max(times) - min(times) <= 1


@given(parties, st.randoms())
def test_the_order_of_the_parties_does_not_matter(posters: list[Poster], random: Random) -> None:
    shuffled = random.sample(posters, len(posters))
    assert deal(posters, [1, 2, 3]) == deal(shuffled, [1, 2, 3])


def test_parties_of_different_countries_share_the_texts_evenly_too() -> None:
    dealt = deal([Poster(n, f"C{n}") for n in range(9)], [7, 8, 9])
    assert Counter(dealt.values()) == {7: 3, 8: 3, 9: 3}


def test_a_later_party_gets_what_its_country_has_least_of() -> None:
    assert deal([Poster(5, "BE")], [7, 8], dealt={("BE", 7): 1, ("FR", 8): 9}) == {5: 8}


def test_without_texts_nothing_is_dealt() -> None:
    assert deal([Poster(1, "BE")], []) == {}


@given(st.text(max_size=60), st.sampled_from(["", "#Fair"]), st.sampled_from(["", "A line."]), st.integers(0, 90))
def test_what_is_composed_fits_and_gives_up_the_line_before_words(
    words: str, hashtag: str, line: str, limit: int
) -> None:
    post = PostText(words, hashtag, line)
    text = compose_post(post, fits=lambda one: len(one) <= limit)
    assert len(text) <= limit
    if len(post.text) <= limit:
        assert text == post.text
    if line and text != post.text:
        assert "A line." not in text or "A line." in words
    if text:
        assert hashtag in text


@pytest.mark.parametrize(
    ("text", "wordings"),
    [
        ("One.\n\nTwo,\nstill two.\n\n\n\nThree.", ["One.", "Two,\nstill two.", "Three."]),
        ("One.\r\n \r\nTwo.\r\n", ["One.", "Two."]),
        ("Same.\n\nSame.", ["Same."]),
        (" \n\n ", []),
    ],
)
def test_empty_lines_part_the_texts_of_a_form(text: str, wordings: list[str]) -> None:
    assert split_wordings(text) == wordings


@given(st.text(max_size=300))
def test_texts_that_were_split_come_back_as_they_are(text: str) -> None:
    wordings = split_wordings(text)
    assert split_wordings("\n\n".join(wordings)) == wordings
    assert all(one != other for one, other in pairwise(wordings))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Vaccines for all, now!", "VACCINES for all now", True),
        ("La santé est un droit pour toutes et tous.", "La sante est un droit, pour toutes et tous", True),
        ("Égalité à l’été", "Egalite a l’ete", True),
        ("Health is a right for everybody.", "Health is a right for everyone.", True),
        ("Health is a right.", "We fight for vaccines on every continent.", False),
        ("La santé est un droit.", "Ensemble, exigeons des vaccins pour chaque pays.", False),
        ("世界人民团结起来", "世界人民团结起来!", True),
        ("世界人民团结起来", "为了所有人的健康", False),
        ("a", "b", False),
    ],
)
def test_near_identical_texts_are_told(one: str, other: str, alike: bool) -> None:
    assert find_alike([one, other]) == ([(0, 1)] if alike else [])


@pytest.mark.parametrize(
    ("code", "name", "hashtag", "line", "word"),
    [
        ("vax", "Vaccines", "#GlobalVaxSolidarity", "Together.", None),
        ("vax", "Vaccins", "#Santé", "", None),
        ("Vax", "Vaccines", "", "", "code"),
        ("vax", " ", "", "", "name"),
        ("vax", "V", "GlobalVax", "", "hashtag"),
        ("vax", "V", "#two words", "", "hashtag"),
        ("vax", "V", "#2026", "", "hashtag"),
        ("vax", "V", "#a-b", "", "hashtag"),
        ("vax", "V", "", "x" * 201, "line"),
        ("vax", "V", "", "two\nlines", "line"),
    ],
)
def test_what_a_campaign_adds_can_be_posted(code: str, name: str, hashtag: str, line: str, word: str | None) -> None:
    problem = find_campaign_problem(code, name, hashtag, line)
    assert (problem is None) == (word is None)
    assert (word or "") in (problem or "")
