"""Triggers that let nothing change or remove what was published, on both databases."""

from __future__ import annotations

from typing import Any

PUBLICATIONS = "scoring_publication"
SCORECARDS = "scoring_publishedscorecard"
TOLD = "What was published is not changed; a correction is a new version."

_OF_PUBLISHED = f"EXISTS (SELECT 1 FROM {PUBLICATIONS} p WHERE p.id = {{}} AND p.state = 'published')"  # noqa: S608

_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION {PUBLICATIONS}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION {SCORECARDS}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' AND {_OF_PUBLISHED.format("OLD.publication_id")} THEN
            RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP <> 'DELETE' AND {_OF_PUBLISHED.format("NEW.publication_id")} THEN
            RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER {PUBLICATIONS}_kept BEFORE UPDATE OR DELETE ON {PUBLICATIONS}
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION {PUBLICATIONS}_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER {PUBLICATIONS}_not_emptied BEFORE TRUNCATE ON {PUBLICATIONS}
    FOR EACH STATEMENT EXECUTE FUNCTION {PUBLICATIONS}_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER {SCORECARDS}_kept BEFORE INSERT OR UPDATE OR DELETE ON {SCORECARDS}
    FOR EACH ROW EXECUTE FUNCTION {SCORECARDS}_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER {SCORECARDS}_not_emptied BEFORE TRUNCATE ON {SCORECARDS}
    FOR EACH STATEMENT EXECUTE FUNCTION {PUBLICATIONS}_refuse()
    """,
)


def _sqlite(name: str, when: str, condition: str) -> str:
    table = SCORECARDS if name.startswith(SCORECARDS) else PUBLICATIONS
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
    )


#: INSERT OR REPLACE removes the row in its way without asking the trigger of DELETE, so INSERT asks too.
_SQLITE = (
    _sqlite(f"{PUBLICATIONS}_not_changed", "UPDATE", "OLD.state = 'published'"),
    _sqlite(f"{PUBLICATIONS}_not_removed", "DELETE", "OLD.state = 'published'"),
    _sqlite(
        f"{PUBLICATIONS}_not_replaced",
        "INSERT",
        f"EXISTS (SELECT 1 FROM {PUBLICATIONS} p WHERE p.state = 'published' AND "  # noqa: S608
        "(p.id = NEW.id OR p.number = NEW.number OR (p.period = NEW.period AND p.version = NEW.version)))",
    ),
    _sqlite(
        f"{SCORECARDS}_not_changed",
        "UPDATE",
        f"{_OF_PUBLISHED.format('OLD.publication_id')} OR {_OF_PUBLISHED.format('NEW.publication_id')}",
    ),
    _sqlite(f"{SCORECARDS}_not_removed", "DELETE", _OF_PUBLISHED.format("OLD.publication_id")),
    _sqlite(
        f"{SCORECARDS}_not_added",
        "INSERT",
        f"{_OF_PUBLISHED.format('NEW.publication_id')} OR EXISTS (SELECT 1 FROM {SCORECARDS} s "  # noqa: S608
        f"WHERE s.id = NEW.id AND {_OF_PUBLISHED.format('s.publication_id')})",
    ),
)
_NAMES = {
    "postgresql": (
        (PUBLICATIONS, f"{PUBLICATIONS}_kept"),
        (PUBLICATIONS, f"{PUBLICATIONS}_not_emptied"),
        (SCORECARDS, f"{SCORECARDS}_kept"),
        (SCORECARDS, f"{SCORECARDS}_not_emptied"),
    ),
    "sqlite": (
        (PUBLICATIONS, f"{PUBLICATIONS}_not_changed"),
        (PUBLICATIONS, f"{PUBLICATIONS}_not_removed"),
        (PUBLICATIONS, f"{PUBLICATIONS}_not_replaced"),
        (SCORECARDS, f"{SCORECARDS}_not_changed"),
        (SCORECARDS, f"{SCORECARDS}_not_removed"),
        (SCORECARDS, f"{SCORECARDS}_not_added"),
    ),
}


def install(connection: Any) -> None:
    """Put the triggers in place, where they are not."""
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the triggers away: what undoing the migration that brought them does."""
    with connection.cursor() as cursor:
        for table, name in _NAMES[connection.vendor]:
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: Any) -> list[str]:
    """Names of the triggers that are not there, or not at work."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger "
                "WHERE tgenabled IN ('O', 'A') AND tgrelid = ANY(%s::regclass[])",
                [[PUBLICATIONS, SCORECARDS]],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        found = {name for (name,) in cursor.fetchall()}
    return [name for _table, name in _NAMES[connection.vendor] if name not in found]
