"""What every test can ask for: an empty cache, real services, a worker, a browser."""

import gc
import io
import os
import sys
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from portal.celery import app
from portal.serving import processes
from portal.serving.child import Child
from tests import real_services
from tests.browser import (  # noqa: F401  (fixtures, found by name)
    accessibility_violations,
    browser,
    desktop_page,
    page,
    phone_page,
)
from tests.emptying_the_log import log_emptied_between_tests  # noqa: F401  (found by name too)

HOW_TO_RUN = "Run this test with `python -m tests.real_services pytest …`."


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Start every test with nothing remembered from the one before."""
    cache.clear()


@pytest.fixture(autouse=True)
def the_portal_s_own_language() -> None:
    """Start every test in it: a page that was read in another leaves its thread there."""
    translation.deactivate()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the address of a PostgreSQL server: the one tests run on, else one of our own."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
    else:
        with real_services.postgres() as url:
            yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Return the address of a Redis server: the one tests run with, else one of our own."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
    else:
        with real_services.redis() as url:
            yield url


@pytest.fixture
def celery_worker_process(transactional_db: None) -> Iterator[Child]:
    """Run a real worker on the test's database and queue; kill it with `kill_group()` to try that.

    What the test commits the worker sees, and the other way round.
    """
    assert connection.vendor == "postgresql" and os.environ.get("REDIS_URL"), HOW_TO_RUN
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    worker = processes.worker(
        1, {"DATABASE_URL": address, "LOG_LEVEL": "INFO", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    )
    # Earlier tests enqueue without a worker; theirs is not this test's work.
    app.control.purge()
    worker.output = printed = io.StringIO()
    worker.start()
    try:
        deadline = time.monotonic() + 90
        while " ready." not in printed.getvalue():
            assert worker.running and time.monotonic() < deadline, printed.getvalue()
            time.sleep(0.05)
        yield worker
    finally:
        worker.ask_to_stop()
        worker.wait(10)
        worker.kill_group()
        sys.stdout.write(printed.getvalue())


#: What a test asks for when it needs a database or a server of ours.
OF_A_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server", "postgres_url", "redis_url"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--of-a-database",
        action="store_true",
        help="Only tests that ask for a database: the others come out the same whichever it is.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what no database has a part in, where only that is asked for."""
    if not config.getoption("--of-a-database"):
        return
    left_out = [item for item in items if not asks_for_a_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if asks_for_a_database(item)]


def asks_for_a_database(item: pytest.Item) -> bool:
    """Whether a test is marked for one, is one of Django's own cases, or asks for what rests on one."""
    case = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or (isinstance(case, type) and issubclass(case, TransactionTestCase))
        or not OF_A_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the collector what is loaded by now: going through it again and again costs a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
