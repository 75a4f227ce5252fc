"""Take a file that staff uploaded: known by its bytes, pictures written anew."""

import asyncio
import tempfile
from pathlib import Path

from sharebot.errors import PermanentError
from sharebot.media.lighten import take_picture
from sharebot.media.sniffing import Sniffed, UnfitFile, sniff
from sharebot.values.files import TakenFile, Unfit
from sharebot.values.status import AssetKind

MOST_BYTES = 10_000_000
FOLDER = "sharebot-files-"
_PICTURE_BYTES, _PICTURE_SIDE = 4_500_000, 2560  # what Telegram takes as a photo, and more than it shows


async def take(body: bytes) -> TakenFile:
    """Return a file as it may be kept. Raises UnfitFile for everything else, with the reason."""
    if len(body) > MOST_BYTES:
        raise UnfitFile(Unfit.TOO_LARGE)
    found = await asyncio.to_thread(sniff, body)
    if found.kind is AssetKind.PICTURE:
        return await _take_picture(body)
    return _keep(body, found)


def _keep(body: bytes, found: Sniffed) -> TakenFile:
    return TakenFile(found.kind, found.mime, body, found.width, found.height, found.duration_s)


async def _take_picture(body: bytes) -> TakenFile:
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        file = Path(folder) / "upload"
        await asyncio.to_thread(file.write_bytes, body)
        try:
            made = await take_picture(file, most_bytes=_PICTURE_BYTES, most_pixels=_PICTURE_SIDE)
        except PermanentError as error:
            raise UnfitFile(Unfit.SHAPE if "pixels" in str(error) else Unfit.DAMAGED) from error
    return TakenFile(AssetKind.PICTURE, made.mime, made.body, made.width, made.height)
