"""What the editor's fields are called, and what is wrong with what stands in them."""

from collections.abc import Iterable

from sharebot.rules.drafts import Fault
from sharebot.texts.catalogue import Translator
from sharebot.values.status import Network


def name_field(t: Translator, field: str) -> str:
    """Name a field; those for single networks have their networks' names."""
    names = {
        "title": t("Title"),
        "text": t("Text"),
        "url": t("Link"),
        "wordings": t("Texts to post"),
        "hashtags": t("Hashtags"),
        "campaign": t("Campaign"),
        "topics": t("Topics"),
        "language": t("Language"),
    }
    return names[field] if field in names else Network(field).label


def explain_faults(t: Translator, faults: Iterable[Fault]) -> dict[str, str]:
    """Return what is wrong, by `language.field`; of several faults of a field the first."""
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(f"{fault.language}.{fault.field}", _explain(t, fault))
    return found


def _explain(t: Translator, fault: Fault) -> str:
    n, limit = t.number(fault.n), t.number(fault.limit)
    special = {
        ("title", "missing"): t("A title is needed."),
        ("language", "missing"): t("Choose the language of what you wrote."),
        ("url", "unfit"): t("This is no web address."),
        ("hashtags", "unfit"): t("A hashtag has letters, digits and underscores, and at least one letter."),
        ("wordings", "long"): t("One text has {n} characters; {limit} are possible.", n=n, limit=limit),
        ("wordings", "many"): t("These are {n} texts; {limit} are possible.", n=n, limit=limit),
    }
    words = special.get((fault.field, fault.word))
    return words or t("Too long: {n} of {limit}.", n=n, limit=limit)
