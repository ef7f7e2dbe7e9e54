from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = _("Scores")

    def ready(self) -> None:
        # Connects the outbox to what changes upstream, declares the jobs that close periods and try sets,
        # and the decisions of the log.
        from scoring import closing_job, outbox, what_if_job  # noqa: F401
        from scoring.anomalies import rules, searching  # noqa: F401
        from scoring.objections import deciding, terms, writing  # noqa: F401
