"""The editor's form as a browser would send it."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects the fields of the form with the id `edit`."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._inside = False
        self._name = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = values.get("id") == "edit"
        if not self._inside:
            return
        name = values.get("name", "")
        if tag == "input" and name and (values.get("type") != "checkbox" or "checked" in values):
            self.fields.append((name, values.get("value", "")))
        if tag == "textarea":
            self._name, self._text = name, []
        if tag == "select":
            self._name = name
            self.fields.append((name, ""))
        if tag == "option" and "selected" in values:
            self.fields[-1] = (self._name, values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            self.fields.append((self._name, "".join(self._text).removeprefix("\n")))
            self._text = None
        if tag == "form":
            self._inside = False


def fields_of(html: str) -> dict[str, list[str]]:
    """Return the values of the editor's fields, in the order of the versions."""
    reader = _Reader()
    reader.feed(html)
    found: dict[str, list[str]] = {}
    for name, value in reader.fields:
        found.setdefault(name, []).append(value)
    return found
