"""Read the labelled posts of corpus/*.jsonl: what the Alliance published, what parties posted, what it was.

Keys of a post: n network, k kind, t text, l links, h hashtags, m mentions, s subject, f files, at "day hour:minute"
of November 2026 (null: not told), i its own id, by whose account, w [content, ground] or null, c why.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sharebot.rules.attribution import Code, Index, Target, index_targets
from sharebot.values.posts import Post
from sharebot.values.status import Network, PostKind
from sharebot.values.tracking import Ground

FOLDER = Path(__file__).parent / "corpus"
FILES = ("true_links", "true_others", "near_misses", "hostile", "hard_cases")
PARTIES = {"north": 1, "south": 2, "east": 3, "west": 4}
_NETWORKS = {
    "x": Network.X,
    "bsky": Network.BLUESKY,
    "masto": Network.MASTODON,
    "tg": Network.TELEGRAM,
    "web": Network.WEBSITE,
    "li": Network.LINKEDIN,
    "fb": Network.FACEBOOK,
    "ig": Network.INSTAGRAM,
    "tiktok": Network.TIKTOK,
    "threads": Network.THREADS,
    "yt": Network.YOUTUBE,
    "wa": Network.WHATSAPP,
}
_SITE = "https://www.alliance.example"
_PAGES = {
    10: {"en": "/en/vaccines-for-all", "fr": "/fr/vaccins-pour-tous", "es": "/es/vacunas-para-todos"}
    | {"ar": "/ar/لقاحات-للجميع"},
    11: {"en": "/en/nurses-speak"},
    12: {"en": "/podcast?episode=12"},
    13: {"fr": "/events?id=77"},
    14: {"en": "/en/open-letter", "de": "/de/offener-brief", "ru": "/ru/открытое-письмо", "zh": "/zh/open-letter"}
    | {"ja": "/ja/open-letter", "ko": "/ko/open-letter", "th": "/th/open-letter", "hi": "/hi/khula-patra"}
    | {"bn": "/bn/khola-chithi", "uk": "/uk/vidkrytyi-lyst", "el": "/el/anoichti-epistoli", "vi": "/vi/thu-ngo"}
    | {"fa": "/fa/نامه-سرگشاده", "he": "/he/mihtav-patuah"},
    15: {"en": "/en/budget-2027"},
    16: {"en": "/2025/report.pdf"},
}
_CODES = {
    "Q7mXa2LkP0": (1, 10),
    "tB4nZ8wYc1": (1, 11),
    "f9KqR3vUeD": (1, 12),
    "Hs5Jd0GxMo": (2, 10),
    "rC6yT1bNzA": (2, 14),
    "Wp8Lk2VsEi": (3, 13),
    "u3OaF7hXqY": (3, 14),
    "Zb1Dn9RtGm": (4, 10),
    "k4SvP6cJoU": (4, 15),
}
_FILE_IDS = {
    "AgADvaxposter": 10,
    "BAADnurses720": 11,
    "CQADepisode12": 12,
    "AgADmarchflyer": 13,
    "BQADletterpdf": 14,
}
_TAGS = {
    "globalvaxsolidarity": {10, 11},
    "صحة_للجميع": {10},
    "स्वास्थ्यसबकेलिए": {10},
    "здоровьедлявсех": {10},
    "全民健康": {10},
    "nursesspeak": {11},
    "healthontheline": {12},
    "marchforhealth": {13},
    "patentsoff": {14},
}
_NAMES = {
    Network.X: ("9001", "alliancehj"),
    Network.BLUESKY: ("did:plc:alliancehj", "alliance.example"),
    Network.MASTODON: ("https://social.alliance.example/users/alliance", "alliance@social.alliance.example"),
    Network.TELEGRAM: ("-1001500", "alliancehj"),
    Network.FACEBOOK: ("alliancehealthjustice",),
    Network.INSTAGRAM: ("alliancehj.official",),
    Network.THREADS: ("alliancehj.official",),
    Network.TIKTOK: ("alliance.hj",),
    Network.YOUTUBE: ("UCalliancehj0000000000aa".lower(), "alliancehj"),
    Network.LINKEDIN: ("urn:li:organization:4455", "alliancehj"),
}


def at(day: str) -> datetime:
    """Return "20 09:30" of November 2026."""
    return datetime.strptime(f"2026-11-{day} +0000", "%Y-%m-%d %H:%M %z").astimezone(UTC)


def x_id(when: datetime) -> str:
    """Return an id of X from this instant."""
    return str((int(when.timestamp() * 1000) - 1_288_834_974_657) << 22)


RELEASES = {10: "10 08:00", 11: "14 08:00", 12: "12 08:00", 13: "16 08:00", 14: "18 08:00", 15: "22 09:00"}
_OWN = {
    "x:10": x_id(at("10 08:05")),
    "x:11": x_id(at("14 08:05")),
    "x:14": x_id(at("18 08:05")),
    "bsky:10": "at://did:plc:alliancehj/app.bsky.feed.post/3lbvaxallz22k",
    "bsky:13": "at://did:plc:alliancehj/app.bsky.feed.post/3lbgeneva2k2k",
    "masto:10": "https://social.alliance.example/users/alliance/statuses/115500000000000010",
    "masto:12": "https://social.alliance.example/users/alliance/statuses/115520000000000012",
    "tg:10": "-1001500/210",
    "tg:14": "-1001500/233",
    "li:14": "urn:li:activity:7528743803289600000",
    "yt:11": "Nur5eSp3akQ",
}
_HUGE = {
    "huge:a": "a" * 1_000_000,
    "huge:marks": "e" + "\u0301" * 200_000,
    "huge:tags": "#" * 50_000,
    "huge:dots": "./" * 100_000,
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post, whose it is, and what a careful person at the Alliance says of it."""

    where: str
    post: Post
    member_id: int
    content_id: int | None
    ground: Ground | None
    note: str


def read_posts() -> list[Labelled]:
    """Return every labelled post."""
    return [labelled for name in FILES for labelled in _of_file(name)]


def build_index() -> Index:
    """Return what the Alliance published."""
    pages = [
        (f"{_SITE}{path}", Target(content, None, language))
        for content, paths in _PAGES.items()
        for language, path in paths.items()
    ]
    pages.append(("https://www.youtube.com/watch?v=Nur5eSp3akQ", Target(11, None, "en")))
    pages.append(("https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk", Target(12, None, "en")))
    words = [json.loads(line) for line in (FOLDER / "our_words.jsonl").read_text("utf-8").splitlines()]
    return Index(
        targets=index_targets(pages),
        codes={code: Code(member, Target(content)) for code, (member, content) in _CODES.items()},
        own_posts={(_NETWORKS[key.split(":")[0]], id): Target(int(key.split(":")[1])) for key, id in _OWN.items()},
        short_base="https://go.alliance.example/r",
        released_at={content: at(day) for content, day in RELEASES.items()},
        tags={tag: frozenset(contents) for tag, contents in _TAGS.items()},
        our_names=frozenset((network, name) for network, names in _NAMES.items() for name in names),
        files={name: Target(content) for name, content in _FILE_IDS.items()},
        words=[(Target(one["c"], None, one["lang"]), one["t"]) for one in words],
    )


def _of_file(name: str) -> Iterator[Labelled]:
    for number, line in enumerate((FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines(), start=1):
        row = json.loads(line)
        wanted = row["w"] or (None, None)
        yield Labelled(
            where=f"{name}:{number}",
            post=_post(row, f"{name}-{number}"),
            member_id=PARTIES.get(row.get("by", "north"), 1),
            content_id=wanted[0],
            ground=Ground(wanted[1]) if wanted[1] else None,
            note=row.get("c", ""),
        )


def _post(row: dict[str, Any], own_id: str) -> Post:
    network = _NETWORKS[row["n"]]
    told = row.get("at", "20 10:00")
    party = row.get("by", "north")
    name = row.get("i", own_id)
    return Post(
        network=network,
        external_id=x_id(at(name[2:])) if name.startswith("x@") else name,
        author_id=_NAMES[network][0] if party == "us" else f"{party}-{row['n']}",
        kind=PostKind(row.get("k", "post")),
        at=at(told) if told else None,
        subject_id=_OWN.get(row.get("s", ""), row.get("s")),
        links=tuple(_links(row)),
        text=_text(row.get("t", "")),
        hashtags=tuple(row.get("h", ())),
        mentions=tuple(row.get("m", ())),
        files=tuple(row.get("f", ())),
    )


def _links(row: dict[str, Any]) -> Iterator[str]:
    for link in row.get("l", ()):
        if link == "many":
            yield from (f"https://spam.example/{number}" for number in range(10_000))
        else:
            yield link.replace("{x:10}", _OWN["x:10"]).replace("{x:14}", _OWN["x:14"])


def _text(text: str) -> str:
    if text == "huge:words":
        ours = (FOLDER / "our_words.jsonl").read_text("utf-8").splitlines()[0]
        return " ".join(word for word in sorted(set(json.loads(ours)["t"].split())) for _ in range(100))
    return _HUGE.get(text, text)
