"""The people of a big database: staff, parties in 70 countries, their officers, chats and accounts."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, Final

from sharebot.store.vault import Vault
from sharebot.values.status import AccountStatus, ChatKind, DataTier, MemberKind, Network, OfficerStatus, StaffRole
from tests.cast import NOW

MEMBERS, OFFICERS, ACTIVE = 130, 400, 375
COUNTRIES: Final = {
    "Europe": "BE FR ES DE IT PT NL IE GR AT PL CZ SE NO FI DK RO BG HR HU",
    "Africa": "SN MA TN DZ CI CM GH KE NG ZA UG RW TG BJ MG",
    "Americas": "AR BR CL CO MX PE UY BO EC VE CR PA CU DO HT",
    "Asia": "IN NP LK PH ID MY JP KR TH BD",
    "Middle East": "LB JO IQ EG TR IL PS",
    "Oceania": "AU NZ FJ",
}
ZONES: Final = dict(
    zip(
        COUNTRIES,
        ["Europe/Brussels", "Africa/Dakar", "America/Bogota", "Asia/Manila", "Asia/Beirut", "Pacific/Auckland"],
        strict=True,
    )
)
SPOKEN: Final = ("en", "fr,en", "es,en", "fr", "en", "es")
_SAID = (
    "climate care peace wages housing women youth union summit solidarity water energy justice europe africa debate "
    "vote campaign congress equality education health border trade"
)
WORDS: Final = _SAID.split()
WEB = (Network.X, Network.FACEBOOK, Network.BLUESKY, Network.MASTODON, Network.LINKEDIN)

Row = dict[str, Any]


def staff() -> Iterator[Row]:
    """Yield two people of each role."""
    for number, role in enumerate([*StaffRole, *StaffRole], 1):
        email = f"staff{number}@alliance.example"
        yield {"id": number, "email": email, "role": role, "name": f"Staff {number}", "created_at": NOW}


def members() -> Iterator[Row]:
    """Yield parties in all the countries."""
    places = [(region, country) for region, codes in COUNTRIES.items() for country in codes.split()]
    for number in range(1, MEMBERS + 1):
        region, country = places[number % len(places)]
        yield {
            "id": number,
            "code": f"party-{number}",
            "name": f"Party of {WORDS[number % len(WORDS)].title()} {number}",
            "kind": list(MemberKind)[number % 11 == 0],
            "country": country,
            "region": region,
            "languages": SPOKEN[number % len(SPOKEN)],
            "zone": ZONES[region],
            "created_at": NOW - 800 * timedelta(days=1),
        }


def chats(vault: Vault) -> Iterator[Row]:
    """Yield a chat for each active officer, some of them groups."""
    for number in range(1, ACTIVE + 1):
        sealed, index = vault.seal(f"{90_000 + number}"), vault.index(f"{90_000 + number}")
        kind = ChatKind.GROUP if number % 20 == 0 else ChatKind.PRIVATE
        yield {"id": number, "bot_id": 1, "kind": kind, "address_sealed": sealed, "address_index": index}


def officers(vault: Vault) -> Iterator[Row]:
    """Yield the seats, the last of them still invited."""
    for number in range(1, OFFICERS + 1):
        is_active = number <= ACTIVE
        yield {
            "id": number,
            "member_id": (number - 1) % MEMBERS + 1,
            "label_sealed": vault.seal(f"Desk {number}"),
            "label_index": vault.index(f"Desk {number}"),
            "chat_id": number if is_active else None,
            "language": SPOKEN[((number - 1) % MEMBERS + 1) % len(SPOKEN)][:2],
            "tier": list(DataTier)[number % 3],
            "status": OfficerStatus.ACTIVE if is_active else OfficerStatus.INVITED,
            "high_risk": number % 60 == 0,
            "created_at": NOW - 700 * timedelta(days=1),
            "joined_at": NOW - 690 * timedelta(days=1) if is_active else None,
            "consented_at": NOW - 690 * timedelta(days=1) if is_active else None,
        }


def accounts() -> Iterator[Row]:
    """Yield accounts that can be watched, and ones that cannot."""
    numbers = count(1)
    for member in range(1, MEMBERS + 1):
        for network in WEB[:3]:
            seen = AccountStatus.UNOBSERVABLE if network is Network.FACEBOOK else AccountStatus.WATCHED
            external = f"{network.value}-{member}"
            yield {
                "id": next(numbers),
                "member_id": member,
                "network": network,
                "handle": f"party{member}",
                "external_id": external,
                "status": seen,
            }
