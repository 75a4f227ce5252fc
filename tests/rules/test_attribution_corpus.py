"""How well posts are attributed: precision and recall over the labelled corpus, and every miss by name."""

from collections import Counter

import pytest

from sharebot.rules.attribution import Match, match
from sharebot.values.status import Network
from sharebot.values.tracking import Ground
from tests.rules.observed_corpus import Labelled, build_index, read_posts

INDEX = build_index()
POSTS = read_posts()


def _found(one: Labelled) -> Match | None:
    verdict = match(one.post, one.member_id, index=INDEX)
    return verdict if isinstance(verdict, Match) else None


def _tell(one: Labelled, found: Match | None) -> str:
    wanted = f"{one.content_id} by {one.ground}" if one.content_id else "none"
    got = f"{found.content_id} by {found.ground} ({found.reason})" if found else "none"
    return f"{one.where} {one.post.network} wanted {wanted}, got {got}: {one.note or one.post.text[:60]!r}"


def test_precision_and_recall_over_the_labelled_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    found = [(one, _found(one)) for one in POSTS]
    right = [one for one, hit in found if hit and hit.content_id == one.content_id]
    counted = sum(hit is not None for _, hit in found)
    wanted = sum(one.content_id is not None for one in POSTS)
    misses = [_tell(one, hit) for one, hit in found if (hit.content_id if hit else None) != one.content_id]
    other_grounds = [_tell(one, hit) for one, hit in found if hit and one in right and hit.ground is not one.ground]
    precision, recall = len(right) / counted, len(right) / wanted
    with capsys.disabled():
        print(f"\n{len(POSTS)} posts, {wanted} shares: precision {precision:.4f}, recall {recall:.4f}")
        print("\n".join([*misses, *(f"ground: {line}" for line in other_grounds)]))
    assert len(POSTS) >= 300
    assert precision >= 0.99
    assert recall >= 0.97
    assert len(other_grounds) <= 0.01 * len(right)


def test_the_corpus_is_broad() -> None:
    networks = Counter(one.post.network for one in POSTS)
    assert set(networks) == set(Network) - {Network.EMAIL}
    assert {one.ground for one in POSTS} - {None} == set(Ground)
    assert sum(one.content_id is None for one in POSTS) >= 100
