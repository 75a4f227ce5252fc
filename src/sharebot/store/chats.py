"""Telegram chats that our bots write to; their addresses are sealed."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.models import Chat
from sharebot.store.bots import get_bot
from sharebot.store.database import vault_of
from sharebot.values.status import ChatKind


def find_chat(session: Session, bot_id: int, address: int | str) -> Chat | None:
    """Return the chat that this bot knows under this address, or None."""
    index = vault_of(session).index(str(address))
    return session.exec(select(Chat).where(Chat.bot_id == bot_id, Chat.address_index == index)).first()


def ensure_chat(session: Session, bot_id: int, address: int | str, kind: ChatKind) -> int:
    """Return the id of a chat; its row is made on first use."""
    chat = find_chat(session, bot_id, address)
    if chat is None:
        vault = vault_of(session)
        sealed, index = vault.seal(str(address)), vault.index(str(address))
        chat = Chat(bot_id=bot_id, kind=kind, address_sealed=sealed, address_index=index)
        session.add(chat)
        session.flush()
    return chat.id or 0


def main_chat(session: Session, address: int) -> tuple[int, int]:
    """Return the ids of a chat of staff's and of the main bot, which writes there."""
    bot_id = get_bot(session).id or 0
    return ensure_chat(session, bot_id, address, kind_of(address)), bot_id


def kind_of(address: int) -> ChatKind:
    """Tell a private chat from a group or channel: Telegram gives those negative ids."""
    return ChatKind.PRIVATE if address > 0 else ChatKind.GROUP


def read_address(text: str, kind: ChatKind) -> int | str:
    """Return an address as its messenger wants it: Telegram's number, or a mailbox."""
    return text if kind is ChatKind.MAILBOX else int(text)


def open_address(session: Session, chat: Chat) -> int | str:
    """Return a chat's address."""
    return read_address(vault_of(session).open(chat.address_sealed), chat.kind)


def get_address(session: Session, chat_id: int | None) -> int | str | None:
    """Return the address of the chat with this id of ours, or None when it was forgotten."""
    chat = session.get(Chat, chat_id) if chat_id else None
    return open_address(session, chat) if chat else None


def move_chat(session: Session, chat_id: int, address: int) -> bool:
    """Write to another address from now on; False when the bot has another chat there already."""
    chat = session.get(Chat, chat_id)
    if chat is None:
        return False
    holder = find_chat(session, chat.bot_id, address)
    if holder is not None and holder.id != chat_id:
        return False
    vault = vault_of(session)
    values = {
        "address_sealed": vault.seal(str(address)),
        "address_index": vault.index(str(address)),
        "kind": kind_of(address),
    }
    session.execute(update(Chat).where(col(Chat.id) == chat_id).values(**values))
    return True
