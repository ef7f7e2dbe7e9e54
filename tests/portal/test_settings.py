"""What the settings do when nobody says otherwise. Each case starts a Python of its own."""

import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings

READ = """
import json, sys
from portal import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def run_python(arguments: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with these environment variables and no others of the portal's."""
    system = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**system, "ENV_FILE": os.devnull, **env},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def read_settings(*names: str, **env: str) -> dict[str, Any]:
    """Return the named settings as a fresh process sees them."""
    done = run_python(["-c", READ, *names], **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_secret_key_is_required_outside_debug() -> None:
    done = run_python(["manage.py", "check"])
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr


def test_debug_is_off_and_transport_is_safe_by_default() -> None:
    seen = read_settings(
        "DEBUG",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        SECRET_KEY="x" * 60,
    )
    assert seen == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
    }


def test_djangos_deployment_check_finds_nothing() -> None:
    key = "Zq3-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2
    done = run_python(["manage.py", "check", "--deploy", "--tag", "security"], SECRET_KEY=key)
    assert "System check identified no issues" in done.stdout, done.stderr


def test_the_redirect_to_https_can_be_left_to_a_proxy() -> None:
    seen = read_settings(
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        SECRET_KEY="x" * 60,
        SECURE_SSL_REDIRECT="false",
    )
    assert seen == {"SECURE_SSL_REDIRECT": False, "SESSION_COOKIE_SECURE": True}


def test_a_forwarded_protocol_is_believed_only_behind_a_proxy() -> None:
    header = "getattr(__import__('portal.settings').settings, 'SECURE_PROXY_SSL_HEADER', None)"
    alone = run_python(["-c", f"print({header})"], SECRET_KEY="x" * 60)
    behind = run_python(["-c", f"print({header})"], SECRET_KEY="x" * 60, BEHIND_PROXY="true")
    assert alone.stdout.strip() == "None"
    assert "HTTP_X_FORWARDED_PROTO" in behind.stdout


def test_without_addresses_the_embedded_parts_are_used(tmp_path: Any) -> None:
    seen = read_settings(
        "DATABASES", "CACHES", "CELERY_BROKER_URL", SECRET_KEY="x" * 60, VAR_DIR=str(tmp_path)
    )
    database = seen["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "portal.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert seen["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")
    assert seen["CELERY_BROKER_URL"] == "memory://"


def test_addresses_replace_the_embedded_parts() -> None:
    seen = read_settings(
        "DATABASES",
        "CACHES",
        "CELERY_BROKER_URL",
        SECRET_KEY="x" * 60,
        DATABASE_URL="postgresql://portal:secret@db.example:5433/portal",
        REDIS_URL="redis://cache.example:6379/3",
    )
    database = seen["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"]) == ("db.example", 5433)
    assert seen["CELERY_BROKER_URL"] == "redis://cache.example:6379/3"
    assert seen["CACHES"]["default"]["LOCATION"] == "redis://cache.example:6379/4"
