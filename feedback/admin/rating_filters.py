"""What narrows the list of ratings."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from agencies.admin_display import month as month_label
from agencies.admin_filters import SubtreeFilter, choice_filter
from feedback.models import Rating
from procedures.models import Dossier
from procedures.months import add_months, month_of, start_of

#: How many months back the list can be asked for at a click.
MONTHS_OFFERED = 24


class DossierAgencyFilter(SubtreeFilter):
    """Ratings of the dossiers of an agency and of everything below it."""

    path_lookup = "dossier__agency__path"
    #: Where the foreign key to agencies is; a rating has none of its own.
    source = Dossier

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.model = self.source


class GivenFilter(DropdownFilter):
    """Ratings given in a month, Vietnamese time."""

    title = _("month")
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        now = month_of(timezone.now())
        months = [add_months(now, -back) for back in range(MONTHS_OFFERED)]
        return [(str(month), month_label(month)) for month in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if value not in dict(self.lookup_choices):
            return queryset
        month = int(value)
        return queryset.filter(given_at__gte=start_of(month), given_at__lt=start_of(add_months(month, 1)))


LIST_FILTERS = (
    choice_filter("satisfaction", Rating.Satisfaction.choices, _("satisfaction")),
    GivenFilter,
    DossierAgencyFilter,
    choice_filter("comment_state", Rating.CommentState.choices, _("comment")),
    choice_filter("standing", Rating._meta.get_field("standing").choices, _("counted")),
)
