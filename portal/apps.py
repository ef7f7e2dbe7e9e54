"""The project as an app, so that its commands, templates, static files and translations are found."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """What ties the other apps together and faces the public."""

    name = "portal"
    verbose_name = _("Portal")
