"""Lighter files are made once, from real files by the real programs, and reach a phone once uploaded."""

import asyncio
import io
import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlmodel import col, select

from sharebot.jobs.make_renditions import FOLDER, make_renditions
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Asset, AssetBody, AssetFile, Content, Officer, QueueEntry
from sharebot.sources.fetch import Fetcher
from sharebot.store.contents import content_hash
from sharebot.store.renditions import TRIES, forget_old, list_unprepared, remember_file
from sharebot.values.messages import Receipt
from sharebot.values.status import AssetKind, ContentKind, ContentStatus, DataTier
from tests.flows.conftest import Scene, scene
from tests.needs import needs_program

__all__ = ["scene"]
needs_ffmpeg = needs_program("ffmpeg")


def photo(width: int = 2400, height: int = 1600, *, exif: bool = True) -> bytes:
    picture = Image.effect_noise((width, height), 60).convert("RGB")
    tags = Image.Exif()
    tags[0x010F] = "A camera with a name"
    tags[0x0112] = 6  # turned by a quarter
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90, **({"exif": tags} if exif else {}))
    return file.getvalue()


def tone(seconds: int) -> bytes:
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"sine=frequency=300:duration={seconds}"]
    made += ["-b:a", "128k", "-f", "mp3", "-"]
    return subprocess.run(made, capture_output=True, check=True).stdout


def silence(hours: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8000 * 3600 * hours))
    return file.getvalue()


@pytest.fixture
async def gallery(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """The scene, with a fetcher that may reach the sandbox's sites, and a folder of its own for passing files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    fetcher = Fetcher(allowed=frozenset({scene.sandbox.address}))
    yield replace(scene, runtime=replace(scene.runtime, fetcher=fetcher))
    await fetcher.aclose()


def publish(scene: Scene, path: str, body: bytes, kind: AssetKind, **about: Any) -> str:
    """Put a file on the sandbox's site, and into both language versions of the item."""
    scene.sandbox.sites.publish(path, body, "application/octet-stream")
    url = f"{scene.sandbox.base_url}/site{path}"
    with scene.runtime.database.write() as session:
        for variant_id in (1, 2):
            session.add(Asset(variant_id=variant_id, kind=kind, url=url, **about))
    return url


def made(scene: Scene) -> list[tuple[Asset, bytes]]:
    with scene.runtime.database.read() as session:
        rows = select(Asset, AssetBody.body).join(AssetBody, col(AssetBody.asset_id) == col(Asset.id))
        return list(session.exec(rows.order_by(col(Asset.id))).all())


def originals(scene: Scene) -> list[Asset]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(Asset).where(col(Asset.original_id).is_(None))).all())


async def test_a_photo_becomes_small_without_what_the_camera_wrote_and_goes_out_once(gallery: Scene):
    body = photo()
    publish(gallery, "/photo.jpg", body, AssetKind.PICTURE, alt="A crowd")
    with gallery.runtime.database.write() as session:
        before = content_hash(session, 1)
        for officer in session.exec(select(Officer)):
            officer.tier = DataTier.LIGHT
    await make_renditions(gallery.runtime)
    (first, picture), (second, _) = made(gallery)
    assert gallery.sandbox.sites.hits["/photo.jpg"] == 1
    assert (first.tier, first.mime, first.alt) == (DataTier.LIGHT, "image/jpeg", "A crowd")
    assert {first.variant_id, second.variant_id} == {1, 2}
    assert first.size_bytes == len(picture) <= 100_000
    with Image.open(io.BytesIO(picture)) as small:
        assert (small.format, small.size) == ("JPEG", (first.width, first.height))
        assert small.height > small.width, "turned as the camera held it"
        assert max(small.size) <= 1280
        assert not small.getexif()
    assert [one.size_bytes for one in originals(gallery)] == [len(body)] * 2
    with gallery.runtime.database.read() as session:
        assert content_hash(session, 1) == before, "an approval is not voided by our own work"
    await send_deliveries(gallery.runtime)
    uploads = gallery.sandbox.telegram.uploads
    assert sorted(kept.body for kept in uploads.values()) == sorted(one for _, one in made(gallery))
    shown = gallery.ana.last_message
    assert shown is not None and shown.media == "photo"
    with gallery.runtime.database.read() as session:
        assert {one.file_id for one in session.exec(select(AssetFile))} == set(uploads)


async def test_a_second_run_makes_nothing_anew(gallery: Scene):
    publish(gallery, "/photo.jpg", photo(600, 400), AssetKind.PICTURE)
    for _ in range(2):
        await make_renditions(gallery.runtime)
    assert len(made(gallery)) == 2
    assert max(made(gallery)[0][0].width or 0, made(gallery)[0][0].height or 0) == 600, "never larger than it was"
    assert gallery.sandbox.sites.hits["/photo.jpg"] == 1


async def test_what_is_not_sent_any_more_is_deleted_and_made_anew_for_a_new_sending(gallery: Scene):
    publish(gallery, "/photo.jpg", photo(600, 400), AssetKind.PICTURE)
    await make_renditions(gallery.runtime)
    with gallery.runtime.database.write() as session:
        for one, _ in made(gallery):
            remember_file(session, one.id or 0, 1, Receipt(1, "handle"))
        entry = session.get_one(QueueEntry, 1)
        assert forget_old(session, now=entry.expires_at + timedelta(days=89)) == 0
        now = entry.expires_at + timedelta(days=91)
        assert forget_old(session, now=now) == 2
        assert session.exec(select(AssetFile)).all() == []
        assert list_unprepared(session, now=now) == []
        entry.expires_at = now + timedelta(days=2)
        session.add(entry)
    assert made(gallery) == []
    gallery.clock.at = now
    gallery.runtime.clock_watch.hear(now)
    await make_renditions(gallery.runtime)
    assert len(made(gallery)) == 2
    with gallery.runtime.database.write() as session:
        session.get_one(Content, 1).status = ContentStatus.ARCHIVED
        assert forget_old(session, now=now) == 2


async def test_what_is_light_or_a_video_or_put_away_is_not_even_fetched(gallery: Scene):
    publish(gallery, "/light.jpg", b"x", AssetKind.PICTURE, size_bytes=99_000)
    publish(gallery, "/talk.mp3", b"x", AssetKind.AUDIO, size_bytes=5_400_000, duration_s=1800)
    publish(gallery, "/clip.mp4", b"x", AssetKind.VIDEO)
    await make_renditions(gallery.runtime)
    assert all(one.prepared_at for one in originals(gallery))
    publish(gallery, "/late.jpg", photo(300, 200), AssetKind.PICTURE)
    with gallery.runtime.database.write() as session:
        content = session.get(Content, 1)
        assert content is not None
        content.status = ContentStatus.ARCHIVED
    await make_renditions(gallery.runtime)
    assert not made(gallery)
    assert not gallery.sandbox.sites.hits


def files_left() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"{FOLDER}*/*"))


def bomb() -> bytes:
    file = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(file, "PNG")
    return file.getvalue()


BAD = {"a bomb": bomb(), "a program": b"%!PS-Adobe-3.0 EPSF-3.0\n", "nothing": b"\xff\xd8 no picture"}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
async def test_what_is_no_picture_or_unpacks_to_too_much_is_left_as_it_is(gallery: Scene, body: bytes):
    publish(gallery, "/bad.png", body, AssetKind.PICTURE)
    await make_renditions(gallery.runtime)
    assert not made(gallery)
    assert all(one.prepared_at for one in originals(gallery))
    assert not files_left()


async def test_a_site_that_is_down_is_asked_again_a_few_times(gallery: Scene):
    url = publish(gallery, "/photo.jpg", photo(300, 200), AssetKind.PICTURE)
    with gallery.runtime.database.write() as session:
        for one in session.exec(select(Asset)):
            one.url = url.replace(gallery.sandbox.address, "nowhere.invalid:443").replace("http:", "https:")
    for tried in range(1, TRIES + 1):
        await make_renditions(gallery.runtime)
        await make_renditions(gallery.runtime)  # too early: it rests
        assert all(bool(one.prepared_at) == (tried == TRIES) for one in originals(gallery))
        gallery.clock.at += timedelta(minutes=11)


@needs_ffmpeg
async def test_an_episode_becomes_light_audio_that_plays_with_its_length(gallery: Scene):
    body = tone(40)
    publish(gallery, "/episode.mp3", body, AssetKind.AUDIO)
    with gallery.runtime.database.write() as session:
        content, ana = session.get(Content, 1), session.get(Officer, 1)
        assert content is not None and ana is not None
        content.kind, ana.tier = ContentKind.EPISODE, DataTier.LIGHT
    await make_renditions(gallery.runtime)
    asset, audio = made(gallery)[0]
    assert (asset.mime, asset.duration_s, asset.size_bytes) == ("audio/mp4", 40, len(audio))
    assert audio[4:8] == b"ftyp"
    assert len(audio) < len(body) / 3
    await send_deliveries(gallery.runtime)
    shown = gallery.ana.last_message
    assert shown is not None
    assert (shown.media, shown.duration) == ("audio", 40)
    assert audio in [kept.body for kept in gallery.sandbox.telegram.uploads.values()]


@needs_ffmpeg
async def test_a_playlist_in_the_place_of_audio_leads_nowhere(gallery: Scene):
    publish(gallery, "/list.mp3", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n", AssetKind.AUDIO)
    await make_renditions(gallery.runtime)
    assert not made(gallery)
    assert all(one.prepared_at for one in originals(gallery))


@needs_ffmpeg
async def test_a_stop_ends_the_work_with_its_processes_and_files(gallery: Scene):
    publish(gallery, "/long.wav", silence(hours=2), AssetKind.AUDIO)
    job = asyncio.create_task(make_renditions(gallery.runtime))
    while not (ours := [one for one in workers() if tempfile.gettempdir() in one[1]]):  # noqa: ASYNC110 - a process has no event
        await asyncio.sleep(0.02)
    gallery.runtime.stopping.set()
    await asyncio.wait_for(job, 10)
    assert not [one for one in workers() if one in ours]
    assert not any(one.prepared_at for one in originals(gallery)), "the next start makes it"


def workers() -> list[tuple[str, str]]:
    """Return the processes of this machine that encode for us: number and command."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                command = (process / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if "sharebot.media.child" in command or command.startswith(f"{shutil.which('ffmpeg')}"):
                found.append((process.name, command))
    return found


async def test_what_a_killed_process_left_is_removed(gallery: Scene):
    left = Path(tempfile.mkdtemp(prefix=FOLDER))
    (left / "7").write_bytes(b"half a film")
    os.utime(left, (0, 0))
    publish(gallery, "/photo.jpg", photo(300, 200), AssetKind.PICTURE)
    await make_renditions(gallery.runtime)
    assert left / "7" not in files_left()
