"""How the admin looks: one deep colour, the portal's own mark, a sidebar by work."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

#: From the lightest to the darkest; buttons are drawn in 600, links in 600 and 500.
DEEP_BLUE = {
    "50": "#f1f6fb",
    "100": "#dfeaf5",
    "200": "#bfd5ea",
    "300": "#92b7da",
    "400": "#5d92c4",
    "500": "#3273ab",
    "600": "#1b5488",
    "700": "#16446f",
    "800": "#12365c",
    "900": "#0f2b49",
    "950": "#0a1c30",
}


def typeface(request: HttpRequest) -> str:
    """The address of the portal's typeface."""
    return static("portal/css/fonts.css")


def stylesheet(request: HttpRequest) -> str:
    """The address of what is ours in the admin's look."""
    return static("portal/admin/admin.css")


def file_inputs(request: HttpRequest) -> str:
    """The address of the script that keeps the theme's from failing on our own file inputs."""
    return static("portal/admin/file_inputs.js")


def site_mark(request: HttpRequest) -> str:
    """The address of the portal's mark."""
    return static("portal/img/mark.svg")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Service index portal"),
    "SITE_HEADER": _("Service index portal"),
    "SITE_SUBHEADER": _("Decision 766/QĐ-TTg"),
    "SITE_URL": "/",
    "SITE_ICON": site_mark,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": site_mark}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "ENVIRONMENT": "portal.signing_in.trial.banner",
    "ACCOUNT": {"navigation": [{"title": _("My account"), "link": reverse_lazy("mfa_index")}]},
    "STYLES": [typeface, stylesheet],
    "SCRIPTS": [file_inputs],
    "COLORS": {"primary": DEEP_BLUE},
    "BORDER_RADIUS": "4px",
    "SIDEBAR": {
        "show_search": False,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "portal.admin.sidebar.navigation",
    },
    "DASHBOARD_CALLBACK": "portal.admin.today.dashboard",
}
