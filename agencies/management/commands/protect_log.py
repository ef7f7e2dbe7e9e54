"""`manage.py protect_log ROLE`: the application's database role may add to the log, nothing else."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from psycopg import sql

from agencies.event_log_guard import TABLE

#: What nobody but the tables' owner needs; the head row moves on with every entry.
RIGHTS = {
    TABLE: ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"),
    f"{TABLE}head": ("DELETE", "TRUNCATE", "TRIGGER"),
}


class Command(BaseCommand):
    """Take from a PostgreSQL role the rights to change or remove rows of the log."""

    help = (
        "On PostgreSQL: revoke UPDATE, DELETE, TRUNCATE and TRIGGER on the log of decisions from a role. Run "
        "it, as migrations, by the role that owns the tables, for the role the portal runs as: an owner "
        "can always give itself rights back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which role."""
        parser.add_argument("role", help="the database role in the portal's DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke; raises CommandError where that has no effect, saying what is in the way."""
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles; its triggers protect the log.")
        role = options["role"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
            known = cursor.fetchone()
            if known is None:
                raise CommandError(f"There is no role {role}.")
            if known[0]:
                raise CommandError(
                    f"{role} is a superuser, whom nothing binds: let the portal run as another."
                )
            cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = %s", [TABLE])
            if cursor.fetchone()[0] == role:
                raise CommandError(
                    f"{role} owns the table and could give itself the rights back: let another role own the "
                    "tables and run the migrations."
                )
            left = []
            for table, rights in RIGHTS.items():
                for grantee in (sql.Identifier(role), sql.SQL("PUBLIC")):
                    listed = sql.SQL(", ").join(sql.SQL(right) for right in rights)
                    statement = sql.SQL("REVOKE {} ON {} FROM {}")
                    cursor.execute(statement.format(listed, sql.Identifier(table), grantee))
                for right in rights:
                    cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, right])
                    if cursor.fetchone()[0]:
                        left.append(f"{right} on {table}")
        if left:
            raise CommandError(f"{role} still holds {', '.join(left)} through a role it is a member of.")
        self.stdout.write(f"{role} may read the log and add to it, nothing else.")
