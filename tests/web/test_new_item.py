"""A new item by hand or by its link, and files: from the form to what is kept, with clear words when it cannot be."""

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.models import Asset, Content, Variant
from sharebot.store.database import Database
from sharebot.values.status import StaffRole
from tests.media.files import mp3, picture
from tests.store.test_stories import decided
from tests.web.conftest import Browser
from tests.web.props import add_draft

HAND = {
    "kind": "appeal",
    "language": ["en", "fr", "es"],
    "title": ["A seed bank", "", "Un banco"],
    "text": ["Words", "", ""],
    "link": ["https://alliance.example/en/bank", "", "https://alliance.example/es/bank"],
    "alt_language": ["en", "fr", "es"],
    "alt": ["Seeds", "", "Semillas"],
}
NO_FILE = {"file": ("", b"", "application/octet-stream")}


async def keep(client: httpx.AsyncClient, **changed: object) -> httpx.Response:
    file = changed.pop("file", None)
    files = {"file": ("a.png", file, "image/png")} if isinstance(file, bytes) else NO_FILE
    return await client.post("/uploads/contents", data=HAND | changed, files=files)


async def test_by_hand_with_a_picture_is_one_form(app: FastAPI, browser: Browser, database: Database) -> None:
    editor = await browser(StaffRole.EDITOR)
    assert "Paste a link" in (await editor.get("/contents/new")).text
    answer = await keep(editor, file=picture("PNG"))
    assert answer.headers["location"] == "/contents/1?said=added"
    with database.read() as session:
        assert session.exec(select(Variant.language).order_by(Variant.language)).all() == ["en", "es"]
        assert session.get_one(Content, 1).created_by == "editor.en0@alliance.example"
        assert session.exec(select(Asset.alt).order_by(Asset.alt)).all() == ["Seeds", "Semillas"]
    again = await keep(editor)
    assert again.headers["location"] == "/contents/1?said=known_already"
    shown = await editor.get("/uploads/1")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert (await editor.get("/uploads/99")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ["", "", ""], "text": ["", "", ""], "link": ["", "", ""]}, "Write a title in at least one language"),
        ({"title": ["A", "", ""]}, "A title is missing in Spanish"),
        ({"link": ["javascript:alert(1)", "", ""]}, "A link has to begin with https://"),
        ({"file": b"<svg><script>alert(1)</script></svg>"}, "This is no JPEG"),
        ({"file": picture()[:-900]}, "damaged or was cut off"),
    ],
)
async def test_what_cannot_be_kept_is_shown_again_with_the_reason(
    app: FastAPI, browser: Browser, database: Database, changed: dict[str, object], said: str
) -> None:
    answer = await keep(await browser(StaffRole.EDITOR), **changed)
    assert answer.status_code == 422
    assert said in answer.text and "<script>alert" not in answer.text
    with database.read() as session:
        assert session.exec(select(Content)).all() == []


async def test_a_form_with_more_than_it_has_is_refused(app: FastAPI, browser: Browser) -> None:
    editor = await browser(StaffRole.EDITOR)
    assert (await keep(editor, status="ready")).status_code == 422
    assert (await keep(editor, language=["en", "../x", "es"])).status_code == 422
    assert (await editor.post("/contents/new", data={"url": "https://a.example", "by": "x"})).status_code == 422


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("http://127.0.0.1/admin", "This link"),
        ("file:///etc/passwd", "begins with https://"),
        ("https://user@alliance.example/", "begins with https://"),
        ("no link", "begins with https://"),
    ],
)
async def test_a_link_that_cannot_be_fetched_says_what_to_do(
    app: FastAPI, browser: Browser, database: Database, link: str, said: str
) -> None:
    answer = await (await browser(StaffRole.EDITOR)).post("/contents/new", data={"url": link})
    assert answer.status_code == 422
    assert said in answer.text and "root:" not in answer.text
    with database.read() as session:
        assert session.exec(select(Content)).all() == []


async def test_files_are_added_described_and_removed_before_it_goes_out(
    app: FastAPI, browser: Browser, database: Database
) -> None:
    with database.write() as session:
        content_id = add_draft(session)
    editor, place = await browser(StaffRole.EDITOR), f"/contents/{content_id}"
    alts = {"alt_language": ["en", "fr"], "alt": ["A", "B"]}
    sent = await editor.post(f"/uploads{place}", data=alts, files={"file": ("x.html", mp3(), "text/html")})
    assert sent.headers["location"] == f"{place}?said=uploaded"
    with database.read() as session:
        file = session.exec(select(Asset).where(Asset.mime == "audio/mpeg")).first()
        assert file is not None and file.alt == "A"
    described = await editor.post(f"{place}/files/alts", data={"file": [str(file.id)], "alt": ["C"]})
    assert described.headers["location"].endswith("said=described")
    page = (await editor.get(place)).text
    assert f'href="/uploads/{file.id}"' in page and "Add a picture" in page
    for body, said in ((b"PK\x03\x04", "This is no JPEG"), (b"", "The file is empty")):
        refused = await editor.post(f"/uploads{place}", data=alts, files={"file": ("x.jpg", body, "image/jpeg")})
        assert refused.status_code == 422 and said in refused.text
    # As browsers send a field in which nothing was chosen.
    empty = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    nothing = await editor.post(f"/uploads{place}", content=empty, headers=form)
    assert nothing.headers["location"].endswith("said=no_file")
    removed = await editor.post(f"{place}/files/remove", data={"file": str(file.id)})
    assert removed.headers["location"].endswith("said=file_removed")
    assert (await editor.get(f"/uploads/{file.id}")).status_code == 404
    assert (await editor.post(f"{place}/files/remove", data={"file": str(file.id)})).status_code == 404
    with database.write() as session:
        decided(session, content_id).released_at = None
    large = {"file": ("x.jpg", bytes(11_000_000), "image/jpeg")}
    assert "larger than 10 MB" in (await editor.post(f"/uploads{place}", files=large)).text
