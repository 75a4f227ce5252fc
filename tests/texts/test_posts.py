"""What is said of links and proposals: within Telegram's limits, escaped, in every language, buttons short."""

from datetime import UTC, datetime
from itertools import product

import pytest

from sharebot.sandbox.arguments import TEXT_LIMIT
from sharebot.sandbox.entities import parse_html, utf16
from sharebot.texts import posts, proposals
from sharebot.texts.catalogue import languages
from sharebot.values.messages import Message
from sharebot.values.posts import GivenPost, Objection, PastedLink, Shortfall
from sharebot.values.proposals import ProposalCard, Verdict
from sharebot.values.status import Evidence, Network, ProposalKind, ProposalStatus
from sharebot.values.taps import decode_tap

HOSTILE = '<b>&amp; "Ω" 🏛</b>' * 60
LONG_URL = "https://x.com/" + "a" * 2000
AT = datetime(2026, 11, 23, tzinfo=UTC)


def check(message: Message, *, label: int = 20) -> str:
    words = parse_html(message.html)
    assert words.length <= TEXT_LIMIT
    for row in message.buttons:
        assert len(row) <= 3
        for button in row:
            assert utf16(button.text) <= label and decode_tap(button.data), button
            assert len((button.data or "").encode()) <= 64
    return words.text


def given(**values: object) -> GivenPost:
    base = {
        "number": 10**9,
        "network": Network.FACEBOOK,
        "url": LONG_URL,
        "evidence": Evidence.LINK_GIVEN,
        "title": HOSTILE,
    }
    return GivenPost(**(base | values))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", languages())
def test_five_posts_at_every_level_are_told_apart(language: str) -> None:
    refused = [one for one in Shortfall if one not in {Shortfall.NO_LOOK, Shortfall.NO_ANSWER}]
    states: list[dict[str, object]] = [
        {"evidence": Evidence.OBSERVED},
        {"evidence": Evidence.LINK_CHECKED},
        {"waits": True},
        {"shortfall": Shortfall.NO_LOOK},
        {"shortfall": Shortfall.NO_ANSWER},
    ]
    states += [{"evidence": Evidence.CLAIMED, "shortfall": one} for one in refused]
    told = [check(posts.tell_given(language, [given(**state)])) for state in states]
    assert len({words.rpartition("\n")[2] for words in told}) == len(states)
    assert all("<b>&amp;" in words for words in told)
    check(posts.tell_given(language, [given(number=number) for number in range(5)]))


@pytest.mark.parametrize("language", languages())
def test_the_question_which_item_names_the_networks(language: str) -> None:
    message = posts.tell_given(
        language,
        [given(title=None), given(title=None, network=Network.WEBSITE), given()],
        choices=[(10**9, HOSTILE), (7, "")],
    )
    words = check(message, label=60)
    assert "Facebook" in words
    assert [len(row) for row in message.buttons] == [1, 1, 2]
    check(posts.choose_other(language, given(), [(10**9, HOSTILE), (7, "")]), label=40)


@pytest.mark.parametrize(("language", "objection"), list(product(languages(), Objection)))
def test_every_objection_has_its_words_and_shows_the_link(language: str, objection: Objection) -> None:
    link = PastedLink(Network.WEBSITE, "https://evil.example/<b>&" + "a" * 2000)
    (line,) = posts.refused_lines(language, [(link, objection)])
    words = parse_html(line).text
    assert "evil.example/<b>&" in words and len(words) < 400


@pytest.mark.parametrize("language", languages())
def test_questions_and_answers_about_proposals_hold_any_words(language: str) -> None:
    check(proposals.ask_to_propose(language, 10**9, title=HOSTILE, organisation=HOSTILE[:100]))
    check(proposals.ask_for_language(language, 10**9, title=HOSTILE, languages=["pt", "sw", "zh", "ar", "de", "xx"]))
    for kind, status, is_new in product(ProposalKind, ProposalStatus, (True, False)):
        card = ProposalCard(
            10**9, language, kind, status, HOSTILE, "pt", HOSTILE, HOSTILE * 4, LONG_URL, HOSTILE, 1, AT,
            HOSTILE, is_new,
        )  # fmt: skip
        assert (check(proposals.compose_question(card)) != "") and bool(proposals.compose_question(card).buttons) is (
            status is ProposalStatus.OPEN
        )
        verdict = Verdict(language, kind, is_new, HOSTILE[:100], HOSTILE, "pt", HOSTILE, high_risk=is_new)
        assert "<b>&amp;" in check(proposals.compose_verdict(verdict))
        assert proposals.compose_verdict(verdict).protected is is_new


@pytest.mark.parametrize("language", languages())
def test_small_answers_are_said_in_each_language(language: str) -> None:
    said = [
        posts.no_other_item(language), posts.taken_back(language), posts.item_changed(language),
        posts.edit_stands(language, had_posts=True), posts.edit_stands(language, had_posts=False),
        proposals.not_proposed(language), proposals.nothing_to_propose(language), proposals.own_item(language),
        proposals.cannot_accept(language),
    ]  # fmt: skip
    english = posts.taken_back("en")
    assert len(set(said)) == len(said)
    assert (english in said) is (language == "en")
