"""From a party whose accounts nobody knows to a share that is seen in its channel, with one bot and with two."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import Session, select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Reshare, SocialAccount
from sharebot.store import confirming
from sharebot.store.database import Database
from sharebot.values.status import Evidence, Network, ReshareKind
from sharebot.values.tracking import Unobservable
from tests.bot.words import said
from tests.flows.conftest import Scene
from tests.flows.pair import Pair, opened
from tests.flows.pair import listening as polling
from tests.store.conftest import either, pg_database

__all__ = ["either", "pg_database"]
CHANNEL = -1001000000021


def why(session: Session, member_id: int) -> Unobservable | None:
    (line,) = confirming.list_accounts(session, member_id)
    return line.shown.why


async def test_an_officer_says_which_channel_is_theirs_and_what_they_post_there_is_seen(listening: Scene):
    scene, channel = listening, listening.sandbox.telegram.add_channel(CHANNEL, "South", "southparty")
    await send_deliveries(scene.runtime)
    scene.ben.write("https://t.me/southparty")
    await scene.settle()
    scene.ben.tap("Yes, it is ours")
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert why(session, 2) is Unobservable.NO_BOT
    channel.add_bot(scene.ben)
    await scene.settle()
    assert "I am in South now" in said(scene.ben)[-1]
    with scene.runtime.database.read() as session:
        assert why(session, 2) is None
    # The officer posts by inline mode: the claim comes first, and the post that shows it after.
    scene.ben.ask_inline("")
    await scene.settle()
    (result,) = scene.sandbox.telegram.inline.results_for(scene.ben.chat_id)
    posted = scene.ben.choose(result["id"], chat=channel)
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert session.exec(select(Reshare)).one().evidence is Evidence.CLAIMED
    scene.sandbox.telegram.push(channel_post=scene.sandbox.telegram.message_json(channel, posted))
    await scene.settle()
    with scene.runtime.database.read() as session:
        share = session.exec(select(Reshare)).one()
    assert (share.member_id, share.kind, share.evidence) == (2, ReshareKind.LINK, Evidence.OBSERVED)
    assert share.url == f"https://t.me/southparty/{posted.message_id}"
    # They change their mind: what was seen is forgotten, what it proved stays.
    scene.ben.write("/accounts")
    await scene.settle()
    scene.ben.tap("Change")
    await scene.settle()
    scene.ben.tap("Stop: @southparty")
    await scene.settle()
    assert not channel.has_bot
    channel.post("Next: https://alliance.example/a")
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert len(session.exec(select(Reshare)).all()) == 1
        assert session.exec(select(SocialAccount)).one().confirmed_at is None


@pytest.fixture
async def pair(either: Database) -> AsyncIterator[Pair]:
    async with opened(either) as one, polling(one):
        yield one


async def test_an_officer_may_bring_either_of_two_bots(pair: Pair):
    """Ben sits at the bot of the south, and brings the main one, which cannot write to him, too."""
    own = pair.south.telegram.add_channel(CHANNEL, "South", "southparty")
    own.add_bot(pair.ben)
    await pair.settle()
    assert "I am in South now" in said(pair.ben)[-1]
    other = pair.main.telegram.add_channel(CHANNEL, "South", "southparty")
    other.add_bot(pair.main.telegram.add_phone(pair.ben.chat_id, "Ben"))
    await pair.settle()
    pair.release("Alpha")
    post = own.post("https://alliance.example/Alpha")
    other.messages.append(post)
    pair.main.telegram.push(channel_post=pair.main.telegram.message_json(other, post))
    await pair.settle()
    with pair.runtime.database.read() as session:
        account = session.exec(select(SocialAccount).where(SocialAccount.network == Network.TELEGRAM)).one()
        assert (account.member_id, account.external_id) == (2, str(CHANNEL))
        assert [one.member_id for one in session.exec(select(Reshare))] == [2], "seen by both, counted once"
    other.remove_bot(pair.main.telegram.add_phone(5, "Owner"))
    own.post("Still here")
    await pair.settle()
    with pair.runtime.database.read() as session:
        assert why(session, 2) is None, "one bot is enough"
