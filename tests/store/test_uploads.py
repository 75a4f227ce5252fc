"""Uploaded files: one for all languages, each with its own description, served and removed again."""

import pytest
from sqlmodel import col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Asset, AssetBody, QueueEntry
from sharebot.store.contents import content_hash, list_variants
from sharebot.store.database import Database
from sharebot.store.renditions import add_rendition, find_picture, find_upload, list_unprepared
from sharebot.store.uploads import add_upload, get_served, list_files, remove_file, set_alts
from sharebot.values.files import LightFile, TakenFile
from sharebot.values.status import AssetKind, EntryStatus
from tests.cast import NOW
from tests.store.test_stories import decided
from tests.web.props import add_draft

PICTURE = TakenFile(AssetKind.PICTURE, "image/jpeg", b"\xff\xd8 picture", 800, 500)
ALTS = {"en": "A field", "fr": " Un champ "}


def ids_of(database: Database, content_id: int) -> list[int]:
    with database.read() as session:
        versions = [one.id or 0 for one in list_variants(session, content_id)]
        return [one.id for files in list_files(session, versions).values() for one in files if one.is_upload]


def test_a_file_belongs_to_every_language_with_its_own_words(either: Database):
    with either.write() as session:
        content_id = add_draft(session)
        before = content_hash(session, content_id)
        add_upload(session, content_id, PICTURE, ALTS)
        add_upload(session, content_id, PICTURE, ALTS)
        assert content_hash(session, content_id) != before, "an approval would not cover it"
    with either.read() as session:
        uploaded = [
            one for one in session.exec(select(Asset).order_by(col(Asset.id))) if one.url.startswith("sharebot:")
        ]
        assert [(one.alt, one.width, one.size_bytes) for one in uploaded] == [
            ("A field", 800, 10),
            ("Un champ", 800, 10),
        ]
        assert len({one.url for one in uploaded}) == 1
        assert get_served(session, uploaded[0].id or 0).body == PICTURE.body
        upload = find_upload(session, uploaded[0].url)
        assert upload is not None and (upload.name, upload.mime, upload.body) == (
            "picture.jpg",
            "image/jpeg",
            PICTURE.body,
        )
        found = find_picture(session, uploaded[0].variant_id)
        assert found is not None and found[1].body == PICTURE.body, "mails show it as well"


def test_descriptions_are_set_for_the_lighter_file_too(either: Database):
    with either.write() as session:
        content_id = add_draft(session)
        add_upload(session, content_id, PICTURE, {})
        original = next(one for one in list_unprepared(session, now=NOW) if one.media.url.startswith("sharebot:"))
        add_rendition(session, original, LightFile("image/jpeg", b"small", 640, 400), now=NOW)
    first, _ = ids_of(either, content_id)
    with either.write() as session:
        assert set_alts(session, content_id, {first: "A field"}) == 1
        assert set_alts(session, content_id, {first: "A field"}) == 0
        with pytest.raises(NotFound):
            set_alts(session, add_draft(session), {first: "mine"})
    with either.read() as session:
        kept = session.exec(select(Asset.alt).where((Asset.id == first) | (Asset.original_id == first))).all()
        assert kept == ["A field", "A field"]


def test_a_file_is_removed_from_all_languages_with_its_bytes(either: Database):
    with either.write() as session:
        content_id = add_draft(session)
        add_upload(session, content_id, PICTURE, {})
        original = next(one for one in list_unprepared(session, now=NOW) if one.media.url.startswith("sharebot:"))
        add_rendition(session, original, LightFile("image/jpeg", b"small", 640, 400), now=NOW)
        entry_id = decided(session, content_id).id
    with either.write() as session:
        other = add_draft(session)
        with pytest.raises(NotFound):
            remove_file(session, other, ids_of(either, content_id)[0])
        assert remove_file(session, content_id, ids_of(either, content_id)[0]) == 2
    with either.read() as session:
        assert session.exec(select(AssetBody)).all() == []
        assert session.get_one(QueueEntry, entry_id).status is EntryStatus.PROPOSED


def test_what_goes_out_keeps_its_files(database: Database):
    with database.write() as session:
        content_id = add_draft(session)
        decided(session, content_id).status = EntryStatus.RELEASED
        session.flush()
        asset_id = session.exec(select(Asset.id)).first() or 0
        with pytest.raises(Refused):
            add_upload(session, content_id, PICTURE, {})
        with pytest.raises(Refused):
            remove_file(session, content_id, asset_id)
        with pytest.raises(NotFound):
            get_served(session, asset_id)
