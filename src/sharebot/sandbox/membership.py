"""The update that tells a bot what became of it in a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sharebot.sandbox.messages import Chat

if TYPE_CHECKING:
    from sharebot.sandbox.telegram import TelegramServer


def change_json(server: TelegramServer, chat: Chat, by: dict[str, Any], *, old: str, new: str) -> dict[str, Any]:
    """Return a my_chat_member in the API's form. `old` and `new` are Telegram's words for a standing."""
    return {
        "chat": chat.chat_json(),
        "from": by,
        "date": server.timestamp(),
        "old_chat_member": _member(server, old),
        "new_chat_member": _member(server, new),
    }


def _member(server: TelegramServer, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"user": server.me(), "status": status}
    if status == "kicked":
        return member | {"until_date": 0}
    if status != "administrator":
        return member
    rights = dict.fromkeys(_RIGHTS, False)
    return member | rights | {"can_be_edited": False, "can_post_messages": True, "can_manage_chat": True}


_RIGHTS = (
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
