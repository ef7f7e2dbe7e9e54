"""Accounts of people: for those who operate the system."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminTextareaWidget

from agencies import account_access, lockout
from agencies.admin_confirm import ask, confirmed
from agencies.admin_display import mark, record_url
from agencies.admin_scope import ScopedModelAdmin
from agencies.models import User
from agencies.permissions import OPERATE_SYSTEM
from agencies.second_factor import has_second_factor, needs_second_factor
from agencies.step_up import step_up_required

# Roles are granted on agencies (agencies.granting); Django's groups give nobody anything.
admin.site.unregister(Group)


class ReasonForm(forms.Form):
    """Why a second factor is taken off."""

    reason = forms.CharField(
        label=gettext_lazy("Who asked, and how you made sure that it was them"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


@admin.register(User)
class AccountAdmin(UserAdmin, ScopedModelAdmin):  # type: ignore[misc]
    """A person's account. An account that is no longer used is made inactive, not deleted.

    What its owner may do is decided by grants. Only a superuser, the operator of last resort, makes
    another one or touches the account of one.
    """

    asks = {"view": OPERATE_SYSTEM, "add": OPERATE_SYSTEM, "change": OPERATE_SYSTEM}
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "last_name", "first_name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    list_select_related = ()
    readonly_fields = ("signing_in",)
    actions_detail = ("unlock_sign_in", "reset_factor")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        return (
            (None, {"fields": ("username", "password")}),
            (_("Person"), {"fields": (("last_name", "first_name"), "email")}),
            (_("Signing in"), {"fields": ("signing_in", ("is_active", "is_staff"), "is_superuser")}),
            (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = (*self.readonly_fields, "last_login", "date_joined")
        return fixed if _is_superuser(request.user) else (*fixed, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if isinstance(obj, User) and obj.is_superuser and not _is_superuser(request.user):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @step_up_required
    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().add_view(request, *args, **kwargs)

    @step_up_required
    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().change_view(request, *args, **kwargs)

    @step_up_required
    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().user_change_password(request, *args, **kwargs)

    @display(description=gettext_lazy("state"))
    def signing_in(self, user: User) -> str:
        if lockout.is_locked(user):
            return mark(_("locked after wrong attempts"), "bad")
        if has_second_factor(user):
            return mark(_("with a second factor"), "good")
        return mark(
            _("sets up a second factor at the next sign-in")
            if needs_second_factor(user)
            else _("by password alone"),
            "warn",
        )

    @action(description=gettext_lazy("Unlock"), url_path="unlock", icon="lock_open", permissions=["change"])
    @step_up_required
    def unlock_sign_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self._account(request, object_id)
        by: Any = request.user
        if not lockout.is_locked(user):
            messages.info(request, _("%(account)s was not locked.") % {"account": user})
            return HttpResponseRedirect(record_url(user))
        if confirmed(request):
            account_access.unlock(user, by=by, as_of=timezone.now())
            messages.success(request, _("%(account)s can sign in again.") % {"account": user})
            return HttpResponseRedirect(record_url(user))
        return ask(
            request,
            self,
            record=user,
            title=_("Unlock %(account)s") % {"account": user},
            consequences=[
                _("The wrong passwords and codes so far are forgotten; ten more lock it again."),
                _("If they were not the owner's, the account needs a new password."),
            ],
            button=_("Unlock"),
            back=record_url(user),
        )

    @action(
        description=gettext_lazy("Take off the second factor"),
        url_path="second-factor",
        icon="phonelink_erase",
        permissions=["change"],
    )
    @step_up_required
    def reset_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self._account(request, object_id)
        by: Any = request.user
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if confirmed(request) and form.is_valid():
            reason = form.cleaned_data["reason"]
            account_access.reset_second_factor(user, by=by, reason=reason, as_of=timezone.now())
            messages.success(
                request,
                _("%(account)s sets up a second factor with the next sign-in.") % {"account": user},
            )
            return HttpResponseRedirect(record_url(user))
        return ask(
            request,
            self,
            record=user,
            title=_("Take the second factor off %(account)s") % {"account": user},
            consequences=[
                _("The app, the passkeys and the recovery codes of this account stop working."),
                _("All its sessions end at once."),
                _("Whoever knows the password then sets up a new one: be sure who asked."),
            ],
            button=_("Take off"),
            back=record_url(user),
            form=form,
        )

    def _account(self, request: HttpRequest, object_id: str) -> User:
        user = self.get_object(request, object_id)
        if user is None or not self.has_change_permission(request, user):
            raise PermissionDenied
        return user


def _is_superuser(user: Any) -> bool:
    return bool(user.is_superuser)
