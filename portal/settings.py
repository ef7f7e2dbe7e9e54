"""Settings. What differs between machines comes from the environment; docs/operations.md lists it all."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from portal.admin_theme import UNFOLD  # noqa: F401  (the admin's look)
from portal.content_policy import PUBLIC_DIRECTIVES
from portal.logs import configure_structlog, logging_settings
from portal.redis_address import database_number, with_database
from portal.schedule import BEAT_SCHEDULE
from portal.sign_in_settings import *  # noqa: F403  (accounts, second factor, sessions)
from portal.sign_in_settings import openid_connect

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="for development only, never served" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (or DEBUG=true while developing).")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
# Files of background jobs; pages and workers on several machines must share it.
JOBS_DIR = Path(env.str("JOBS_DIR", default=str(VAR_DIR / "jobs")))

# --- Apps -------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "guardian",
    "agencies",
    "procedures",
    "feedback",
    "scoring",
    "portal",
    # After the portal, whose templates come before theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "portal.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.language.VietnameseFirstMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.citizen.body_limit.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.signing_in.second_factor.SecondFactorMiddleware",
    "portal.signing_in.sessions.SessionUseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.content_policy.ContentPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A deferred transaction that turns to writing fails at once instead of waiting its turn.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", default="")
# The cache has a Redis database of its own: clearing it must not drop the queue.
CACHE_URL = env.str(
    "CACHE_URL",
    default=with_database(REDIS_URL, database_number(REDIS_URL) + 1) if REDIS_URL else "",
)
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "portal.redis_cache.KeptClientRedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- Background work --------------------------------------------------------

# Without Redis a message goes nowhere; the periodic sweep of another run finds the work.
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # Longer than any task, so that a message is not handed out twice while it is worked on.
        "visibility_timeout": 360,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 5,
    }
    if REDIS_URL
    else {}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 280
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# --- Language and time ------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
CELERY_TIMEZONE = TIME_ZONE
FORMAT_MODULE_PATH = ["portal.formats"]
# Texts of the admin, its library's own included; each app's other texts lie beside the app.
LOCALE_PATHS = [
    BASE_DIR / "portal" / name
    for name in (
        "locale_admin",
        "locale_signin",
        "locale_exchange",
        "locale_delegation",
        "locale_petitions",
        "locale_citizen",
        "locale_publication",
        "locale_anomalies",
        "locale_embed",
        "locale_sets",
        "locale_objections",
        "locale_reports",
        "locale_confirmations",
    )
]

# --- Petitions ---------------------------------------------------------------

#: Working days the sender of a petition has to supplement it; then it is closed.
PETITION_SUPPLEMENT_DAYS = env.int("PETITION_SUPPLEMENT_DAYS", default=30)
if PETITION_SUPPLEMENT_DAYS < 1:
    raise ImproperlyConfigured("PETITION_SUPPLEMENT_DAYS is a number of working days, 1 or more.")

# --- Who is who -------------------------------------------------------------

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "agencies.permission_backend.GrantBackend",
]
# Grants are made by agencies.granting alone: no guest account, no shortcuts on users and groups.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
# GrantBackend is guardian's, made to know subtrees and windows.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "portal.signing_in.passwords.GuessablePasswordValidator"},
]
# "required" of all who may write; "off" is for a trial on one's own machine.
SECOND_FACTOR = env.str("SECOND_FACTOR", default="required")
if SECOND_FACTOR not in ("required", "off"):
    raise ImproperlyConfigured('SECOND_FACTOR is "required" or "off".')
# A provider of identities, switched on by naming its address.
OIDC_NAME = env.str("OIDC_NAME", default="")
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
#: What the provider says in `acr` or `amr` when it asked for a second factor itself.
OIDC_SECOND_FACTOR = env.list("OIDC_SECOND_FACTOR", default=[])
SOCIALACCOUNT_PROVIDERS = openid_connect(
    name=OIDC_NAME,
    server_url=OIDC_SERVER_URL,
    client_id=env.str("OIDC_CLIENT_ID", default=""),
    client_secret=env.str("OIDC_CLIENT_SECRET", default=""),
)

# --- Mail -------------------------------------------------------------------

# Without a server letters are only printed, and a forgotten password is an operator's to replace.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="noreply@localhost")
#: Where people reach the portal, for links in letters; without it letters have none.
PORTAL_URL = env.str("PORTAL_URL", default="")
#: Whether letters arrive: only then is the way open to a new password by e-mail.
PASSWORD_RESET = bool(env.str("EMAIL_URL", default=""))

# --- Transport and browser safety -------------------------------------------

# False only where the portal is reached over plain HTTP, such as a trial on one's own machine.
HTTPS = env.bool("HTTPS", default=not DEBUG)
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=8) * 3600
CSRF_FAILURE_VIEW = "portal.citizen.refusals.csrf_failed"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 86400) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# How many addresses at the end of X-Forwarded-For proxies of our own wrote.
ALLAUTH_TRUSTED_PROXY_COUNT = 0
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", default=1)

CONTENT_SECURITY_POLICY = {"DIRECTIVES": PUBLIC_DIRECTIVES}
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("UPLOAD_MAX_MEGABYTES", default=20) * 1024 * 1024

# --- Static files -----------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.node_files.NodeFilesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        )
    },
}
MEDIA_ROOT = VAR_DIR / "media"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# --- API --------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Service index portal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Logging ----------------------------------------------------------------

configure_structlog()
LOGGING = logging_settings(level=env.str("LOG_LEVEL", default="INFO"), as_json=not DEBUG)
