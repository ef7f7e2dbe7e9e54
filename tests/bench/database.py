"""A PostgreSQL set up as for production, with as many databases as the measurements need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import sql

from tests import real_services

#: What an operator would set on a machine of this size; every commit waits for the disk.
OPTIONS = (
    "shared_buffers=2GB",
    "work_mem=64MB",
    "maintenance_work_mem=512MB",
    "effective_cache_size=8GB",
    "max_wal_size=16GB",
    "checkpoint_timeout=30min",
    "wal_compression=on",
    "random_page_cost=1.1",
    "fsync=on",
    "synchronous_commit=on",
)


@contextmanager
def server() -> Iterator[str]:
    """Run a PostgreSQL of our own for as long as the measurements take, and give its address."""
    with patch.object(real_services, "POSTGRES_OPTIONS", OPTIONS), real_services.postgres() as url:
        yield url


def make_database(name: str, like: str = "template1") -> None:
    """Make a database that is a copy of another one."""
    connection.close()
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like))
    with psycopg.connect(address("postgres"), autocommit=True) as maintenance:
        maintenance.execute(command)


def exists(name: str) -> bool:
    """Whether the server has a database of this name."""
    with psycopg.connect(address("postgres")) as maintenance:
        found = maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def use(name: str) -> None:
    """Let Django talk to this database of the server from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name


def address(name: str) -> str:
    """The address of a database of the server, for other processes."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
