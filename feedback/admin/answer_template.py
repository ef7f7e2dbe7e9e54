"""Answer templates: those of an agency serve all below it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from agencies.admin_filters import SubtreeFilter, choice_filter
from agencies.admin_scope import ScopedModelAdmin
from feedback.models import AnswerTemplate, Petition


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(ScopedModelAdmin):
    """Kept by who keeps an agency's data; chosen where a petition is answered."""

    list_display = ("title", "of_class", "serves")
    list_select_related = ("agency",)
    list_filter = (SubtreeFilter, choice_filter("kind", Petition.Kind.choices, _("class")))
    search_fields = ("title", "text")
    search_help_text = _("Words of the name or the text")
    empty_list_hint = _("A template saves writing the same answer again: add one for your agency.")
    autocomplete_fields = ("agency",)
    fields = ("title", "agency", "kind", "text")
    sortable_by: Any = ()

    @display(description=_("class"))
    def of_class(self, template: AnswerTemplate) -> str:
        return template.get_kind_display() if template.kind else str(_("any"))

    @display(description=_("serves"))
    def serves(self, template: AnswerTemplate) -> str:
        return str(template.agency or _("every agency"))
