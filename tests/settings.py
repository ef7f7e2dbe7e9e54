"""The portal's settings as tests see them: no `.env`, plain HTTP, quick passwords, Redis apart."""

import os

os.environ["ENV_FILE"] = os.devnull
os.environ["SECRET_KEY"] = "a key for tests that is long enough to satisfy the deployment check"
os.environ["HTTPS"] = "false"
os.environ.setdefault("LOG_LEVEL", "WARNING")
# Letters are kept in memory, and a forgotten password can be replaced by one.
os.environ["EMAIL_URL"] = "memorymail://"

from portal.redis_address import with_database

# Parallel test processes share one Redis server: two databases each, for queue and cache.
if os.environ.get("REDIS_URL"):
    process_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = with_database(os.environ["REDIS_URL"], 2 * process_number)

from portal.settings import *  # noqa: F403
from portal.settings import STORAGES

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
