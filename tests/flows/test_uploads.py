"""What staff uploaded, and what they pasted, on its real way: from the page to the phones."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from sqlmodel import select

from sharebot.jobs.make_renditions import make_renditions
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.media.uploads import take
from sharebot.models import Asset, AssetFile, Content, Officer, QueueEntry, Variant
from sharebot.sources.fetch import Fetcher
from sharebot.store.staff import add_staff, create_link
from sharebot.store.uploads import add_upload
from sharebot.values.status import AssetKind, DataTier, EntryStatus, StaffRole
from sharebot.web.app import build_app
from tests.cast import NOW
from tests.flows.conftest import Scene, scene
from tests.media.files import mp4, picture
from tests.web.conftest import BASE, SAME_ORIGIN

__all__ = ["scene"]


async def upload(scene: Scene, body: bytes) -> bytes:
    """Add a file to the item before it goes out, as the page does; return what is kept."""
    taken = await take(body)
    with scene.runtime.database.write() as session:
        entry = session.get_one(QueueEntry, 1)
        entry.status = EntryStatus.APPROVED
        session.flush()
        add_upload(session, entry.content_id, taken, {"fr": "Une foule"})
        entry.status = EntryStatus.RELEASED
    return taken.body


def sent_to(scene: Scene) -> list[tuple[str | None, bytes]]:
    kept = scene.sandbox.telegram.uploads
    shown = [phone.last_message for phone in (scene.ana, scene.ben)]
    return [
        (one.media, next(file.body for name, file in kept.items() if name in (one.media_url or "")))
        for one in shown
        if one is not None
    ]


async def test_an_uploaded_picture_is_sent_and_its_bytes_leave_once(scene: Scene):
    body = await upload(scene, picture("PNG"))
    await send_deliveries(scene.runtime)
    assert scene.statuses() == ["sent", "sent"]
    assert sent_to(scene) == [("photo", body)] * 2
    assert len(scene.sandbox.telegram.uploads) == 1
    with scene.runtime.database.read() as session:
        assert session.exec(select(AssetFile)).first() is not None


async def test_an_uploaded_video_is_sent_as_one(scene: Scene):
    body = await upload(scene, mp4())
    await send_deliveries(scene.runtime)
    assert sent_to(scene) == [("video", body)] * 2


async def test_a_slow_line_gets_a_lighter_picture_made_of_the_upload(scene: Scene):
    body = await upload(scene, picture("PNG", (2400, 1600)))
    with scene.runtime.database.write() as session:
        session.get_one(Officer, 1).tier = DataTier.LIGHT
    await make_renditions(scene.runtime)
    await send_deliveries(scene.runtime)
    with scene.runtime.database.read() as session:
        made = session.exec(select(Asset).where(Asset.tier == DataTier.LIGHT)).all()
    assert [one.kind for one in made] == [AssetKind.PICTURE] * 2
    assert {one.alt for one in made} == {"Une foule", None}
    (kind, light), _ = sent_to(scene)
    assert kind == "photo" and len(light) == made[0].size_bytes and len(light) < len(body)


@pytest.fixture
async def desk(scene: Scene) -> AsyncIterator[tuple[Scene, httpx.AsyncClient]]:
    """The scene's pages with an editor signed in, and a fetcher that may reach the sandbox's sites."""
    fetcher = Fetcher(allowed=frozenset({scene.sandbox.address}))
    runtime = replace(scene.runtime, fetcher=fetcher)
    with runtime.database.write() as session:
        add_staff(session, "eva@alliance.example", role=StaffRole.EDITOR, language="en", now=NOW)
        token = create_link(session, "eva@alliance.example", now=scene.clock.now())
    transport = httpx.ASGITransport(app=build_app(runtime), raise_app_exceptions=False)
    base = runtime.settings.web.public_url or BASE
    async with httpx.AsyncClient(transport=transport, base_url=base, headers=SAME_ORIGIN) as client:
        assert (await client.post(f"/sign-in/{token}")).status_code == 303
        yield scene, client
    await fetcher.aclose()


async def test_a_pasted_link_becomes_a_draft_once(desk: tuple[Scene, httpx.AsyncClient]):
    scene, editor = desk
    page = '<html lang="fr"><title>Une page</title><meta property="og:description" content="Des mots">'
    scene.sandbox.sites.publish("/page", page.encode(), "text/html")
    link = f"{scene.sandbox.base_url}/site/page"
    first = await editor.post("/contents/new", data={"url": link})
    again = await editor.post("/contents/new", data={"url": f"{link}?utm_source=mail"})
    assert first.headers["location"] == "/contents/2?said=added"
    assert again.headers["location"] == "/contents/2?said=known_already"
    with scene.runtime.database.read() as session:
        made = session.exec(select(Variant).where(Variant.content_id == 2)).one()
        assert (made.title, made.text, made.language) == ("Une page", "Des mots", "fr")
        assert "foreign host" in session.get_one(Content, 2).quarantine
    gone = await editor.post("/contents/new", data={"url": f"{link}-not-there"})
    assert gone.status_code == 422 and "there is no such page (404)" in gone.text
    assert link in gone.text, "the link need not be pasted again"
