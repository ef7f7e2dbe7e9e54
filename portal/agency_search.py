"""Find any office by its name, with or without diacritics, or by its code."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from agencies.folding import folded
from agencies.models import Agency


def matching(asked: str) -> QuerySet[Agency]:
    """Offices with every word of ``asked`` in their name, or a code that begins so; the highest in
    the tree first."""
    words = folded(asked).split()
    by_name = Q()
    for word in words:
        by_name &= Q(name_folded__contains=word)
    codes = Q(code__istartswith=asked) | Q(other_codes__code__istartswith=asked)
    named = by_name if words else Q(pk__in=[])
    return (
        Agency.objects.filter(named | codes)
        .distinct()
        .select_related("parent")
        .order_by("depth", "name_folded", "code")
    )


def by_code(code: str) -> Agency | None:
    """The office under a code, its own or an older one."""
    known = Agency.objects.select_related("parent")
    return known.filter(code=code).first() or known.filter(other_codes__code=code).first()
