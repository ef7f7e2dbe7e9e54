"""The admin's shell: the sidebar, the page of today, what holds for every list."""

from django.contrib import admin
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal.admin.log import LogAdmin
from portal.objections.dossier import DisputedDossierAdmin

admin.site.index_title = _("Today")
admin.site.index_template = "admin/today.html"
# Records here end, are revoked or dismissed; nothing is deleted by the dozen.
admin.site.disable_action("delete_selected")

# How people sign in is theirs to keep; pages of libraries know nothing of who may see what.
for _name in (
    "account.models.EmailAddress",
    "mfa.models.Authenticator",
    "socialaccount.models.SocialAccount",
    "socialaccount.models.SocialApp",
    "socialaccount.models.SocialToken",
    "usersessions.models.UserSession",
):
    import_string(f"allauth.{_name.split('.')[0]}.admin.admin")
    admin.site.unregister(import_string(f"allauth.{_name}"))

__all__ = ["DisputedDossierAdmin", "LogAdmin"]
