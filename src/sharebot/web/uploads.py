"""Files of contents: taken in, described, removed, and shown to staff."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sharebot.media.sniffing import UnfitFile
from sharebot.media.uploads import MOST_BYTES, take
from sharebot.store.uploads import add_upload, get_served, remove_file, set_alts
from sharebot.texts.catalogue import Translator
from sharebot.values.files import TakenFile, Unfit
from sharebot.web.desk import change
from sharebot.web.guard import Unreadable, Viewer, WholeEditor
from sharebot.web.pages import go, problem, runtime_of, speak

router = APIRouter()
_SHOWN = frozenset({"image/jpeg", "audio/mpeg", "audio/mp4", "video/mp4"})
_MOST = 200
_Alt = Annotated[str, StringConstraints(max_length=1000)]
FileId = Annotated[int, Field(ge=1, lt=2**31)]


class Alts(BaseModel):
    """What a file shows, in words: one for each language, in the same order."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    alt_language: Annotated[list[Annotated[str, Field(max_length=3)]], Field(max_length=20)] = []
    alt: Annotated[list[_Alt], Field(max_length=20)] = []


class UploadForm(Alts):
    """A file for all languages of a content; None when none was chosen."""

    file: UploadFile | None = None


class AltsForm(BaseModel):
    """What several files show, by their numbers, in the same order."""

    model_config = ConfigDict(extra="forbid")

    file: Annotated[list[FileId], Field(max_length=_MOST)] = []
    alt: Annotated[list[_Alt], Field(max_length=_MOST)] = []


class RemoveForm(BaseModel):
    """A file that is to go."""

    model_config = ConfigDict(extra="forbid")

    file: FileId


async def read_upload(file: UploadFile | None) -> TakenFile | None:
    """Return an uploaded file as it may be kept, None when none was chosen. Raises UnfitFile for all others."""
    if file is None or (not file.filename and not file.size):
        return None
    return await take(await file.read(MOST_BYTES + 1))


def pair_alts(form: Alts) -> dict[str, str]:
    """Return the descriptions by language. Raises Unreadable when their numbers differ."""
    if len(form.alt_language) != len(form.alt):
        raise Unreadable("alt: one for each language")
    return dict(zip(form.alt_language, form.alt, strict=True))


def explain_unfit(t: Translator, why: Unfit) -> str:
    """Say why a file is not taken, and what would be."""
    return {
        Unfit.EMPTY: t("The file is empty. Choose another one."),
        Unfit.TOO_LARGE: t("The file is larger than 10 MB. Make it smaller, or give a link to it."),
        Unfit.UNKNOWN: t(
            "This is no JPEG, PNG, WebP, GIF, MP3, M4A or MP4, whatever its name says. Save it as one of them."
        ),
        Unfit.DAMAGED: t("The file is damaged or was cut off. Save it anew, then upload it again."),
        Unfit.SHAPE: t("The picture has too many pixels, or is far too long and narrow. Make it smaller or crop it."),
        Unfit.MIXED: t("Something else is hidden in this file, so it is not taken. Save it anew with another program."),
    }[why]


@router.post("/uploads/contents/{content_id}")
async def upload(
    request: Request,
    editor: WholeEditor,
    content_id: int,
    form: Annotated[UploadForm, Form(media_type="multipart/form-data")],
) -> Response:
    """Take a file for all languages of a content, each with its own description."""
    alts = pair_alts(form)
    try:
        taken = await read_upload(form.file)
    except UnfitFile as error:
        said = explain_unfit(speak(editor.language), error.why)
        return problem(request, "unfit_file", status=422, reader=editor, detail=said)
    if taken is None:
        return go(f"/contents/{content_id}", said="no_file")
    with change(request, editor, "file.added", f"content:{content_id}", taken.mime) as session:
        voided = add_upload(session, content_id, taken, alts)
    return go(f"/contents/{content_id}", said="texts_set" if voided else "uploaded")


@router.post("/contents/{content_id}/files/alts")
def describe_files(
    request: Request, editor: WholeEditor, content_id: int, form: Annotated[AltsForm, Form()]
) -> Response:
    """Keep what files show in words, for those who cannot see them."""
    if len(form.file) != len(form.alt):
        raise Unreadable("alt: one for each file")
    with change(request, editor, "file.described", f"content:{content_id}") as session:
        set_alts(session, content_id, dict(zip(form.file, form.alt, strict=True)))
    return go(f"/contents/{content_id}", said="described")


@router.post("/contents/{content_id}/files/remove")
def remove(request: Request, editor: WholeEditor, content_id: int, form: Annotated[RemoveForm, Form()]) -> Response:
    """Remove a file from all languages of a content that was not sent yet."""
    with change(request, editor, "file.removed", f"content:{content_id}") as session:
        remove_file(session, content_id, form.file)
    return go(f"/contents/{content_id}", said="file_removed")


@router.get("/uploads/{asset_id}")
def show_file(request: Request, _reader: Viewer, asset_id: int) -> Response:
    """Serve a file that we hold, as what it was found to be and as nothing else."""
    with runtime_of(request).database.read() as session:
        served = get_served(session, asset_id)
    is_shown = served.mime in _SHOWN
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": "inline" if is_shown else "attachment",
        "Cache-Control": "private, max-age=86400",
    }
    return Response(served.body, media_type=served.mime if is_shown else "application/octet-stream", headers=headers)
