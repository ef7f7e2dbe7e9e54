"""What the log of decisions can be narrowed to: a decision, a person, days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, TextFilter
from unfold.widgets import INPUT_CLASSES

from agencies.event_words import verbs
from agencies.folding import folded
from agencies.models import User


class VerbFilter(DropdownFilter):
    """One kind of decision."""

    title = _("decision")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(verbs(), key=lambda verb: folded(str(verb[1])))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class PersonFilter(TextFilter):
    """Who decided: a part of the name, without diacritics too, or the name they sign in with."""

    title = _("who decided")
    parameter_name = "person"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = (self.value() or "").strip()
        if not asked:
            return queryset
        people = User.objects.values_list("pk", "first_name", "last_name", "username")
        alike = [pk for pk, *names in people if folded(asked) in folded(" ".join(names))]
        # Also by the name of then: accounts are renamed.
        return queryset.filter(Q(actor__in=alike) | Q(actor_name__icontains=asked))


class DayForm(forms.Form):
    """A day, chosen with the browser's own calendar."""

    def __init__(self, name: str, label: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"type": "date", "class": " ".join(INPUT_CLASSES)}
        widget = forms.DateInput(attrs=attributes, format="%Y-%m-%d")
        self.fields[name] = forms.DateField(label=label, required=False, widget=widget)


class DayFilter(SimpleListFilter):
    """Entries from, or up to, a day in Vietnam; what is no day narrows nothing."""

    template = "unfold/filters/filters_field.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        day = self.day
        return [(day.isoformat(), f"{day:%d/%m/%Y}")] if day else []

    def has_output(self) -> bool:
        return True

    @property
    def day(self) -> date | None:
        """The day asked for, None if there is none."""
        try:
            return date.fromisoformat(super().value() or "")
        except ValueError:
            return None

    def value(self) -> str | None:
        return self.day.isoformat() if self.day else None

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        name = self.parameter_name or ""
        yield {"form": DayForm(name, self.title, data={name: self.value()})}


class FromFilter(DayFilter):
    """Nothing before this day."""

    title = _("from day")
    parameter_name = "from"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(at__gte=_begin(self.day)) if self.day else queryset


class UntilFilter(DayFilter):
    """Nothing after this day."""

    title = _("to day")
    parameter_name = "to"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.day is None or self.day == date.max:
            return queryset
        return queryset.filter(at__lt=_begin(self.day + timedelta(days=1)))


def _begin(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())
