"""Every catalogue of every language says all that the code says, nothing else, with the same places to fill."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import sharebot
from sharebot.texts.catalogue import SOURCE_LANGUAGE, languages, list_files, read_catalogue

SOURCE = Path(sharebot.__file__).parent
DOMAINS = {
    "joining": (
        "texts/joining.py",
        "texts/settings.py",
        "texts/leaving.py",
        "texts/help.py",
        "texts/accounts.py",
        "texts/party_channels.py",
    ),
    "alerts": ("texts/alerts.py",),
    "groups": ("texts/groups.py",),
    "desk": ("texts/desk.py", "texts/desk_cards.py", "texts/desk_lists.py", "texts/desk_report.py"),
    "asks": ("texts/digest.py", "texts/reminder.py"),
    "officer": (
        "texts/officer.py",
        "texts/embargo.py",
        "texts/item_buttons.py",
        "texts/kit.py",
        "texts/questions.py",
        "texts/replies.py",
        "bot",
    ),
    "personal": ("texts/files.py", "texts/personal.py"),
    "posts": ("texts/posts.py", "texts/proposals.py", "texts/impact.py"),
    "report": ("reports",),
    "staff": ("web",),
}
PLURALS = {"fr": (2, "(n > 1)"), "es": (2, "(n != 1)")}
TRANSLATED = [language for language in languages() if language != SOURCE_LANGUAGE]
CATALOGUES = [(language, domain) for language in TRANSLATED for domain in DOMAINS]
Forms = tuple[str, ...]

every_catalogue = pytest.mark.parametrize(("language", "domain"), CATALOGUES)


# Babel's and jinja's own extractors see neither calls inside f-strings nor `t.n` in templates, so both trees are
# walked here: `t(...)`, `t.html(...)`, `t.n(one, many, ...)`, where `t` may also be `speak(...)`.


def in_python(code: str) -> Iterator[Forms]:
    for call in ast.walk(ast.parse(code)):
        if not isinstance(call, ast.Call):
            continue
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if _speaks(call.func.value if isinstance(call.func, ast.Attribute) else call.func):
            yield from _said(method, [ast.unparse(one) for one in call.args], [_literal(one) for one in call.args])


def in_template(code: str) -> Iterator[Forms]:
    for call in Environment(autoescape=True).parse(code).find_all(nodes.Call):
        method = call.node.attr if isinstance(call.node, nodes.Getattr) else ""
        owner = call.node.node if isinstance(call.node, nodes.Getattr) else call.node
        if isinstance(owner, nodes.Name) and owner.name == "t":
            values = [one.value if isinstance(one, nodes.Const) else None for one in call.args]
            yield from _said(method, [repr(one) for one in call.args], values)


def _speaks(node: ast.expr) -> bool:
    """Whether an expression is a translator: `t`, or `speak(language)`."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "speak"
    return isinstance(node, ast.Name) and node.id == "t"


def _literal(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _said(method: str, written: list[str], values: list[object]) -> Iterator[Forms]:
    if method not in {"", "n", "html"}:
        return
    wanted = 2 if method == "n" else 1
    forms = tuple(one for one in values[:wanted] if isinstance(one, str))
    assert len(forms) == wanted, f"a translator is called with something else than a text: {written}"
    yield forms


@cache
def messages(domain: str) -> frozenset[Forms]:
    """Return what the code of a domain says, each as (text,) or (one, many)."""
    found: set[Forms] = set()
    for place in DOMAINS[domain]:
        path = SOURCE / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix == ".py":
                found.update(in_python(file.read_text(encoding="utf-8")))
            if file.suffix == ".html":
                found.update(in_template(file.read_text(encoding="utf-8")))
    return frozenset(found)


def catalogue(language: str, domain: str) -> Catalog:
    found = read_catalogue(domain, language)
    assert found is not None
    return found


def entries(language: str, domain: str) -> list[Message]:
    return [message for message in catalogue(language, domain) if message.id]


def forms_of(value: object) -> Forms:
    return tuple(str(one) for one in value) if isinstance(value, tuple | list) else (str(value),)


def places(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def tags(text: str) -> list[str]:
    return sorted(re.findall(r"</?\w+>", text))


def has_words(text: str) -> bool:
    """Whether something is left to translate when the places are taken out."""
    return any(letter.isalpha() for letter in re.sub(r"\{\w*\}", "", text))


def test_there_are_languages_and_messages() -> None:
    assert TRANSLATED
    assert all(messages(domain) for domain in DOMAINS)


@every_catalogue
def test_nothing_is_said_in_two_files(language: str, domain: str) -> None:
    said: list[Forms] = []
    for path in list_files(domain, language):
        with path.open("rb") as file:
            said += [forms_of(message.id) for message in read_po(file, locale=language) if message.id]
    assert sorted({one for one in said if said.count(one) > 1}) == []


@every_catalogue
def test_nothing_is_missing(language: str, domain: str) -> None:
    known = {forms_of(message.id) for message in entries(language, domain)}
    assert [forms for forms in messages(domain) if forms not in known and has_words(forms[0])] == []


@every_catalogue
def test_nothing_is_obsolete(language: str, domain: str) -> None:
    stale = [forms_of(message.id) for message in entries(language, domain)]
    assert [forms for forms in stale if forms not in messages(domain)] == []
    assert list(catalogue(language, domain).obsolete) == []


@every_catalogue
def test_nothing_is_fuzzy_or_empty(language: str, domain: str) -> None:
    bad = [one.id for one in entries(language, domain) if one.fuzzy or not all(forms_of(one.string))]
    assert bad == []


@every_catalogue
def test_every_form_has_the_places_and_tags_of_the_english(language: str, domain: str) -> None:
    for message in entries(language, domain):
        english = forms_of(message.id)[-1]
        for form in forms_of(message.string):
            assert places(form) == places(english), (english, form)
            assert tags(form) == tags(english), (english, form)


@every_catalogue
def test_every_plural_has_all_its_forms(language: str, domain: str) -> None:
    count, expression = PLURALS[language]
    loaded = catalogue(language, domain)
    assert (loaded.num_plurals, loaded.plural_expr) == (count, expression)
    assert [one.id for one in entries(language, domain) if one.pluralizable and len(one.string or ()) != count] == []


@every_catalogue
def test_the_header_is_right(language: str, domain: str) -> None:
    # Babel fills in a rule that the file does not state, so the file itself is read.
    head = list_files(domain, language)[0].read_text(encoding="utf-8").split("\n\n")[0]
    count, expression = PLURALS[language]
    assert f'"Plural-Forms: nplurals={count}; plural={expression};\\n"' in head
    assert f'"Language: {language}\\n"' in head
    assert re.search(r'"Content-Type: text/plain; charset=utf-8\\n"', head, re.IGNORECASE)


@every_catalogue
def test_lines_and_margins_stay_as_in_english(language: str, domain: str) -> None:
    for message in entries(language, domain):
        english = forms_of(message.id)[-1]
        for form in forms_of(message.string):
            assert form.count("\n") == english.count("\n"), form
            assert form == form.strip(), form


@pytest.mark.parametrize("domain", DOMAINS)
def test_french_has_narrow_spaces(domain: str) -> None:
    wrong = re.compile(r"[^\s\u202f\d][;:!?»](?![/\w])|«[^\u202f]|[ \u00a0][;:!?»]")
    texts = [form for message in entries("fr", domain) for form in forms_of(message.string)]
    assert [text for text in texts if wrong.search(text)] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_spanish_opens_what_it_closes(domain: str) -> None:
    texts = [form for message in entries("es", domain) for form in forms_of(message.string)]
    assert [text for text in texts if text.count("¿") != text.count("?") or text.count("¡") != text.count("!")] == []
