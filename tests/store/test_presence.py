"""Who is alive and who leads: one worker on SQLite, any number on PostgreSQL, of which one leads."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sharebot.errors import AlreadyRunning
from sharebot.store.database import Database
from sharebot.store.lock import Presence, is_alive

ON_POSTGRES = pytest.mark.xdist_group("postgres-store")
ROOT = Path(__file__).resolve().parents[2]
# Another process that takes its place, says that it has, and stays until it is killed.
STAY = """
import sys, time
from sharebot.store.database import Database
from sharebot.store.lock import Presence
from sharebot.store.vault import Vault
presence = Presence(Database(sys.argv[1], vault=Vault([b"k" * 32])), sys.argv[2])
presence.enter()
print("leads" if presence.leads else "follows", flush=True)
time.sleep(600)
"""
Enter = Callable[[str], Presence]


@pytest.fixture
def enter(request: pytest.FixtureRequest) -> Iterator[Enter]:
    """Return a function by which a worker of this process takes its place."""
    entered: list[Presence] = []

    def take(name: str, database: Database | None = None) -> Presence:
        presence = Presence(database or request.getfixturevalue("pg_database"), name)
        presence.enter()
        entered.append(presence)
        return presence

    yield take
    for presence in entered:
        presence.leave()


@pytest.fixture
def stay() -> Iterator[Callable[[Database, str], subprocess.Popen[str]]]:
    """Return a function that starts a worker process; those still running are killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(database: Database, name: str) -> subprocess.Popen[str]:
        url = database.url.set(drivername=database.url.get_backend_name()).render_as_string(hide_password=False)
        words = [sys.executable, "-c", STAY, url, name]
        started.append(subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def alive(database: Database, name: str) -> bool:
    with database.read() as session:
        return is_alive(session, name)


def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait for the server, which lets locks go a moment after their connection has ended."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


# --- SQLite


def test_on_sqlite_a_second_worker_is_told_who_the_first_is(database, enter):
    first = enter("one", database)
    assert first.leads
    assert first.look()
    with pytest.raises(AlreadyRunning, match=rf"already running on .*sharebot\.db \(pid {os.getpid()}\)"):
        Presence(database, "two").enter()
    first.leave()
    assert not first.leads
    assert enter("two", database).leads


def test_on_sqlite_a_killed_worker_leaves_its_place_at_once(database, enter, stay):
    process = stay(database, "one")
    assert heard(process) == "leads"
    with pytest.raises(AlreadyRunning, match=rf"pid {process.pid}\)"):
        enter("two", database)
    process.kill()
    process.wait()
    assert enter("two", database).leads


def test_on_sqlite_only_the_one_that_asks_is_alive(database, enter):
    enter("one", database)
    assert not alive(database, "another")


# --- PostgreSQL


@ON_POSTGRES
def test_of_many_workers_one_leads_and_its_end_lets_the_next_lead(pg_database, enter):
    first, second, third = enter("one"), enter("two"), enter("three")
    assert [one.look() for one in (first, second, third)] == [True, False, False]
    first.leave()
    until(second.look)
    assert [one.look() for one in (second, third)] == [True, False]
    assert [one.leads for one in (first, second, third)] == [False, True, False]
    until(lambda: not alive(pg_database, "one"))
    assert [alive(pg_database, name) for name in ("one", "two", "three", "four")] == [False, True, True, False]


@ON_POSTGRES
def test_a_worker_whose_connection_was_closed_lets_another_lead_and_notices(pg_database, enter):
    first, second = enter("one"), enter("two")
    cut_off_the_leader(pg_database)
    until(second.look)
    assert not first.look(), "it still believes that it leads"
    assert not first.leads
    assert not first.look()
    assert alive(pg_database, "one"), "it took its place again, behind the other"
    second.leave()
    until(first.look)


@ON_POSTGRES
def test_a_leader_that_was_cut_off_may_lead_again_when_nobody_took_over(pg_database, enter):
    first = enter("one")
    cut_off_the_leader(pg_database)
    until(lambda: not first.look())
    until(first.look)
    assert alive(pg_database, "one")


@ON_POSTGRES
def test_a_killed_process_is_dead_and_its_place_is_taken_within_seconds(pg_database, enter, stay):
    process = stay(pg_database, "child")
    assert heard(process) == "leads"
    second = enter("two")
    assert not second.leads
    assert alive(pg_database, "child")
    process.kill()
    process.wait()
    until(second.look, seconds=5)
    until(lambda: not alive(pg_database, "child"))


@ON_POSTGRES
def test_asking_who_lives_takes_nobodys_place(pg_database, enter):
    assert not alive(pg_database, "one")
    with pg_database.write() as session:
        assert not is_alive(session, "one")
        assert enter("two").leads
    assert enter("one").look() is False
    assert alive(pg_database, "one")


@ON_POSTGRES
def test_leaving_twice_and_looking_after_the_end_are_harmless(pg_database, enter):
    first = enter("one")
    first.leave()
    first.leave()
    until(lambda: not alive(pg_database, "one"))


def cut_off_the_leader(database: Database) -> None:
    """Do what a server does that restarts: end the connection that holds the leader's locks."""
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    # The lock of the leader has one number for its key; those that say who lives have two.
    leads = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND database = {here}"
    with database.engine.connect() as connection:
        pid = connection.execute(text(leads)).scalar_one()
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
