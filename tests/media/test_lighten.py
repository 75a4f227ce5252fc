"""Pictures of every kind become small JPEGs, and no process outlives whoever started it."""

import io
import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import pytest
from PIL import Image

from sharebot.errors import PermanentError
from sharebot.media.lighten import lighten_picture
from tests.needs import needs_program

NOISE = Image.effect_noise((900, 600), 80)
PICTURES = {
    "transparent": (Image.new("RGBA", (300, 200), (0, 0, 0, 0)), "PNG"),
    "palette": (NOISE.convert("P"), "PNG"),
    "grey": (NOISE, "PNG"),
    "for print": (NOISE.convert("CMYK"), "JPEG"),
    "webp": (NOISE.convert("RGB"), "WEBP"),
    "gif": (NOISE.convert("P"), "GIF"),
    "a thread": (Image.new("RGB", (3000, 2)), "PNG"),
}


@pytest.mark.parametrize(("picture", "form"), PICTURES.values(), ids=PICTURES)
async def test_any_picture_becomes_a_small_jpeg(tmp_path: Path, picture: Image.Image, form: str):
    file = tmp_path / "picture"
    picture.save(file, form)
    made = await lighten_picture(file, most_bytes=30_000, most_pixels=640)
    with Image.open(io.BytesIO(made.body)) as small:
        assert (small.format, small.mode, small.size) == ("JPEG", "RGB", (made.width, made.height))
        assert max(small.size) <= min(640, max(picture.size))
        if form == "PNG" and picture.mode == "RGBA":
            assert small.getpixel((5, 5)) == (255, 255, 255), "what is transparent becomes white, not black"
    assert len(made.body) <= 30_000


async def test_what_cannot_get_small_enough_is_said(tmp_path: Path):
    file = tmp_path / "picture"
    NOISE.save(file, "PNG")
    with pytest.raises(PermanentError, match="small enough"):
        await lighten_picture(file, most_bytes=500, most_pixels=640)


@needs_program("ffmpeg")
def test_the_work_ends_with_a_killed_worker(tmp_path: Path):
    sound = tmp_path / "long.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8000 * 7200))
    code = (
        "import asyncio, sys; from pathlib import Path; from sharebot.media.lighten import find_ffmpeg, lighten_audio\n"
        "asyncio.run(lighten_audio(Path(sys.argv[1]), ffmpeg=find_ffmpeg(), kbit=24))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(sound)]) as worker:
        until(lambda: any("ffmpeg" in words[0] for words in commands_on(sound)))
        os.kill(worker.pid, signal.SIGKILL)
    until(lambda: not commands_on(sound))


def until(is_so) -> None:
    """Wait for what another process does; there is nothing else to wait for."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def commands_on(file: Path) -> list[list[str]]:
    """Return the commands of all processes that were given the file."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                words = (process / "cmdline").read_text().split("\0")
            except OSError:
                continue
            found += [words] if str(file) in words else []
    return found
