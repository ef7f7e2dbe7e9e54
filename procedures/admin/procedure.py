"""The catalogue: procedures and who offers them, saved so that scores follow."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from agencies.admin_display import DASH, figure, mark, moment
from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_scope import ScopedModelAdmin
from agencies.folding import folded
from procedures.catalogue import LONGEST, missing_parts, save_offers, save_procedures, withdraw_offers
from procedures.models import AgencyProcedure, Field, Procedure, Rederivation
from procedures.models.procedure import OnlineLevel

#: Parts of the description written here, each as text with an entry a line.
WRITTEN_PARTS = {
    "sequence": gettext_lazy("Sequence of steps"),
    "manner": gettext_lazy("Manner of carrying out"),
    "papers": gettext_lazy("Composition and number of papers"),
    "implementing_agency": gettext_lazy("Implementing agency"),
    "results": gettext_lazy("Results"),
    "requirements": gettext_lazy("Requirements"),
    "legal_basis": gettext_lazy("Legal basis"),
}
#: All mandatory parts by their names (Decision 766, criterion 1.3).
PART_NAMES = {
    **WRITTEN_PARTS,
    "name": gettext_lazy("Name"),
    "deadline": gettext_lazy("Deadline"),
    "subjects": gettext_lazy("Subjects"),
}


class ProcedureForm(forms.ModelForm):
    """A procedure, its description a field a part."""

    subjects = forms.MultipleChoiceField(
        label=gettext_lazy("subjects"),
        choices=Procedure.Subject.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("None chosen: anyone may apply, but the description is incomplete."),
    )

    class Meta:
        model = Procedure
        exclude = ("parts",)  # noqa: DJ006  (written part by part)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = self.instance.parts or {}
        for name, label in WRITTEN_PARTS.items():
            text = _as_text(parts.get(name))
            self.fields[f"part_{name}"] = forms.CharField(
                label=label,
                initial=text,
                required=False,
                strip=True,
                # What came with its structure keeps it: here it could only be flattened.
                disabled=text is None,
                help_text=_("Received with its structure, which is kept.") if text is None else "",
                widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            )

    def clean_processing_time(self) -> Any:
        time = self.cleaned_data["processing_time"]
        if time is not None and time > LONGEST:
            raise ValidationError(_("Longer than %(longest)s is a slip.") % {"longest": figure(LONGEST)})
        return time

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        parts = dict(self.instance.parts or {})
        for name in WRITTEN_PARTS:
            field = f"part_{name}"
            if self.fields[field].disabled or field not in found:
                continue
            parts[name] = found[field]
        self.instance.parts = {name: value for name, value in parts.items() if value}
        return found


@admin.register(Procedure)
class ProcedureAdmin(ScopedModelAdmin):
    """All may read the national catalogue; who announces a procedure keeps it."""

    form = ProcedureForm
    list_display = ("code", "title", "field", "level", "limit", "online_level", "public", "complete")
    list_select_related = ("field",)
    list_filter = (
        type(
            "AnnouncedByFilter",
            (SubtreeFilter,),
            {"path_lookup": "announcing_agency__path", "field_name": "announcing_agency"},
        ),
        choice_filter("level", Procedure.Level.choices, gettext_lazy("level of execution")),
        choice_filter("online_level", OnlineLevel.choices, gettext_lazy("online level")),
        choice_filter(
            "is_complete",
            [
                ("True", gettext_lazy("Every mandatory part present")),
                ("False", gettext_lazy("Parts missing")),
            ],
            gettext_lazy("description"),
        ),
    )
    search_fields = ("code", "name_folded")
    search_help_text = gettext_lazy("Code or name, with or without diacritics")
    empty_list_hint = gettext_lazy("Add the procedures your agencies have announced.")
    autocomplete_fields = ("field", "announcing_agency")
    readonly_fields = ("missing", "deriving")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": ("code", "name", "field", "level", "announcing_agency", "is_public")}),
            (
                _("Deadline and fee"),
                {
                    "fields": (
                        ("processing_time", "processing_unit"),
                        *(["deriving"] if _rederivation(obj) else []),
                        ("fee", "has_fee"),
                        "needs_paper_result",
                    ),
                    "description": _(
                        "Changing the deadline derives every dossier of the procedure anew; many of them "
                        "in the background, scores following as it goes."
                    ),
                },
            ),
            (_("Online"), {"fields": ("online_level", "full_process_eligible")}),
            (_("Subjects"), {"fields": ("subjects",)}),
            (_("Description"), {"fields": ("missing", *(f"part_{name}" for name in WRITTEN_PARTS))}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # A procedure is known by its code: another code is another procedure.
        return (*self.readonly_fields, "code") if obj else self.readonly_fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # The parts' fields are made by the form itself; Django would look for them in the model.
        kwargs["fields"] = [
            name for name in _model_fields() if name not in self.get_readonly_fields(request, obj)
        ]
        return super().get_form(request, obj, change, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("announcing_agency")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if term:
            queryset = queryset.filter(Q(code__startswith=term) | Q(name_folded__contains=folded(term)))
        return queryset, False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Procedure, form: Any, change: bool) -> None:
        save_procedures([obj], as_of=timezone.now())
        if _rederivation(obj):
            messages.info(
                request,
                _(
                    "The dossiers of %(code)s are being derived anew in the background; "
                    "its page tells how far."
                )
                % {"code": obj.code},
            )

    @display(description=gettext_lazy("name"))
    def title(self, procedure: Procedure) -> Any:
        return format_html('<span class="long-name">{}</span>', procedure.name)

    @display(description=gettext_lazy("processing time"))
    def limit(self, procedure: Procedure) -> str:
        if procedure.processing_time is None:
            return DASH
        return f"{figure(procedure.processing_time)} {procedure.get_processing_unit_display()}"

    @display(description=gettext_lazy("public"), boolean=True)
    def public(self, procedure: Procedure) -> bool:
        return procedure.is_public

    @display(description=gettext_lazy("complete"), boolean=True)
    def complete(self, procedure: Procedure) -> bool:
        return procedure.is_complete

    @display(description=gettext_lazy("dossiers under the new deadline"))
    def deriving(self, procedure: Procedure) -> Any:
        row = _rederivation(procedure)
        if row is None:
            return DASH
        told = _("%(count)s derived anew since %(moment)s, about %(percent)d %% of the way") % {
            "count": figure(row.derived),
            "moment": moment(row.asked_at),
            "percent": row.percent,
        }
        return mark(told, "warn")

    @display(description=gettext_lazy("mandatory parts missing"))
    def missing(self, procedure: Procedure) -> Any:
        if not procedure.pk:
            return DASH
        missing = missing_parts(procedure)
        if not missing:
            return mark(_("none"), "good")
        return format_html_join(" ", "{}", ((mark(PART_NAMES[part], "warn"),) for part in missing))


@admin.register(AgencyProcedure)
class OfferAdmin(ScopedModelAdmin):
    """Procedures under agencies' authority, with the online level and payment there."""

    list_display = ("agency", "procedure_code", "procedure_name", "online_level", "online_payment")
    list_select_related = ("agency", "procedure")
    list_filter = (
        SubtreeFilter,
        choice_filter("online_level", OnlineLevel.choices, gettext_lazy("online level")),
    )
    search_fields = ("procedure__code",)
    search_help_text = gettext_lazy("Procedure code")
    empty_list_hint = gettext_lazy("Say which procedures each agency handles, and how far online.")
    autocomplete_fields = ("agency", "procedure")
    fields = ("agency", "procedure", "online_level", "online_payment")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("agency", "procedure") if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(procedure__code__startswith=term) if term else queryset), False

    def save_model(self, request: HttpRequest, obj: AgencyProcedure, form: Any, change: bool) -> None:
        save_offers([obj], as_of=timezone.now())

    def delete_model(self, request: HttpRequest, obj: AgencyProcedure) -> None:
        withdraw_offers([obj], as_of=timezone.now())

    @display(description=gettext_lazy("code"))
    def procedure_code(self, offer: AgencyProcedure) -> str:
        return offer.procedure.code

    @display(description=gettext_lazy("procedure"))
    def procedure_name(self, offer: AgencyProcedure) -> Any:
        return format_html('<span class="long-name">{}</span>', offer.procedure.name)


@admin.register(Field)
class FieldAdmin(ScopedModelAdmin):
    """Fields of procedures; reached from a procedure."""

    list_display = ("code", "name", "sector")
    search_fields = ("code", "name")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _rederivation(procedure: Procedure | None) -> Rederivation | None:
    """How far its dossiers are derived anew under another deadline, None if they all are."""
    return Rederivation.objects.filter(pk=procedure.pk).first() if procedure and procedure.pk else None


def _as_text(part: Any) -> str | None:
    """A part as text to be edited, an entry a line; None if it has a structure of its own."""
    if not part:
        return ""
    if isinstance(part, str):
        return part
    if isinstance(part, list) and all(isinstance(line, str) for line in part):
        return "\n".join(part)
    return None


def _model_fields() -> list[str]:
    return [
        field.name
        for field in Procedure._meta.concrete_fields
        if field.editable and not field.primary_key and field.name != "parts"
    ]
