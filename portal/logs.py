"""How the portal logs: JSON lines for machines, or plain lines while developing."""

import logging
import re
from typing import Any

import structlog

#: Addresses whose last part is a secret; they are logged without it.
SECRET_LINKS = re.compile(r"(/(?:dat-lai-mat-khau|loi-moi|danh-gia)/).+")


class WithoutSecrets(logging.Filter):
    """Takes the secret out of addresses in what libraries log, such as Django's "Not Found: …"."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with secrets cut off."""
        # What structlog sends is a mapping of ours, and its paths are cut where they are logged.
        if isinstance(record.msg, str):
            told = record.getMessage()
            cut = SECRET_LINKS.sub(r"\1…", told)
            if cut != told:
                record.msg, record.args = cut, ()
        return True


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
]


def configure_structlog() -> None:
    """Send structlog's events through the standard library, so that one setting rules both."""
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, in one format."""
    renderers: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=False,
                # The other formatters print local variables, which may be what people sent.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderers,
                ],
            }
        },
        "filters": {"without_secrets": {"()": WithoutSecrets}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["without_secrets"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # Its lines would repeat RequestLogMiddleware's, with the query string.
            "django.server": {"handlers": [], "propagate": False},
        },
    }
