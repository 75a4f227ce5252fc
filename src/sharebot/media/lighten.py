"""Make one picture or audio lighter, in a process with limits."""

import asyncio
import json
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from sharebot.errors import PermanentError
from sharebot.values.files import LightFile

PICTURE_SECONDS, AUDIO_SECONDS = 60.0, 600.0


def find_ffmpeg() -> str | None:
    """Return the program that audio needs, or None."""
    return shutil.which("ffmpeg")


async def lighten_picture(source: Path, *, most_bytes: int, most_pixels: int) -> LightFile:
    """Return the picture as a small JPEG. Raises PermanentError when that cannot be done."""
    return await _make("picture", source, seconds=PICTURE_SECONDS, words=[str(most_bytes), str(most_pixels)])


async def take_picture(source: Path, *, most_bytes: int, most_pixels: int) -> LightFile:
    """Return an uploaded picture anew. Raises PermanentError when it cannot be read or has an odd shape."""
    return await _make("upload", source, seconds=PICTURE_SECONDS, words=[str(most_bytes), str(most_pixels)])


async def lighten_audio(source: Path, *, ffmpeg: str, kbit: int) -> LightFile:
    """Return the audio as a small M4A. Raises PermanentError when that cannot be done."""
    return await _make("audio", source, seconds=AUDIO_SECONDS, words=[str(kbit)], before=[ffmpeg])


async def _make(
    what: str, source: Path, *, seconds: float, words: list[str], before: list[str] | None = None
) -> LightFile:
    target = source.with_name(f"{source.name}.light")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sharebot.media.child", what, *(before or []), str(source), str(target), *words,
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath},
    )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - piped
    try:
        async with asyncio.timeout(seconds):
            answer = await process.stdout.read()
            await process.wait()
        facts = json.loads(answer or b"{}")
    except TimeoutError:
        raise PermanentError(f"not ready within {seconds:.0f} s") from None
    finally:
        await _end(process)
    if "mime" not in facts:
        raise PermanentError(facts.get("error", "its process died, as at a limit of time or memory"))
    return LightFile(body=await asyncio.to_thread(target.read_bytes), **facts)


async def _end(process: Process) -> None:
    """End the process and what it started, without mercy: nothing of its work is kept."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
