"""How many working days each has: kept by who decides for the whole nation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.admin_scope import person
from agencies.step_up import step_up_required
from portal.objections.frame import framed
from scoring.models import ObjectionTerms
from scoring.objections.terms import NAMES, change_terms, may_change_terms, terms


class TermsForm(forms.Form):
    """The days, as their columns bound them, and why they are changed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = [*NAMES, "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NAMES:
            column: Any = ObjectionTerms._meta.get_field(name)
            self.fields[name] = column.formfield(initial=getattr(terms(), name))
        self.order_fields(self.field_order)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def terms_page(request: HttpRequest) -> HttpResponse:
    """The terms in force, to be changed with a reason."""
    if not may_change_terms(person(request)):
        raise PermissionDenied
    form = TermsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        days = {name: form.cleaned_data[name] for name in NAMES}
        reason = form.cleaned_data["reason"]
        try:
            change_terms(days, by=person(request), reason=reason, as_of=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The terms are changed; deadlines that run stay as they are."))
            return redirect("objection-terms")
    return TemplateResponse(
        request, "objections/terms.html", framed(request, _("Terms of objections"), "terms", form=form)
    )
