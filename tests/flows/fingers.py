"""A phone whose owner's every tap and command is counted; typing and choosing from a list of chats is not."""

from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from tests.flows.conftest import Scene


class Fingers:
    """Acts on one phone, waits for the bot each time, and counts."""

    def __init__(self, scene: Scene, phone: Phone) -> None:
        self.scene, self.phone, self.taps = scene, phone, 0
        self.opened: list[str] = []

    async def start(self, token: str) -> None:
        """Press Start under an invitation."""
        await self._count(lambda: self.phone.open_link(token))

    async def tap(self, label: str) -> None:
        """Press the latest button that says `label`."""
        await self._count(lambda: self._press(label))

    def open(self, label: str) -> None:
        """Press the latest button that says `label` and leads to a page; the bot hears nothing of it."""
        self.taps += 1
        keys = [key for one in reversed(self.phone.messages) for row in one.keyboard for key in row]
        self.opened.append(next(str(key["url"]) for key in keys if label in key["text"] and "url" in key))

    async def command(self, text: str) -> None:
        """Choose a command of the menu."""
        await self._count(lambda: self.phone.write(text))

    async def forward(self, text: str) -> None:
        """Forward somebody's post to the bot: one tap, since the chat is chosen from a list."""
        await self._count(lambda: self.phone.forward(text))

    async def reply(self, text: str, shown: Shown) -> None:
        """Pull a message aside to answer it, and type."""
        await self._count(lambda: self.phone.write(text, reply_to=shown))

    async def type(self, text: str) -> None:
        """Type or paste, which is no tap."""
        self.phone.write(text)
        await self.scene.settle()

    async def _count(self, act) -> None:
        self.taps += 1
        act()
        await self.scene.settle()

    def _press(self, label: str) -> None:
        assert self.phone.tap(label), f"no button says {label}"

    @property
    def shown(self) -> str:
        """What the latest message of the bot says now."""
        assert self.phone.last_message is not None
        return str(self.phone.last_message.words.text)


def forge_tap(scene: Scene, phone: Phone, data: str) -> None:
    """Tap what no button says, on the latest message of the bot."""
    shown = phone.last_message
    assert shown is not None
    telegram = scene.sandbox.telegram
    telegram.push(
        callback_query={
            "id": f"forged-{telegram.timestamp()}-{data}",
            "from": phone.user_json(),
            "message": telegram.message_json(phone, shown),
            "chat_instance": str(phone.chat_id),
            "data": data,
        }
    )
