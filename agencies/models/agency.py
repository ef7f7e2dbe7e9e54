from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.folding import folded
from agencies.models.scoped import ScopedModel
from agencies.models.version import VersionedQuerySet
from agencies.permissions import KEEP_AGENCIES, PERMISSIONS, SEE_RECORDS

PATH_SEPARATOR = "/"

#: Who may keep an agency may keep what is told of it.
KEPT_WITH_AGENCY = {
    "view": SEE_RECORDS,
    "add": KEEP_AGENCIES,
    "change": KEEP_AGENCIES,
    "delete": KEEP_AGENCIES,
}


class PathField(models.CharField):
    """A path column compared byte by byte, so that a subtree is a range whatever the locale."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else "BINARY"
        return parameters


class AgencyQuerySet(VersionedQuerySet["Agency"]):
    """Sets of agencies, always asked for by path: one prefix query, never a walk."""

    def under(self, path: str) -> AgencyQuerySet:
        """The agency at ``path`` and everything below it."""
        return self.filter(within(path))

    def on(self, day: date) -> AgencyQuerySet:
        """Those in being on ``day`` (the 2025 mergers ended some and began others)."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


def within(path: str, field: str = "path") -> Q:
    """The condition "inside the subtree at ``path``" on any path column, as an index range.

    ``field`` may cross relations (``agency__path``). A range instead of LIKE, so that both
    databases use the plain index whatever their collation rules for patterns.
    """
    after = path[:-1] + chr(ord(PATH_SEPARATOR) + 1)
    return Q(**{f"{field}__gte": path, f"{field}__lt": after})


class Agency(ScopedModel):
    """A public office in the tree: the nation at the root, ministries and provinces below it,
    then departments, communes and their units.

    ``parent`` is the truth; ``path`` and ``depth`` are its cache, written only by
    ``agencies.tree``. A path is the ids from the root down, ``/1/35/412/``.
    """

    scope_path = "path"
    asks = {"view": SEE_RECORDS, "add": KEEP_AGENCIES, "change": KEEP_AGENCIES}

    class Kind(models.TextChoices):
        NATION = "nation", _("Nation")
        MINISTRY = "ministry", _("Ministry")
        MINISTERIAL_AGENCY = "ministerial_agency", _("Ministerial-level agency")
        GOVERNMENT_AGENCY = "government_agency", _("Agency under the Government")
        PROVINCE = "province", _("Province or city")
        DEPARTMENT = "department", _("Department")
        COMMUNE = "commune", _("Commune, ward or special zone")
        UNIT = "unit", _("Unit")

    #: Kinds that announce procedures themselves; units below them inherit criteria 1.1 to 1.3.
    ANNOUNCING_KINDS = frozenset(
        {Kind.MINISTRY, Kind.MINISTERIAL_AGENCY, Kind.GOVERNMENT_AGENCY, Kind.PROVINCE}
    )

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent agency"),
    )
    path = PathField(max_length=120, unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(editable=False, default=0, db_index=True)
    code = models.CharField(
        _("agency code"), max_length=35, unique=True, help_text=_("Mã định danh, e.g. H44.01")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=100, blank=True)
    name_folded = models.CharField(max_length=320, editable=False, db_index=True, default="")
    gso_code = models.CharField(_("statistics office code"), max_length=10, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    valid_from = models.DateField(_("in being from"), null=True, blank=True)
    valid_to = models.DateField(_("in being until"), null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="predecessors")

    objects = AgencyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["path"]
        permissions = PERMISSIONS

    def __str__(self) -> str:
        return self.short_name or self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the text it is searched by; bulk writers call ``fold_name`` themselves."""
        self.fold_name()
        if kwargs.get("update_fields") and not {"name", "short_name"}.isdisjoint(kwargs["update_fields"]):
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_folded"}
        super().save(*args, **kwargs)

    def fold_name(self) -> None:
        """Derive ``name_folded`` from both names."""
        self.name_folded = folded(f"{self.name} {self.short_name}")

    @property
    def announces(self) -> bool:
        """Whether it announces procedures itself (criteria 1.1 to 1.3)."""
        return self.kind in self.ANNOUNCING_KINDS

    def contains(self, other: Agency) -> bool:
        """Whether ``other`` is this agency or lies below it."""
        return other.path.startswith(self.path)

    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to the parent, read off the path."""
        return [int(part) for part in self.path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)[:-1]]


class AgencyCodeQuerySet(VersionedQuerySet["AgencyCode"]):
    """Sets of other codes."""


class AgencyCode(ScopedModel):
    """Another code by which an agency is known: the old scheme, or one it had before a merger.

    Both schemes still begin the codes of dossiers, so all of them stay readable.
    """

    asks = KEPT_WITH_AGENCY

    class Scheme(models.TextChoices):
        OLD = "old", _("Old scheme (000.00.01.H22)")
        NEW = "new", _("New scheme (H44.01)")
        LOCAL = "local", _("Local")

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="other_codes")
    code = models.CharField(_("code"), max_length=35, unique=True)
    scheme = models.CharField(_("scheme"), max_length=5, choices=Scheme.choices)

    objects = AgencyCodeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("other agency code")
        verbose_name_plural = _("other agency codes")

    def __str__(self) -> str:
        return self.code


class HeadOfAgency(ScopedModel):
    """Who answers for an agency's result, and from when until when.

    Decision 766 holds the head of the agency responsible, so a past score names the head of then.
    """

    asks = KEPT_WITH_AGENCY

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="heads")
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("title"), max_length=150, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("head of agency")
        verbose_name_plural = _("heads of agencies")
        ordering = ["agency", "-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="head_until_after_since",
            )
        ]

    def __str__(self) -> str:
        return self.name
