"""The texts to post a language version with: those that are dealt out, and those for single networks."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from sharebot.models import NetworkText, Wording
from sharebot.store.once import once
from sharebot.values.status import Network

_ORDER = tuple(Network)


def list_wordings(session: Session, variant_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the texts of language versions in their order, by version."""
    rows = select(Wording).where(col(Wording.variant_id).in_(variant_ids)).order_by(col(Wording.position))
    found: dict[int, list[str]] = {one: [] for one in variant_ids}
    for wording in once(session, ("wordings", *variant_ids), lambda: session.exec(rows).all()):
        found[wording.variant_id].append(wording.text)
    return found


def list_network_texts(session: Session, variant_ids: Collection[int]) -> dict[int, list[tuple[Network, str]]]:
    """Return the texts of language versions for single networks, in the order of the networks, by version."""
    rows = select(NetworkText).where(col(NetworkText.variant_id).in_(variant_ids))
    found: dict[int, list[tuple[Network, str]]] = {one: [] for one in variant_ids}
    owns: Sequence[NetworkText] = once(session, ("network texts", *variant_ids), lambda: session.exec(rows).all())
    for own in sorted(owns, key=lambda one: _ORDER.index(one.network)):
        found[own.variant_id].append((own.network, own.text))
    return found


def set_network_texts(session: Session, variant_id: int, texts: Mapping[Network, str]) -> None:
    """Give a language version these texts for single networks instead of those it has."""
    session.execute(delete(NetworkText).where(col(NetworkText.variant_id) == variant_id))
    session.add_all(
        NetworkText(variant_id=variant_id, network=network, text=text) for network, text in texts.items() if text
    )
    session.flush()
