"""``python -m tests.bench [NAME …] [--quick]``: print the table of measurements."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from importlib import import_module

from tests import real_services
from tests.bench import database
from tests.bench.measuring import Row, table

MEASUREMENTS = {
    "ingest": "ingest",
    "recount": "full_recount",
    "month": "one_month",
    "live": "live",
    "home": "home",
    "publish": "publishing",
    "ratings": "ratings",
    "whatif": "what_if",
    "anomalies": "anomalies",
}


def main() -> None:
    """Start the services, measure what was asked for, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="row", help=f"{', '.join(MEASUREMENTS)}; none: all")
    parser.add_argument("--quick", action="store_true", help="a small run, to try it")
    options = parser.parse_args()
    unknown = set(options.names) - MEASUREMENTS.keys()
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    # Ended from outside, leave by way of the clean-up below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with database.server() as database_url, real_services.redis() as redis_url:
        os.environ |= {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        }
        import django

        django.setup()
        rows: list[Row] = []
        for name in options.names or MEASUREMENTS:
            rows += import_module(f"tests.bench.{MEASUREMENTS[name]}").rows(options.quick)
        print(f"\n{table(rows)}")


if __name__ == "__main__":
    main()
