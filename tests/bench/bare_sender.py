"""The reference: python-telegram-bot alone, 8 connections, one message from a file to N chats, no database.

`python -m tests.bench.bare_sender BASE_URL TOKEN MESSAGE.json FIRST_CHAT N` prints what it took as JSON.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvloop
from telegram import Bot, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from tests.bench.usage import Usage

CONNECTIONS = 8


async def send_all(base_url: str, token: str, message: Any, first: int, number: int) -> None:
    """Send as fast as the library can."""
    requests = HTTPXRequest(connection_pool_size=CONNECTIONS), HTTPXRequest(connection_pool_size=1)
    bot = Bot(token, base_url=base_url, request=requests[0], get_updates_request=requests[1])
    keyboard = InlineKeyboardMarkup.de_json(message["keyboard"], bot)
    chats = iter(range(first, first + number))

    async def send() -> None:
        for chat in chats:
            await bot.send_message(chat, message["html"], parse_mode=ParseMode.HTML, reply_markup=keyboard)

    async with bot:
        usage = Usage()
        await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
        usage.report()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        url, bot_token, path, *numbers = sys.argv[1:]
        runner.run(send_all(url, bot_token, json.loads(Path(path).read_text()), *(int(one) for one in numbers)))
