"""Whatever people and parties are called: what the bot says beside the items is within Telegram's limits too."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.sandbox.entities import parse_html
from sharebot.texts import posts, proposals
from sharebot.texts.catalogue import languages
from sharebot.texts.compose import compose
from sharebot.texts.impact import tell_impact
from sharebot.texts.joining import compose_newcomer
from sharebot.values.cards import Digest, DigestLine, Reminder
from sharebot.values.impact import Impact
from sharebot.values.messages import Message
from sharebot.values.posts import GivenPost, Objection, PastedLink, Shortfall
from sharebot.values.proposals import ProposalCard, Verdict
from sharebot.values.seats import Newcomer
from sharebot.values.status import Evidence, Network, ProposalKind, ProposalStatus
from sharebot.values.taps import LARGEST
from tests.texts.test_limits import CAPTION, OWN_MARKS, cards, check_buttons, check_words, hostile, quick

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
spoken = st.sampled_from(languages())
pytestmark = pytest.mark.timeout(60)

digests = st.builds(
    Digest,
    st.lists(st.builds(DigestLine, cards, waits=st.booleans(), over=st.booleans()), min_size=1, max_size=10).map(tuple),
    has_colleagues=st.booleans(),
    is_copy=st.booleans(),
)
asked = st.builds(
    ProposalCard,
    number=st.integers(1, LARGEST),
    reader=spoken,
    kind=st.sampled_from(ProposalKind),
    status=st.sampled_from([ProposalStatus.OPEN, ProposalStatus.ACCEPTED, ProposalStatus.DECLINED]),
    party=hostile(200),
    language=st.sampled_from(["en", "pt", "zh"]),
    title=hostile(500),
    text=hostile(3000),
    url=st.none() | st.just("https://party.example/" + "x" * 2026),
    item_title=st.none() | hostile(500),
    content_id=st.just(1),
    created_at=st.just(NOW),
    decided_by=st.none() | hostile(200),
)
verdicts = st.builds(
    Verdict,
    reader=spoken,
    kind=st.sampled_from(ProposalKind),
    is_accepted=st.booleans(),
    organisation=hostile(80),
    title=hostile(500),
    language=st.just("pt"),
    item_title=st.none() | hostile(500),
)
newcomers = st.builds(
    Newcomer,
    officer_id=st.integers(1, LARGEST),
    language=spoken,
    party=hostile(200),
    label=hostile(200),
    name=hostile(200),
    speaks=spoken,
    agreed_at=st.just(NOW),
    is_open=st.booleans(),
)
said = st.one_of(
    digests.map(compose),
    st.builds(Reminder, cards, st.booleans()).map(compose),
    asked.map(compose),
    verdicts.map(compose),
    st.builds(lambda one, name: compose_newcomer(one, decided=name), newcomers, hostile(200)),
)


def check(message: Message) -> None:
    check_words(message)
    check_buttons(message)
    assert max((len(row) for row in message.buttons), default=0) <= 5


@quick
@given(said)
def test_what_is_sent_beside_the_items_is_within_every_limit(message: Message) -> None:
    check(message)


given_posts = st.builds(
    GivenPost,
    number=st.integers(1, LARGEST),
    network=st.sampled_from(Network),
    url=st.just("https://party.example/1"),
    evidence=st.sampled_from(Evidence),
    shortfall=st.none() | st.sampled_from(Shortfall),
    title=st.none() | hostile(500),
)
pasted = st.builds(PastedLink, st.sampled_from(Network), hostile(300).map(lambda text: f"https://party.example/{text}"))


@quick
@given(spoken, st.lists(given_posts, min_size=1, max_size=10), hostile(500))
def test_an_answer_to_pasted_links_is_within_every_limit(language: str, told: list[GivenPost], title: str) -> None:
    choices = [(number, title) for number in range(1, 9)]
    check(posts.tell_given(language, told, choices=choices))


@quick
@given(spoken, st.lists(st.tuples(pasted, st.sampled_from(Objection)), min_size=1, max_size=10))
def test_a_refusal_of_links_is_within_every_limit(language: str, refused: list[tuple[PastedLink, Objection]]) -> None:
    check(Message("\n\n".join(posts.refused_lines(language, refused))))


@quick
@given(spoken, hostile(500), hostile(80))
def test_a_question_about_a_proposal_is_within_every_limit(language: str, title: str, organisation: str) -> None:
    check(proposals.ask_to_propose(language, LARGEST, title=title, organisation=organisation))
    check(proposals.ask_for_language(language, LARGEST, title=title, languages=["pt", "ar", "zh", "sw", "de", "it"]))


@quick
@given(spoken, hostile(200), hostile(500))
def test_ones_impact_is_a_caption(language: str, party: str, title: str) -> None:
    shared = dict.fromkeys(Evidence, 9_999)
    weeks = ((date(2026, 11, 23), 99_999),)
    impact = Impact(party, date(2026, 9, 1), date(2026, 11, 24), 99_999, shared, tuple(Network), weeks, (title, 9_999))
    read = parse_html(tell_impact(language, impact))
    assert 0 < read.length <= CAPTION
    assert {str(one["type"]) for one in read.entities} <= OWN_MARKS
