"""The project as an app, so that its commands, templates, static files and translations are found."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """What ties the other apps together and faces the public."""

    name = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        """Start to listen to sign-ins, keep the tables behind them out of the admin, declare all jobs."""
        from portal.exchange import kinds  # noqa: F401
        from portal.reports.typeface import installed
        from portal.signing_in import checks, provider, second_factor, tables, trial  # noqa: F401

        tables.hide()
        register(installed)
