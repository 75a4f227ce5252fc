"""The texts to post a language version with: those that are dealt out, and those for single networks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import String, cast, delete, literal, null, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from sharebot.models import NetworkText, Wording
from sharebot.store.once import once
from sharebot.values.status import Network

_ORDER = tuple(Network)


def list_wordings(session: Session, variant_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the texts of language versions in their order, by version."""
    found: dict[int, list[str]] = {one: [] for one in variant_ids}
    for variant_id, network, text in _list_texts(session, variant_ids):
        if network is None:
            found[variant_id].append(text)
    return found


def list_network_texts(session: Session, variant_ids: Collection[int]) -> dict[int, list[tuple[Network, str]]]:
    """Return the texts of language versions for single networks, in the order of the networks, by version."""
    owns = [(one, Network(network), text) for one, network, text in _list_texts(session, variant_ids) if network]
    found: dict[int, list[tuple[Network, str]]] = {one: [] for one in variant_ids}
    for variant_id, network, text in sorted(owns, key=lambda own: _ORDER.index(own[1])):
        found[variant_id].append((network, text))
    return found


def _list_texts(session: Session, variant_ids: Collection[int]) -> Sequence[tuple[int, str | None, str]]:
    """Return both kinds of texts in one statement, by version, network (None of a wording), and words."""
    nowhere = cast(null(), String)
    wordings: Any = select_columns(
        col(Wording.variant_id), nowhere.label("network"), col(Wording.position).label("position"), col(Wording.text)
    ).where(col(Wording.variant_id).in_(variant_ids))
    own = select_columns(
        col(NetworkText.variant_id), cast(col(NetworkText.network), String), literal(0), col(NetworkText.text)
    ).where(col(NetworkText.variant_id).in_(variant_ids))
    both: Any = union_all(wordings, own).order_by("position")

    def load() -> Sequence[tuple[int, str | None, str]]:
        return [(variant_id, network, text) for variant_id, network, _, text in session.execute(both)]

    return once(session, ("texts", *variant_ids), load)


def set_network_texts(session: Session, variant_id: int, texts: Mapping[Network, str]) -> None:
    """Give a language version these texts for single networks instead of those it has."""
    session.execute(delete(NetworkText).where(col(NetworkText.variant_id) == variant_id))
    session.add_all(
        NetworkText(variant_id=variant_id, network=network, text=text) for network, text in texts.items() if text
    )
    session.flush()
