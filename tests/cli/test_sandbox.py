"""The settings that `sharebot sandbox` prints lead every tracker to the stand-ins, and a share there is seen."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from sharebot.cli.sandbox import list_settings
from sharebot.clock import SystemClock
from sharebot.config.load import load_settings
from sharebot.sandbox import sample
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.world import Sandbox
from sharebot.trackers import open_trackers
from sharebot.trackers.seam import Watched
from sharebot.values.status import Network
from tests.trackers.bluesky_server import Client
from tests.trackers.x_purse import Ledger

OWN = {
    Network.BLUESKY: sample.BLUESKY,
    Network.X: sample.X,
    Network.MASTODON: sample.MASTODON,
    Network.YOUTUBE: sample.YOUTUBE,
}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(clock=SystemClock())
    await sandbox.start(build_app(sandbox))
    sample.fill(sandbox)
    yield sandbox
    await sandbox.stop()


async def test_every_network_is_found_by_the_settings_that_are_printed(sandbox: Sandbox) -> None:
    env = {f"SHAREBOT_{name}": value for name, value in list_settings(sandbox).items()}
    settings = load_settings(env=env | {"SHAREBOT_CONFIG": "/dev/null"})
    assert not settings.oembed.enabled
    async with httpx.AsyncClient(trust_env=False) as client:
        trackers = open_trackers(settings, Client(client), lambda _network: Ledger(20_000_000))
        for network, handle in OWN.items():
            found = await trackers[network].identify([Watched(1, handle, is_own=True)])
            assert found[1].external_id, network


@pytest.mark.parametrize("network", ["bluesky", "x", "mastodon"])
async def test_a_post_can_be_made_from_outside(sandbox: Sandbox, network: str) -> None:
    asked = {"network": network, "account": "north@party.example", "text": "Read this", "link": "https://a.example/1"}
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as web:
        answer = await web.post("/_sandbox/posts", content=json.dumps(asked))
        assert answer.json()["ok"] is True
        assert "Read this" in (await web.get("/networks")).text
        assert (await web.post("/_sandbox/posts", json=asked | {"network": "fax"})).status_code == 404
