"""The pages' catalogues: complete, without leftovers, with the same places to fill."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import sharebot.web
from sharebot.texts.catalogue import LOCALES

WEB = Path(sharebot.web.__file__).parent
PLACE = re.compile(r"\{(\w+)\}")


def in_templates() -> Iterator[tuple[str, ...]]:
    for path in sorted((WEB / "templates").glob("*.html")):
        tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            target = call.node
            plural = isinstance(target, nodes.Getattr) and target.attr == "n"
            owner = target.node if isinstance(target, nodes.Getattr) else target
            if isinstance(owner, nodes.Name) and owner.name == "t" and (owner is target or plural):
                yield tuple(arg.as_const() for arg in call.args[: 2 if plural else 1])


def in_code() -> Iterator[tuple[str, ...]]:
    for path in sorted(WEB.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Name) and call.func.id == "t":
                yield (ast.literal_eval(call.args[0]),)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "n":
                yield tuple(ast.literal_eval(arg) for arg in call.args[:2])


def messages() -> set[tuple[str, ...]]:
    return {*in_templates(), *in_code()}


@pytest.fixture(params=["fr", "es"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    with (LOCALES / request.param / "staff.po").open("rb") as file:
        return read_po(file, locale=request.param)


def test_every_message_is_translated_with_the_same_places(catalog: Catalog) -> None:
    for forms in messages():
        message = catalog.get(forms[0])
        assert message is not None and message.string, f"missing: {forms[0]!r}"
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert len(strings) >= len(forms) and all(strings), forms
        for string in strings:
            assert set(PLACE.findall(str(string))) == set(PLACE.findall(forms[-1])), forms


def test_no_message_is_left_over(catalog: Catalog) -> None:
    known = {forms[0] for forms in messages()}
    assert [str(message.id) for message in catalog if message.id and _first(message.id) not in known] == []


def test_french_has_its_narrow_spaces() -> None:
    with (LOCALES / "fr" / "staff.po").open("rb") as file:
        catalog = read_po(file, locale="fr")
    texts = [str(form) for message in catalog if message.id for form in _forms(message.string)]
    assert [text for text in texts if re.search(r"[^\s\u202f\d][;:!?»]|«[^\u202f]| [;:!?»]", text)] == []


def _first(message_id: object) -> object:
    return message_id[0] if isinstance(message_id, tuple | list) else message_id


def _forms(string: object) -> tuple[object, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (string,)
