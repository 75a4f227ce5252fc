"""Inline mode: what people ask for in other chats, and what the bot offers them."""

from typing import Any

from sharebot.sandbox.arguments import TEXT_LIMIT, read_keyboard, read_words
from sharebot.sandbox.entities import Formatted
from sharebot.sandbox.refusals import Refusal

MOST_RESULTS, LONGEST_ID = 50, 64


class Inline:
    """Queries and their answers. `is_on` and `feedback` are what BotFather was told."""

    def __init__(self) -> None:
        self.is_on = self.feedback = True
        self.answers: dict[str, dict[str, Any]] = {}
        self._asked_by: dict[str, int] = {}

    def ask(self, user_id: int) -> str:
        """Open a query and return its id."""
        query_id = f"q{len(self._asked_by) + 1:05}"
        self._asked_by[query_id] = user_id
        return query_id

    def answer(self, arguments: dict[str, Any]) -> None:
        """Take an answer. Raises Refusal for one that Telegram would not take."""
        query_id, results = arguments["inline_query_id"], arguments["results"]
        if query_id not in self._asked_by or query_id in self.answers:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(results) > MOST_RESULTS:
            raise Refusal(400, "Bad Request: RESULTS_TOO_MUCH")
        if len({one.get("id") for one in results}) < len(results):
            raise Refusal(400, "Bad Request: RESULT_ID_DUPLICATE")
        for one in results:
            _read(one)
        self.answers[query_id] = arguments

    def results_for(self, user_id: int) -> list[dict[str, Any]]:
        """Return the results of the latest answer to somebody."""
        answered = [query_id for query_id, asker in self._asked_by.items() if asker == user_id]
        latest = next((one for one in reversed(answered) if one in self.answers), None)
        return list(self.answers[latest]["results"]) if latest else []

    def take(self, user_id: int, result_id: str) -> tuple[Formatted, list[list[dict[str, Any]]]]:
        """Return the words and the keyboard of a result. Raises KeyError when it was not offered."""
        for one in self.results_for(user_id):
            if one["id"] == result_id:
                return _read(one)
        raise KeyError(result_id)


def _read(result: dict[str, Any]) -> tuple[Formatted, list[list[dict[str, Any]]]]:
    """Return what an article would say. Raises Refusal."""
    if not 1 <= len(str(result.get("id", "")).encode()) <= LONGEST_ID:
        raise Refusal(400, "Bad Request: RESULT_ID_INVALID")
    if result.get("type") != "article":
        raise Refusal(400, "Bad Request: unallowed inline query result type")
    if not result.get("title"):
        raise Refusal(400, "Bad Request: title must be non-empty")
    content = result.get("input_message_content") or {}
    words = read_words({**content, "text": content.get("message_text")}, "text", TEXT_LIMIT)
    return words, read_keyboard(result)
