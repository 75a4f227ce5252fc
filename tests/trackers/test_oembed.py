"""What a network's oEmbed service tells of a pasted post, and what it does not prove."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sharebot.config.settings import Oembed, Settings
from sharebot.errors import RateLimited, TemporaryError
from sharebot.rules.pasted_links import recognise
from sharebot.sources.fetch import Fetcher
from sharebot.trackers.oembed import OembedLookup, open_lookups
from sharebot.values.posts import PastedLink, Post
from sharebot.values.status import Network
from tests.loopback import serving_app

TWEET = {
    "url": "https://twitter.com/North/status/1",
    "author_name": "North",
    "author_url": "https://twitter.com/North",
    "html": '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Read this &amp; act #Climate '
    '<a href="https://t.co/abc">https://t.co/abc</a></p>&mdash; North (@North) '
    '<a href="https://twitter.com/North/status/1">November 23, 2026</a></blockquote><script>alert(1)</script>',
}
TIKTOK = {"author_unique_id": "North.Party", "author_url": "https://www.tiktok.com/@else", "title": "Now #Climate #paz"}
VIDEO = {"author_url": "https://www.youtube.com/@North", "title": "A video"}
LINKS = {
    Network.X: "https://x.com/north/status/1",
    Network.TIKTOK: "https://www.tiktok.com/@north.party/video/7300000000000000001",
    Network.YOUTUBE: "https://youtu.be/aaaaaaaaaaa",
}


@dataclass
class Service:
    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.query_params["url"])
        return self.answers[request.path_params["network"]]


@dataclass
class Place:
    service: Service
    lookups: dict[Network, OembedLookup]

    async def look_up(self, network: Network, answer: Any) -> Post | None:
        response = answer if isinstance(answer, Response) else JSONResponse(answer)
        self.service.answers[network.value] = response
        return await self.lookups[network].look_up(pasted(network), [])


def pasted(network: Network) -> PastedLink:
    link = recognise(LINKS[network])
    assert link is not None and link.network is network
    return link


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    service = Service()
    async with serving_app(Starlette(routes=[Route("/{network}", service.answer)])) as base:
        fetcher = Fetcher(allowed=frozenset({base.removeprefix("http://")}))
        part = Oembed(x_url=f"{base}/x", youtube_url=f"{base}/youtube", tiktok_url=f"{base}/tiktok")
        yield Place(service, open_lookups(Settings(oembed=part), fetcher))
        await fetcher.aclose()


async def test_x_tells_author_and_words(place: Place) -> None:
    post = await place.look_up(Network.X, TWEET)
    assert post is not None
    assert (post.author_id, post.external_id, post.hashtags) == ("north", "1", ("Climate",))
    assert "Read this & act" in post.text and "alert" not in post.text
    assert "https://t.co/abc" in post.links
    assert place.service.asked == ["https://x.com/north/status/1"]


async def test_tiktok_and_youtube_tell_author_and_title(place: Place) -> None:
    clip, video = await place.look_up(Network.TIKTOK, TIKTOK), await place.look_up(Network.YOUTUBE, VIDEO)
    assert clip is not None and video is not None
    assert (clip.author_id, clip.hashtags) == ("north.party", ("Climate", "paz"))
    assert (video.author_id, video.external_id, video.text) == ("north", "aaaaaaaaaaa", "A video")


async def test_the_author_is_whom_the_network_names_not_whom_the_address_names(place: Place) -> None:
    """Forged: the party's name in the address of a stranger's post."""
    post = await place.look_up(Network.X, TWEET | {"author_url": "https://twitter.com/Stranger"})
    assert post is not None
    assert post.author_id == "stranger"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_what_is_gone_or_hidden_is_none(place: Place, status: int) -> None:
    assert await place.look_up(Network.X, Response("{}", status)) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (PlainTextResponse("", 429), RateLimited),
        (PlainTextResponse("<html>", 502), TemporaryError),
        (PlainTextResponse("<html>"), TemporaryError),
        (JSONResponse([]), TemporaryError),
        (JSONResponse({}), TemporaryError),
        (JSONResponse({"author_url": 7, "html": 7}), TemporaryError),
        (JSONResponse({"author_url": "https://[x/", "title": "t"}), TemporaryError),
        (JSONResponse({"author_unique_id": "a b"}), TemporaryError),
    ],
)
async def test_trouble_says_nothing_of_the_post(place: Place, answer: Response, kind: type[TemporaryError]) -> None:
    with pytest.raises(kind):
        await place.look_up(Network.TIKTOK, answer)


@pytest.mark.parametrize("external_id", [None, "", "1/../2", "1&url=x", "x" * 200])
async def test_what_is_no_post_is_not_asked_for(place: Place, external_id: str | None) -> None:
    link = PastedLink(Network.X, "https://x.com/north", "north", external_id)
    assert await place.lookups[Network.X].look_up(link, []) is None
    assert place.service.asked == []


def test_switched_off_nobody_is_asked() -> None:
    assert open_lookups(Settings(oembed=Oembed(enabled=False)), Fetcher()) == {}
