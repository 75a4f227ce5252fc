"""Drafts that are one story in several languages are found, and look-alikes are not."""

from datetime import timedelta
from typing import Any

import pytest

from sharebot.rules.stories import ENOUGH, Evidence, Piece, find_evidence, suggest
from sharebot.values.feeds import Media
from sharebot.values.status import AssetKind, ContentKind
from tests.cast import NOW

SITE = "https://alliance.example"
SAME = "https://alliance.example/wp-content/uploads/2026/11"


def piece(number: int, language: str, title: str, **about: Any) -> Piece:
    """Return a draft; `picture` is a file name, `length` seconds of a recording, `after` hours."""
    media = []
    if picture := about.get("picture"):
        address = picture if "://" in picture else f"{SAME}/{picture}"
        media.append(Media(AssetKind.PICTURE, address))
    if length := about.get("length"):
        media.append(Media(AssetKind.AUDIO, f"{SITE}/{number}.mp3", duration_s=length))
    link = about.get("link", f"{SITE}/{language}/a{number}")
    links = (link if "://" in link else f"{SITE}/{link}",)
    at = NOW + timedelta(hours=about.get("after", 0))
    return Piece(number, about.get("kind", ContentKind.POST), frozenset({language}), (title,), links, tuple(media), at)


def pair(one: tuple[str, str, dict[str, Any]], other: tuple[str, str, dict[str, Any]]) -> list[Piece]:
    return [piece(1, one[0], one[1], **one[2]), piece(2, other[0], other[1], **other[2])]


VIDEO, EPISODE = ContentKind.VIDEO, ContentKind.EPISODE
Case = tuple[str, str, dict[str, Any]]
TRUE: dict[str, tuple[Case, Case]] = {
    "one slug in two languages": (
        ("en", "A clean water pact for twelve cities", {"link": "en/clean-water-pact"}),
        ("fr", "Un pacte pour l’eau potable dans douze villes", {"link": "fr/clean-water-pact"}),
    ),
    "one slug with the language behind it": (
        ("en", "Night schools", {"link": "2026/11/night-schools-en.html"}),
        ("es", "Escuelas nocturnas", {"link": "2026/11/night-schools-es.html"}),
    ),
    "one number at one site": (
        ("en", "Our statement on the budget", {"link": "en/news/48213-statement"}),
        ("es", "Nuestra declaración", {"link": "es/noticias/48213-declaracion"}),
    ),
    "one number in the query": (
        ("fr", "Grève des dockers", {"link": "fr/?p=5511"}),
        ("es", "Huelga portuaria", {"link": "es/?p=5511"}),
    ),
    "one video behind two posts": (
        ("en", "Watch: the speech in full", {"link": "https://www.youtube.com/watch?v=dQw4w9WgXcQ"}),
        ("fr", "Le discours en entier", {"link": "https://youtu.be/dQw4w9WgXcQ?t=3"}),
    ),
    "one video, known by its preview picture": (
        ("en", "The speech", {"picture": "https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg"}),
        ("es", "El discurso", {"link": "https://www.youtube.com/shorts/dQw4w9WgXcQ"}),
    ),
    "one picture and a name": (
        ("en", "Ceasefire in Gaza: what must follow", {"picture": "gaza-march-brussels.jpg"}),
        ("fr", "Cessez-le-feu à Gaza : ce qui doit suivre", {"picture": "gaza-march-brussels.jpg", "after": 1}),
    ),
    "one picture in two sizes and a name": (
        ("en", "Farmers march on Madrid", {"picture": "IMG_20261103_tractors-1024x768.jpg"}),
        ("es", "Los tractores llegan a Madrid", {"picture": "IMG_20261103_tractors-300x200.jpg", "after": 1}),
    ),
    "one picture and a number": (
        ("en", "40 mayors sign for peace", {"picture": "mayors-signing-day.jpg"}),
        ("es", "40 alcaldesas y alcaldes firman", {"picture": "mayors-signing-day.jpg", "after": 1}),
    ),
    "one picture and words alike, a day later": (
        ("en", "Solidarity with the health workers of Argentina", {"picture": "marcha-salud-2.jpg"}),
        ("es", "Solidaridad con la salud en Argentina", {"picture": "marcha-salud-2.jpg", "after": 20}),
    ),
    "three names": (
        ("en", "Lula, Petro and Boric meet in Santiago", {}),
        ("fr", "Lula, Petro et Boric se retrouvent à Santiago", {"after": 1}),
    ),
    "names and numbers": (
        ("en", "COP30 in Belém: 7 demands", {}),
        ("fr", "COP30 à Belém : 7 exigences", {"after": 1.5}),
    ),
    "a thousand written in two ways": (
        ("en", "1,200 delegates from Lisbon to Athens", {}),
        ("fr", "1 200 délégués, de Lisbon à Athens", {"after": 1}),
    ),
    "one length and a name": (
        ("en", "Voices of the river: Amazon", {"kind": EPISODE, "length": 1843}),
        ("es", "Voces del río: Amazon", {"kind": EPISODE, "length": 1842, "after": 1}),
    ),
    "one length and a season's number": (
        ("en", "S2E05 The care economy", {"kind": EPISODE, "length": 1500}),
        ("fr", "S2E05 L’économie du soin", {"kind": EPISODE, "length": 1500, "after": 2}),
    ),
    "dubbed, with the same picture": (
        ("en", "Who pays for the war?", {"kind": VIDEO, "length": 312, "picture": "who-pays-still.png"}),
        ("fr", "Qui paie la guerre ?", {"kind": VIDEO, "length": 312, "picture": "who-pays-still.png"}),
    ),
    "a late translation of a slug": (
        ("en", "Open Budget Day", {"link": "en/open-budget-day"}),
        ("es", "Día del presupuesto", {"link": "es/open-budget-day", "after": 70}),
    ),
    "percentages with comma and point": (
        ("en", "3.5% for peace: Sánchez answers Rutte", {}),
        ("es", "El 3,5% para la paz: Sánchez responde a Rutte", {"after": 1}),
    ),
    "french and spanish": (
        ("fr", "Rima Hassan et Thunberg libérées", {"picture": "flotilla-port.jpg"}),
        ("es", "Liberan a Rima Hassan y a Thunberg", {"picture": "flotilla-port.jpg", "after": 3}),
    ),
    "acronyms": (
        ("en", "UNRWA must stay, says ECOSOC", {"picture": "unrwa-school.jpg"}),
        ("es", "UNRWA debe quedarse, dice ECOSOC", {"picture": "unrwa-school.jpg", "after": 6}),
    ),
    "another language family of one slug": (
        ("en", "The left in the cities", {"link": "https://en.alliance.example/left-in-the-cities/"}),
        ("pt", "A esquerda nas cidades", {"link": "https://pt.alliance.example/left-in-the-cities/"}),
    ),
}
FALSE: dict[str, tuple[Case, Case]] = {
    "one language": (
        ("en", "A clean water pact", {"link": "en/clean-water-pact"}),
        ("en", "A clean water pact", {"link": "uk/clean-water-pact"}),
    ),
    "four days apart": (
        ("en", "A clean water pact", {"link": "en/clean-water-pact"}),
        ("fr", "Un pacte pour l’eau", {"link": "fr/clean-water-pact", "after": 73}),
    ),
    "a post and a video": (
        ("en", "A clean water pact", {"link": "en/clean-water-pact"}),
        ("fr", "Un pacte", {"link": "fr/clean-water-pact", "kind": VIDEO}),
    ),
    "one country, two stories": (
        ("en", "Strike in Chile: dockers walk out", {}),
        ("es", "Chile vota una nueva ley de pensiones", {"after": 1}),
    ),
    "two names, two stories": (
        ("en", "Gaza and Beirut: aid must arrive", {}),
        ("fr", "De Beyrouth à Gaza, le cinéma résiste", {"after": 1}),
    ),
    "only the house style of the title": (
        ("en", "Press release of the alliance", {}),
        ("fr", "Communiqué de presse de l’alliance", {}),
    ),
    "a general last part of the link": (
        ("en", "Our first statement", {"link": "en/2026/11/03/statement"}),
        ("fr", "Une autre déclaration", {"link": "fr/2026/11/03/statement"}),
    ),
    "only the date in the link": (
        ("en", "Morning", {"link": "en/2026/11/24"}),
        ("fr", "Soir", {"link": "fr/2026/11/24"}),
    ),
    "numbers of two sites": (
        ("en", "Morning", {"link": "https://one.example/5511"}),
        ("fr", "Soir", {"link": "https://two.example/5511"}),
    ),
    "the logo as the picture": (
        ("en", "Youth camp opens in Porto", {"picture": "logo.png"}),
        ("es", "Porto acoge el campamento", {"picture": "logo.png"}),
    ),
    "one picture alone": (
        ("en", "Tax the rich", {"picture": "assembly-hall-2026.jpg"}),
        ("fr", "La culture pour tous", {"picture": "assembly-hall-2026.jpg", "after": 1}),
    ),
    "one picture and a country, two days apart": (
        ("en", "Elections in Peru: observers arrive", {"picture": "peru-flags.jpg"}),
        ("es", "Perú: un congreso de mujeres", {"picture": "peru-flags.jpg", "after": 40}),
    ),
    "one length by chance": (
        ("en", "Housing for all", {"kind": EPISODE, "length": 1800}),
        ("fr", "La paix d’abord", {"kind": EPISODE, "length": 1800, "after": 1}),
    ),
    "short videos that all last a minute": (
        ("en", "Lula in a minute", {"kind": VIDEO, "length": 60}),
        ("es", "Lula en un minuto", {"kind": VIDEO, "length": 60}),
    ),
    "two episodes of one series": (
        ("en", "Voices of the river: episode 12", {"kind": EPISODE, "length": 1500, "picture": "voices-cover-art.jpg"}),
        ("fr", "Voix du fleuve : épisode 13", {"kind": EPISODE, "length": 1500, "picture": "voices-cover-art.jpg"}),
    ),
    "two seasons": (
        ("en", "S2E05 Care in Kerala", {"kind": EPISODE, "length": 1500}),
        ("fr", "S3E05 Le soin au Kerala", {"kind": EPISODE, "length": 1500}),
    ),
    "two summits": (
        ("en", "G20 in Johannesburg: Lula speaks", {"picture": "lula-podium.jpg"}),
        ("es", "G7: Lula responde desde Johannesburg", {"picture": "lula-podium.jpg"}),
    ),
    "numbers that differ": (
        ("en", "12 demands for Belém from Lula", {}),
        ("es", "15 exigencias de Lula para Belém", {}),
    ),
    "only the year": (
        ("en", "Plans for 2027", {}),
        ("fr", "Projets pour 2027", {}),
    ),
    "words alike alone": (
        ("en", "Democratic socialism and the digital commons", {}),
        ("es", "Socialismo democrático y comunes digitales", {"after": 1}),
    ),
    "two videos of one channel": (
        ("en", "The speech", {"link": "https://www.youtube.com/watch?v=aaaaaaaaaaa"}),
        ("fr", "Le discours", {"link": "https://www.youtube.com/watch?v=bbbbbbbbbbb"}),
    ),
    "preview pictures of two videos": (
        ("en", "Speech", {"picture": "https://i.ytimg.com/vi/aaaaaaaaaaa/hqdefault.jpg"}),
        ("fr", "Discours", {"picture": "https://i.ytimg.com/vi/bbbbbbbbbbb/hqdefault.jpg"}),
    ),
    "addresses that cannot be read": (
        ("en", "A", {"link": "https://[bad"}),
        ("fr", "B", {"link": "https://[bad"}),
    ),
    "empty titles": (("en", "", {}), ("fr", "", {})),
}


def test_there_are_enough_cases() -> None:
    assert len(TRUE) + len(FALSE) >= 40


@pytest.mark.parametrize("pieces", [pair(*case) for case in TRUE.values()], ids=TRUE)
def test_versions_of_one_story_are_found(pieces: list[Piece]) -> None:
    found = suggest(pieces)
    assert [story.ids for story in found] == [(1, 2)], find_evidence(*pieces)
    assert found[0].score >= ENOUGH and found[0].evidence


@pytest.mark.parametrize("pieces", [pair(*case) for case in FALSE.values()], ids=FALSE)
def test_look_alikes_are_not_suggested(pieces: list[Piece]) -> None:
    assert suggest(pieces) == [], find_evidence(*pieces)


def test_three_languages_become_one_story_whatever_their_order() -> None:
    titles = {"en": "Open Budget Day", "fr": "Journée du budget", "es": "Día del presupuesto"}
    pieces = [piece(n, code, text, link=f"{code}/open-budget") for n, (code, text) in enumerate(titles.items(), 1)]
    for turned in (pieces, pieces[::-1], [pieces[1], pieces[0], pieces[2]]):
        (story,) = suggest(turned)
        assert story.ids == (1, 2, 3)
        assert Evidence.LINK in story.evidence and Evidence.PICTURE not in story.evidence


def test_a_draft_with_two_equal_partners_is_left_to_a_person() -> None:
    pieces = [
        piece(1, "en", "Open Budget Day", link="en/open-budget"),
        piece(2, "fr", "Journée du budget", link="fr/open-budget"),
        piece(3, "fr", "Journée du budget", link="be/open-budget"),
    ]
    assert suggest(pieces) == []


def test_the_clearly_better_partner_wins() -> None:
    pieces = [
        piece(1, "en", "Lula, Petro and Boric meet in Santiago", link="en/three-meet", picture="three-meet-1.jpg"),
        piece(2, "fr", "Lula, Petro et Boric à Santiago", link="fr/three-meet", picture="three-meet-1.jpg", after=1),
        piece(3, "fr", "Lula, Petro, Boric : le portrait", after=1),
    ]
    assert [story.ids for story in suggest(pieces)] == [(1, 2)]


def test_a_picture_that_is_used_again_says_nothing() -> None:
    pieces = [
        piece(1, "en", "Gaza: aid must arrive", picture="gaza-camp-view.jpg"),
        piece(2, "fr", "Gaza : le cinéma résiste", picture="gaza-camp-view.jpg"),
        piece(3, "fr", "Gaza : l’aide doit arriver", picture="gaza-camp-view.jpg", after=1),
    ]
    assert suggest(pieces) == []


def test_no_language_comes_twice_and_no_story_lasts_longer_than_three_days() -> None:
    chain = [
        piece(1, "en", "A", link="en/open-budget"),
        piece(2, "fr", "B", link="fr/open-budget", after=60),
        piece(3, "es", "C", link="es/open-budget", after=120),
    ]
    (story,) = suggest(chain)
    assert story.ids == (1, 2)


def test_what_was_published_at_an_unknown_time_is_left_alone() -> None:
    dated = piece(1, "en", "A", link="en/open-budget")
    undated = Piece(2, dated.kind, frozenset({"fr"}), ("B",), (f"{SITE}/fr/open-budget",))
    assert suggest([dated, undated]) == []


def test_two_hundred_drafts_are_compared_within_a_blink() -> None:
    codes = ("en", "fr", "es")
    pieces = [
        piece(n, codes[n % 3], f"Story {n // 3} of Gaza", link=f"{codes[n % 3]}/story-{n // 3:05}") for n in range(210)
    ]
    assert len(suggest(pieces)) == 70
