"""Live through an officer's first days in three languages and take the pictures of docs/images/chat-*.png."""

import asyncio
import io
import re
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
from PIL import Image
from playwright.async_api import Page, async_playwright

from sharebot.bot.updates import poll_updates
from sharebot.cli.stage import Stage, set_stage
from sharebot.jobs.make_renditions import make_renditions
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.jobs.send_digests import send_digests
from sharebot.rules.audience import Audience
from sharebot.rules.members_file import parse_members
from sharebot.rules.timing import Timing
from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.sites import draw_landscape, make_wav
from sharebot.store import contents, members, officers, queue
from sharebot.values.feeds import FeedItem, Media, Translation
from sharebot.values.status import AssetKind, ContentKind, OfficerStatus, Priority

LANGUAGES = ("en", "fr", "es")
TIERS = ("full", "light", "text")
MEMBERS = """\
code,name,kind,country,region,languages,zone,seats,accounts
brook,The Brook,party,IE,Europe,en,Europe/Dublin,Niamh:en; Cian:en; Orla:en,bluesky=brook.example; facebook=brook
pont,Le Pont,party,FR,Europe,fr,Europe/Paris,Camille:fr; Hugo:fr; Inès:fr,bluesky=pont.example; x=pont; linkedin=pont
plaza,Plaza Mayor,party,ES,Europe,es,Europe/Madrid,Nuria:es; Iker:es; Lola:es,bluesky=plaza.example; threads=plaza
"""
ITEMS = {
    "post": {
        "en": ("A clean water pact for twelve cities", "Mayors of our member parties agree on shared wells, open "
               "meters and fair prices. The first two cities start in January, ten more follow before the summer."),
        "fr": ("Un pacte pour l’eau potable dans douze villes", "Les maires de nos partis membres s’accordent sur des "
               "puits partagés, des compteurs ouverts et des prix justes. Les deux premières villes commencent en "
               "janvier, dix autres suivront avant l’été."),
        "es": ("Un pacto por el agua limpia en doce ciudades", "Las alcaldías de nuestros partidos acuerdan pozos "
               "compartidos, medidores abiertos y precios justos. Las dos primeras ciudades empiezan en enero, otras "
               "diez siguen antes del verano."),
    },
    "video": {
        "en": ("Three harvests: a short film on seed banks", "Farmers in Kenya, Peru and the Philippines on what they "
               "keep, swap and plant."),
        "fr": ("Trois récoltes : un court métrage sur les semences", "Au Kenya, au Pérou et aux Philippines, des "
               "agricultrices racontent ce qu’elles gardent, échangent et sèment."),
        "es": ("Tres cosechas: un corto sobre bancos de semillas", "Agricultoras de Kenia, Perú y Filipinas cuentan "
               "qué guardan, intercambian y siembran."),
    },
    "episode": {
        "en": ("Voices of the river: fishing without hidden nets", "Three women tell how their village made quotas "
               "public, and what that changed for everybody’s catch."),
        "fr": ("Voix du fleuve : la pêche sans filet invisible", "Trois pêcheuses racontent comment leur village a "
               "rendu les quotas publics, et ce que cela a changé pour toutes les prises."),
        "es": ("Voces del río: la pesca sin redes ocultas", "Tres pescadoras cuentan cómo su pueblo hizo públicas las "
               "cuotas y qué cambió eso en la pesca de todos."),
    },
}  # fmt: skip

ALT = {
    "en": "A drawing of hills under a purple sun",
    "fr": "Dessin de collines sous un soleil violet",
    "es": "Dibujo de colinas bajo un sol violeta",
}


class Album:
    """Takes pictures of messages as a phone of 390 points shows them, and puts them side by side."""

    def __init__(self, stage: Stage, page: Page, folder: Path) -> None:
        self.stage, self.page, self.folder = stage, page, folder

    async def look(self, phone: Phone, shown: Shown) -> Image.Image:
        await self.page.goto(f"{self.stage.sandbox.base_url}/phones/{phone.chat_id}")
        await self.page.add_style_tag(content=".write, .bar { position: static !important }")
        return Image.open(io.BytesIO(await self.page.locator(f"#m{shown.message_id}").screenshot()))

    def keep(self, name: str, *pictures: Image.Image) -> None:
        """Save pictures in a row, in few colours, since they are drawings of text."""
        gap = 24
        width = sum(one.width + gap for one in pictures) - gap
        row = Image.new("RGB", (width, max(one.height for one in pictures)), "#d9e4d3")
        left = 0
        for one in pictures:
            row.paste(one, (left, 0))
            left += one.width + gap
        row.quantize(128, dither=Image.Dither.NONE).save(self.folder / f"chat-{name}.png", optimize=True)


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        async with set_stage(Path(place), seed=1) as stage, async_playwright() as tools:
            browser = await tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = await browser.new_page(
                viewport={"width": 390, "height": 4000}, device_scale_factor=2, bypass_csp=True
            )
            poller = asyncio.create_task(poll_updates(stage.runtime, stage.application))
            await _take_all(Album(stage, page, folder))
            poller.cancel()
            await browser.close()


async def _take_all(album: Album) -> None:
    stage = album.stage
    phones = await _join(album)
    for kind in ITEMS:
        await _release(stage, kind)
        for language in LANGUAGES:
            found = [(phone, _item(phone)) for phone in phones[language]]
            album.keep(f"{kind}-{language}", *[await album.look(phone, shown) for phone, shown in found])
    for language in LANGUAGES:
        await _around_an_item(album, language, phones[language])
        await _commands(album, language, phones[language][0])
        await _accounts(album, language, phones[language][0])
    await _digest(album, phones)


def _item(phone: Phone) -> Shown:
    return next(shown for shown in reversed(phone.messages) if shown.from_bot and "/r/" in shown.words.text)


async def _join(album: Album) -> dict[str, list[Phone]]:
    """Let three people of each party join, each with a tier of their own; the first one's way is pictured."""
    stage, phones = album.stage, dict[str, list[Phone]]()
    rows, problems = parse_members(MEMBERS)
    assert not problems, problems
    now = stage.runtime.now()
    with stage.runtime.database.write() as session:
        members.import_members(session, rows, now=now)
        seats = officers.list_officers(session)
        tokens = {seat.id: officers.create_invitation(session, seat.id, now=now) for seat in seats}
    for number, seat in enumerate(seats):
        phone = stage.sandbox.telegram.add_phone(1001 + number, seat.label, language=seat.language)
        mine = phones.setdefault(seat.language, [])
        phone.open_link(tokens[seat.id])
        seen = []
        for verb, argument in (("a", ""), ("x", "wishes"), ("g", f"tier_{TIERS[len(mine)]}"), ("x", "done"), ("-", "")):
            await _settled(stage)
            shown = phone.last_message
            assert shown is not None
            if verb != "g" and not mine:
                seen.append(await album.look(phone, shown))
            await _tap(stage, phone, verb, argument)
        if not mine:
            album.keep(f"joining-{seat.language}", *seen)
        mine.append(phone)
    with stage.runtime.database.write() as session:
        for waiting in officers.list_officers(session, OfficerStatus.WAITING):
            officers.confirm(session, waiting.id, now=now)
    await send_deliveries(stage.runtime)
    return phones


async def _tap(stage: Stage, phone: Phone, verb: str, argument: str = "", *, shown: Shown | None = None) -> None:
    """Press the first button of a verb, if there is one."""
    shown = shown or phone.last_message
    assert shown is not None
    data = [str(key.get("callback_data", "")) for row in shown.keyboard for key in row]
    if tap := next((one for one in data if one.startswith(f"{verb}:") and argument in one), None):
        phone.tap(tap, message=shown)
        await _settled(stage)


async def _settled(stage: Stage) -> None:
    await asyncio.wait_for(stage.sandbox.drained(), 20)


async def _release(stage: Stage, kind: str, *, priority: Priority = Priority.NORMAL, urgent: bool = True) -> None:
    """Publish an item in three languages and send it to everybody."""
    runtime, sites, now = stage.runtime, stage.sandbox.sites, stage.runtime.now()
    code = f"{kind}-{now:%d%H%M%S}"
    sites.publish(f"/img/{code}.png", draw_landscape(len(kind)), "image/png")
    sites.publish(f"/audio/{code}.wav", make_wav(40), "audio/wav")
    base = f"{stage.sandbox.base_url}/site"
    picture = Media(AssetKind.PICTURE, f"{base}/img/{code}.png", "image/png", width=1200, height=675)
    media = [picture]
    if kind == "video":
        film = Media(AssetKind.VIDEO, f"{base}/img/{code}.mp4", "video/mp4", 12_400_000, 212, 1280, 720)
        media.insert(0, film)
    if kind == "episode":
        media.insert(0, Media(AssetKind.AUDIO, f"{base}/audio/{code}.wav", "audio/wav", duration_s=40))
    urls = {language: f"{base}/{language}/{code}" for language in LANGUAGES}
    others = tuple(Translation(language, url) for language, url in urls.items())
    items = [
        FeedItem(
            f"{code}-{language}",
            title,
            text,
            urls[language],
            now,
            language,
            ContentKind(kind),
            tuple(replace(one, alt=ALT[language]) if one is picture else one for one in media),
            others,
        )
        for language, (title, text) in ITEMS[kind].items()
    ]
    with runtime.database.write() as session:
        contents.ingest(session, items, contents.Intake("en", frozenset({"127.0.0.1"}), now))
        content_id = contents.list_drafts(session)[0].id or 0
    for _ in range(3):
        await make_renditions(runtime)
    with runtime.database.write() as session:
        approval = queue.Approval(
            content_id,
            Audience(),
            Timing(send_at=now, urgent=urgent),
            now + timedelta(days=9),
            "mira@alliance.example",
            contents.content_hash(session, content_id),
            priority=priority,
        )
        entry = queue.approve(session, approval, now=now)
        queue.release(session, entry.id or 0, settings=runtime.settings, new_code=runtime.new_code, now=now)
    stage.week.clock.move_to(now + timedelta(minutes=1))
    await send_deliveries(runtime)


async def _around_an_item(album: Album, language: str, phones: list[Phone]) -> None:
    """Take an item: what the colleague sees; more, kit, later, not for us; paste two links."""
    stage, (ana, ben, cy) = album.stage, phones
    mine, theirs, cys = _item(ana), _item(ben), _item(cy)
    await _tap(stage, ana, "t", shown=mine)
    album.keep(f"lock-{language}", await album.look(ana, mine), await album.look(ben, theirs))
    seen = []
    for verb in ("m", "l", "d"):
        await _tap(stage, cy, verb, shown=cys)
        seen.append(await album.look(cy, cys))
        await _tap(stage, cy, "b", shown=cys)
    album.keep(f"more-{language}", *seen)
    await _tap(stage, cy, "m", shown=cys)
    await _tap(stage, cy, "k", shown=cys)
    kit = cy.last_message
    number = 1859111222333444000 + LANGUAGES.index(language)
    ana.write(f"https://x.com/ours/status/{number} https://www.facebook.com/ours/posts/{number}", reply_to=mine)
    await _settled(stage)
    told = ana.last_message
    assert kit is not None
    assert told is not None
    album.keep(f"kit-{language}", await album.look(cy, kit))
    album.keep(f"shared-{language}", await album.look(ana, mine), await album.look(ana, told))
    await _read(mine, people=9 + number % 7)


_READER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/142.0 Mobile",
    "Accept": "text/html,*/*;q=0.8",
    "Accept-Language": "en",
}


async def _read(shown: Shown, *, people: int) -> None:
    """Let people follow the party's link."""
    link = re.search(r"https?://\S+/r/\w{10}", shown.words.text)
    assert link is not None
    for number in range(people):
        transport = httpx.AsyncHTTPTransport(local_address=f"127.0.0.{20 + number}")
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            await client.get(link[0], headers=_READER)


async def _commands(album: Album, language: str, phone: Phone) -> None:
    seen = []
    for command in ("help", "impact", "settings", "pause", "forget"):
        phone.write(f"/{command}")
        await _settled(album.stage)
        shown = phone.last_message
        assert shown is not None
        seen.append(await album.look(phone, shown))
    for name, picture in zip(("help", "impact", "settings", "pause", "forget"), seen, strict=True):
        album.keep(f"{name}-{language}", picture)
    phone.write("/resume")
    await _settled(album.stage)


async def _accounts(album: Album, language: str, phone: Phone) -> None:
    """Look at the party's accounts, add its channel and let the bot in."""
    name = {"en": "brook", "fr": "pont", "es": "plaza"}[language]
    channel = album.stage.sandbox.telegram.add_channel(-1_001_000 - LANGUAGES.index(language), name.title(), name)
    seen = []
    for words in ("/accounts", f"https://t.me/{name}"):
        phone.write(words)
        await _settled(album.stage)
        assert phone.last_message is not None
        seen.append(await album.look(phone, phone.last_message))
    asked = phone.last_message
    await _tap(album.stage, phone, "h", "add")
    assert asked is not None
    seen.append(await album.look(phone, asked))
    channel.add_bot(phone)
    await _settled(album.stage)
    assert phone.last_message is not None
    seen.append(await album.look(phone, phone.last_message))
    album.keep(f"accounts-{language}", *seen)


async def _digest(album: Album, phones: dict[str, list[Phone]]) -> None:
    stage = album.stage
    for kind in ITEMS:
        await _release(stage, kind, priority=Priority.LOW, urgent=False)
    clock = stage.week.clock
    for _ in range(9 * 24):
        clock.move_to(clock.now() + timedelta(hours=1))
        await send_digests(stage.runtime)
        await send_deliveries(stage.runtime)
    for language, (phone, *_others) in phones.items():
        shown = next(one for one in reversed(phone.messages) if any("o:" in str(row) for row in one.keyboard))
        album.keep(f"digest-{language}", await album.look(phone, shown))


if __name__ == "__main__":
    chosen = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
