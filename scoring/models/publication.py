from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, User
from agencies.models.scoped import ScopedModel, ScopedQuerySet
from agencies.permissions import PUBLISH_RESULTS
from scoring.models.indicators import IndicatorSet


class PublicationQuerySet(ScopedQuerySet["Publication"]):
    """Sets of publications."""

    def published(self) -> PublicationQuerySet:
        """Those that stand for good."""
        return self.filter(state=Publication.State.PUBLISHED)

    def under_way(self) -> PublicationQuerySet:
        """Those on their way: being frozen, frozen, or in review."""
        return self.filter(state__in=Publication.UNDER_WAY)


class Publication(ScopedModel):
    """A period's result on its way to being published, and as published, version by version.

    Closing a period freezes its scorecards with the tree, the counts and the indicator set they were
    made with; whoever proposes them cannot approve them; approved, triggers let nothing change them
    (``scoring.publication_guard``). A correction is a new version beside the old one. Written by
    ``scoring.publishing`` alone. Names are copied in; the keys beside them bind nothing.
    """

    scope_path = ""
    asks = {"view": PUBLISH_RESULTS}

    class State(models.TextChoices):
        CLOSING = "closing", _("Being frozen")
        CLOSED = "closed", _("Closed to new data")
        IN_REVIEW = "in_review", _("In review")
        PUBLISHED = "published", pgettext_lazy("results", "Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    UNDER_WAY = (State.CLOSING, State.CLOSED, State.IN_REVIEW)

    period = models.CharField(_("period"), max_length=8)
    #: Null for one that was withdrawn: its number goes to the next.
    version = models.PositiveSmallIntegerField(_("version"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CLOSING)
    indicator_set = models.ForeignKey(
        IndicatorSet, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("indicator set")
    )
    #: The set as a document, as it stood.
    rules = models.JSONField(default=dict, editable=False)
    offices = models.PositiveIntegerField(_("offices"), default=0)
    as_of = models.DateTimeField(_("data as of"), null=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    closed_by_name = models.CharField(_("closed by"), max_length=320)
    closed_at = models.DateTimeField(_("closed at"))
    proposed_by = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    proposed_by_name = models.CharField(_("proposed by"), max_length=320, blank=True)
    proposed_at = models.DateTimeField(_("proposed at"), null=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    approved_by_name = models.CharField(_("approved by"), max_length=320, blank=True)
    approved_at = models.DateTimeField(_("published at"), null=True, db_index=True)
    reason = models.CharField(_("reason"), max_length=500)
    #: SHA-256 of the frozen results (``scoring.publication_text``).
    content = models.CharField(_("hash of the contents"), max_length=64, blank=True)
    #: Its place in the chain of all publications, from 1.
    number = models.PositiveIntegerField(_("number"), null=True, unique=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    previous_fingerprint = models.CharField(_("fingerprint of the one before"), max_length=64, blank=True)

    objects = PublicationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["period", "version"], name="one_publication_per_version"),
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(state__in=("closing", "closed", "in_review")),
                name="one_publication_under_way",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its period and version as in addresses and file names: ``2026-Q3-v1``."""
        return f"{self.period}-v{self.version}" if self.version else self.period

    @property
    def is_published(self) -> bool:
        """Whether it stands for good."""
        return self.state == self.State.PUBLISHED

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to be published or withdrawn."""
        return self.state in self.UNDER_WAY


class PublishedScorecard(ScopedModel):
    """An agency's scorecard in a publication: frozen with its name, its place and its counts.

    ``counts`` holds every measure that the formulas of the set use, by name: from these alone, and
    those of ``inherits_from`` for inherited criteria, all the rest follows. Everybody may read what
    was published.
    """

    scope_path = ""
    asks = {"view": PUBLISH_RESULTS}

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="scorecards")
    agency = models.ForeignKey(
        Agency,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("agency"),
    )
    code = models.CharField(_("agency code"), max_length=35)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20)
    parent = models.CharField(_("code of the agency above"), max_length=35, blank=True)
    inherits_from = models.CharField(_("code of whom it inherits criteria from"), max_length=35, blank=True)
    #: As stored in live scorecards (``communes:35``), and as in addresses (``communes:H44``).
    peer_class = models.CharField(max_length=40)
    public_class = models.CharField(_("peer class"), max_length=60)
    total = models.DecimalField(_("total"), max_digits=5, decimal_places=2)
    band = models.CharField(_("band"), max_length=12, blank=True)
    groups = models.JSONField(_("groups"), default=dict)
    criteria = models.JSONField(_("criteria"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    dossiers = models.PositiveBigIntegerField(_("dossiers"), default=0)
    rank = models.PositiveIntegerField(_("rank"), null=True)
    ranked = models.PositiveIntegerField(_("ranked peers"), default=0)

    class Meta:
        verbose_name = _("published scorecard")
        verbose_name_plural = _("published scorecards")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["publication", "code"], name="one_published_scorecard")
        ]
        indexes = [
            models.Index(fields=["publication", "peer_class"], name="published_standings"),
            models.Index(fields=["publication", "agency"], name="published_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.publication_id}"

    def told(self) -> dict[str, Any]:
        """What was published of the agency, as files and the fingerprint have it."""
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "parent": self.parent,
            "inherits_from": self.inherits_from,
            "peer_class": self.public_class,
            "total": f"{self.total:.2f}",
            "band": self.band,
            "rank": self.rank,
            "ranked": self.ranked,
            "dossiers": self.dossiers,
            "groups": self.groups,
            "criteria": self.criteria,
            "counts": self.counts,
        }
