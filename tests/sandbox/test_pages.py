"""The sandbox's pages: everything hostile shown as words, and buttons that work."""

import asyncio
from html.parser import HTMLParser

import httpx
import pytest
from telegram import Bot, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Update

from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from tests.cast import ANA

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}"


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def check_harmless(page: str) -> Tags:
    read = Tags(page)
    assert not {"script", "img"} & {tag for tag, _ in read.tags}
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    return read


async def test_a_phone_shows_hostile_texts_as_words(bot: Bot, ana: Phone, web: httpx.AsyncClient) -> None:
    key = InlineKeyboardButton(HOSTILE, callback_data=HOSTILE[:60])
    copy = InlineKeyboardButton("Copy", copy_text=CopyTextButton(HOSTILE))
    link = InlineKeyboardButton("Open", url='https://alliance.example/?q="><script>')
    await bot.send_message(ANA, HOSTILE, reply_markup=InlineKeyboardMarkup([[key], [copy, link]]))
    ana.write(f"https://alliance.example/{HOSTILE.replace(' ', '')}")
    answer = await web.get(f"/phones/{ANA}")
    read = check_harmless(answer.text)
    assert read.words.count(HOSTILE) == 3
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "vbscript:x"])
async def test_a_link_in_a_message_leads_only_to_the_web(
    bot: Bot, ana: Phone, web: httpx.AsyncClient, address: str
) -> None:
    await bot.send_message(ANA, f'<a href="{address}">here</a>', parse_mode="HTML")
    read = check_harmless((await web.get(f"/phones/{ANA}")).text)
    links = [attributes["href"] for tag, attributes in read.tags if tag == "a"]
    assert "#" in links
    assert address not in links


async def test_a_hostile_name_is_a_name(sandbox: Sandbox, web: httpx.AsyncClient) -> None:
    phone = sandbox.telegram.add_phone(ANA, HOSTILE)
    phone.write("hello")
    for path in ("/", f"/phones/{ANA}"):
        assert HOSTILE in check_harmless((await web.get(path)).text).words


async def read_everything(bot: Bot) -> list[Update]:
    """Poll as the product does until something comes that is no command."""
    read: list[Update] = []
    while not read or (read[-1].message and (read[-1].message.text or "").startswith("/")):
        offset = read[-1].update_id + 1 if read else 0
        read += await bot.get_updates(offset=offset, timeout=5)
    await bot.get_updates(offset=read[-1].update_id + 1)
    return read


async def test_a_press_on_the_page_reaches_the_bot(bot: Bot, ana: Phone, web: httpx.AsyncClient) -> None:
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Shared", callback_data="a:1")]])
    sent = await bot.send_message(ANA, "x", reply_markup=keys)
    form = {"message": str(sent.message_id), "data": "a:1"}
    polling = asyncio.create_task(read_everything(bot))
    answer = await web.post(f"/phones/{ANA}/tap", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/phones/{ANA}#m{sent.message_id}")
    update = (await polling)[-1]
    assert update.callback_query is not None
    assert update.callback_query.data == "a:1"


async def test_words_written_on_the_page_reach_the_bot(bot: Bot, ana: Phone, web: httpx.AsyncClient) -> None:
    polling = asyncio.create_task(read_everything(bot))
    await web.post(f"/phones/{ANA}/write", data={"text": "  bonjour  "})
    assert [one.message.text for one in await polling if one.message] == ["/start", "bonjour"]


async def test_what_is_not_there_is_not_found(web: httpx.AsyncClient) -> None:
    for path in ("/phones/99", "/mail/0", "/mail/0/html", "/mail/0/parts/x"):
        assert (await web.get(path)).status_code == 404, path


async def test_an_empty_world_has_pages(web: httpx.AsyncClient) -> None:
    for path in ("/", "/mail", "/networks", "/style.css"):
        assert (await web.get(path)).status_code == 200, path


async def test_the_network_shows_posts_quotes_and_reposts_as_words(sandbox: Sandbox, web: httpx.AsyncClient) -> None:
    network = sandbox.bluesky
    north, south = network.account(f"north{HOSTILE}"), network.account("south.example")
    uri = network.post(north, HOSTILE, link="https://alliance.example/story")
    gone = network.post(north, "soon gone")
    network.post(south, "Well said", quotes=uri)
    network.post(south, "Well said too", quotes=gone)
    network.repost(south, uri)
    network.delete(gone)
    sandbox.telegram.add_channel(-1001, "North", "northparty").post(f"In the channel {HOSTILE}")
    read = check_harmless((await web.get("/networks")).text)
    assert HOSTILE in read.words
    assert "a deleted post" in read.words
    assert f"In the channel {HOSTILE}" in read.words
