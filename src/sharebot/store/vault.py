"""Sealing of what could name a person: Fernet for the value, a keyed hash to find it again."""

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sharebot.errors import ConfigError

KEY_FILE = Path("config/sharebot.key")
_KEY_BYTES = 32


class Vault:
    """Seals and opens with one or more keys: the first seals, all open (so keys can be rotated)."""

    def __init__(self, keys: list[bytes]) -> None:
        if len(set(keys)) != len(keys):
            raise ConfigError("SHAREBOT_SECRET_KEY: the same key is given twice")
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"seal"))) for key in keys])
        self._index_key = _derive(keys[-1], b"index")

    def seal(self, text: str) -> str:
        """Return `text` encrypted; never twice the same."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed. Raises ConfigError when the key is another one."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ConfigError(
                "can't decrypt officers: SHAREBOT_SECRET_KEY is not the key they were sealed with"
            ) from None

    def index(self, text: str) -> str:
        """Return the blind index of `text`: equal for equal texts, useless without the key."""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).hexdigest()


def parse_keys(text: str) -> list[bytes]:
    """Read one or more keys, newest first, comma-separated, each 32 bytes as URL-safe base64."""
    keys = []
    for word in text.split(","):
        try:
            key = base64.urlsafe_b64decode(word.strip().encode())
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise ConfigError("SHAREBOT_SECRET_KEY: a key is 32 bytes in URL-safe base64 (44 characters)")
        keys.append(key)
    return keys


def new_key() -> str:
    """Return a fresh random key as text."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def read_or_create_key(path: Path = KEY_FILE) -> str:
    """Return the key in `path`, made on first use, readable by its owner only."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    key = new_key()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sharebot " + purpose).derive(key)
