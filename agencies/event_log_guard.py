"""Triggers that refuse to change or remove rows of the log, on both databases."""

from __future__ import annotations

from typing import Any

TABLE = "agencies_eventlog"
TOLD = "The log of decisions is only ever added to."

_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER {TABLE}_kept BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER {TABLE}_not_emptied BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()
    """,
)
_SQLITE = (
    f"""
    CREATE TRIGGER IF NOT EXISTS {TABLE}_not_changed BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TOLD}'); END
    """,
    f"""
    CREATE TRIGGER IF NOT EXISTS {TABLE}_not_removed BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{TOLD}'); END
    """,
    # INSERT OR REPLACE removes the row in its way without asking the trigger above.
    f"""
    CREATE TRIGGER IF NOT EXISTS {TABLE}_not_replaced BEFORE INSERT ON {TABLE}
    WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE number = NEW.number OR hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, '{TOLD}'); END
    """,  # noqa: S608  (all constants)
)
_NAMES = {
    "postgresql": (f"{TABLE}_kept", f"{TABLE}_not_emptied"),
    "sqlite": (f"{TABLE}_not_changed", f"{TABLE}_not_removed", f"{TABLE}_not_replaced"),
}


def install(connection: Any) -> None:
    """Put the triggers in place, where they are not."""
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the triggers away: what undoing the migration that brought them does."""
    with connection.cursor() as cursor:
        for name in _NAMES[connection.vendor]:
            on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: Any) -> list[str]:
    """Names of the triggers that are not there, or not at work."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')",
                [TABLE],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in _NAMES[connection.vendor] if name not in found]
