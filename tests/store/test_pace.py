"""The pace of claims: smooth, a moment ahead at most, slower after a 429."""

from datetime import timedelta

from sharebot.store import bots
from sharebot.store.chats import ensure_chat
from sharebot.store.claims import Claimed
from sharebot.values.status import ChatKind
from tests.cast import NOW
from tests.store.props import ask, queue_note, released, starts

SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)


def test_the_pace_is_smooth_and_only_the_next_moment_is_claimed(either):
    released(either)
    with either.write() as session:
        chats = [ensure_chat(session, 1, 5000 + number, ChatKind.PRIVATE) for number in range(5)]
    for chat in chats:
        queue_note(either, chat=(chat, 1))
    answer = ask(either, per_second=25)
    assert starts(answer) == [timedelta(0), 40 * MILLISECOND], "80 ms ahead is too far: a crash would leave doubt"
    assert answer.next_at == NOW + 80 * MILLISECOND
    assert ask(either, per_second=25) == Claimed((), answer.next_at)
    answer = ask(either, per_second=25, now=NOW + 40 * MILLISECOND)
    assert (starts(answer), answer.next_at) == ([80 * MILLISECOND], NOW + 120 * MILLISECOND)


def test_at_a_slow_pace_one_is_claimed_and_the_answer_says_when_the_next(either):
    released(either)
    answer = ask(either, per_second=0.1)
    assert (starts(answer), answer.next_at) == ([timedelta(0)], NOW + 10 * SECOND)
    waiting = ask(either, per_second=0.1, now=NOW + 9 * SECOND)
    assert (waiting.claims, waiting.next_at) == ((), NOW + 10 * SECOND)
    last = ask(either, per_second=0.1, now=NOW + 10 * SECOND)
    assert [one.delivery_id for one in last.claims] == [2]
    assert ask(either, per_second=0.1, now=NOW + 11 * SECOND) == Claimed(), "there is nothing to wait for"


def test_whoever_has_hands_left_learns_that_nothing_more_is_due(either):
    released(either)
    answer = ask(either, per_second=1000)
    assert (len(answer.claims), answer.next_at) == (2, None)


def test_a_429_slows_the_next_claims_and_wears_off(either):
    released(either, items=9)
    with either.write() as session:
        bots.slow_down(session, 1, now=NOW)
    assert ask(either, per_second=1, limit=1).next_at == NOW + 1.25 * SECOND
    after = NOW + timedelta(minutes=5)
    assert ask(either, per_second=1, limit=1, now=after).next_at == after + (1.125 - 0.5 * 1.125) * SECOND
