"""The flows' scene: real bot, messenger and database against the sandbox."""

from tests.flows.conftest import listening, scene

__all__ = ["listening", "scene"]
