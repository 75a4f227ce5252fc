"""The lighter and the heavier file, by a tap under the item."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlmodel import select

from sharebot.bot.context import RUNTIME
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Asset, Content, Officer
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.telegram import Shown
from sharebot.sources.fetch import Fetcher
from sharebot.store.deliveries import get_delivery
from sharebot.values.status import AssetKind, ContentKind, DataTier
from sharebot.values.taps import Tap, Verb, encode_tap
from tests.flows.conftest import Scene, listening, scene
from tests.store.props import add_light

__all__ = ["listening", "scene"]

HEAVY, LIGHT = b"H" * 1000, b"L" * 100


@pytest.fixture
async def radio(listening: Scene) -> AsyncIterator[Scene]:
    """The scene's item is an episode of 29 MB, as its feed says, with a lighter file of ours; Ana's line is slow."""
    fetcher = Fetcher(allowed=frozenset({listening.sandbox.address}))
    scene = replace(listening, runtime=replace(listening.runtime, fetcher=fetcher))
    scene.application.bot_data[RUNTIME] = scene.runtime
    scene.sandbox.sites.publish("/episode.mp3", HEAVY, "audio/mpeg")
    url = f"{scene.sandbox.base_url}/site/episode.mp3"
    with scene.runtime.database.write() as session:
        content, ana = session.get(Content, 1), session.get(Officer, 1)
        assert content is not None and ana is not None
        content.kind, ana.tier = ContentKind.EPISODE, DataTier.LIGHT
        for variant_id in (1, 2):
            whole = Asset(variant_id=variant_id, kind=AssetKind.AUDIO, url=url, size_bytes=29_000_000, duration_s=1800)
            add_light(session, whole, LIGHT, "audio/mp4")
    await send_deliveries(scene.runtime)
    yield scene
    await fetcher.aclose()


async def audio_after(phone: Phone, known: int) -> Shown:
    async with asyncio.timeout(10):
        while len(phone.messages) == known:  # noqa: ASYNC110 - the phone has no event
            await asyncio.sleep(0.005)
    shown = phone.messages[-1]
    assert shown.media == "audio", shown.words.text
    return shown


def bytes_of(scene: Scene, shown: Shown) -> bytes:
    return next(kept.body for name, kept in scene.sandbox.telegram.uploads.items() if name in (shown.media_url or ""))


async def test_the_whole_file_comes_by_one_tap_and_is_fetched_once(radio: Scene):
    first = radio.ana.last_message
    assert first is not None and bytes_of(radio, first) == LIGHT
    tap = encode_tap(Tap(Verb.FILE, 1, "full"))
    assert radio.ana.tap("⋯") or radio.ana.tap("…") or radio.ana.tap(encode_tap(Tap(Verb.MORE, 1)))
    await radio.settle()
    labels = [button["text"] for row in first.keyboard for button in row if button.get("callback_data") == tap]
    assert labels and "29" in labels[0], "the size stands on the button before anything is loaded"
    for _ in range(2):
        known = len(radio.ana.messages)
        radio.ana.tap(tap, message=first)
        await radio.settle()
        whole = await audio_after(radio.ana, known)
        assert bytes_of(radio, whole) == HEAVY
        while radio.application.bot_data["files on their way"]:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert radio.sandbox.sites.hits["/episode.mp3"] == 1
    assert "Un titre" in whole.words.text


async def test_a_file_that_is_gone_is_said_with_its_address(radio: Scene):
    radio.sandbox.sites.files.clear()
    first, known = radio.ana.last_message, len(radio.ana.messages)
    assert first is not None
    first.keyboard = [[{"text": "whole", "callback_data": encode_tap(Tap(Verb.FILE, 1, "full"))}]]
    radio.ana.tap("whole")
    await radio.settle()
    async with asyncio.timeout(10):
        while len(radio.ana.messages) == known:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    said = radio.ana.messages[-1].words.text
    assert "/site/episode.mp3" in said
    assert "n’a pas pu" in said


async def test_nobody_gets_the_file_of_somebody_elses_item(radio: Scene):
    with radio.runtime.database.read() as session:
        assert get_delivery(session, 2).officer_id == 2
        assert session.exec(select(Officer.id)).all() == [1, 2]
    first, known = radio.ana.last_message, len(radio.ana.messages)
    assert first is not None
    first.keyboard = [[{"text": "not mine", "callback_data": encode_tap(Tap(Verb.FILE, 2, "light"))}]]
    radio.ana.tap("not mine")
    await radio.settle()
    assert len(radio.ana.messages) == known
    assert not radio.application.bot_data.get("files on their way")
