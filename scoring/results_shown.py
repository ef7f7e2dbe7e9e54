"""Which results of a period are shown: the published ones where there are any, else the live ones.

The one place that chooses. Pages and the API ask ``shown`` once and read all they show through it; the
admin reads live scorecards.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from agencies.models import Agency
from agencies.models.agency import within
from scoring.models import Publication, PublishedScorecard, Scorecard
from scoring.periods import Period
from scoring.published_versions import latest_published, published_version


@dataclass(frozen=True)
class Shown:
    """A period's results as they are shown: those of ``publication``, live without one.

    ``latest`` is the version that holds, also while the live ones are shown beside it.
    """

    period: Period
    publication: Publication | None = None
    latest: Publication | None = None

    @property
    def is_published(self) -> bool:
        """Whether they are frozen."""
        return self.publication is not None

    def cards(
        self,
        *,
        peer_class: str | None = None,
        agency: Agency | None = None,
        below: Agency | None = None,
        inside: Agency | None = None,
        without: Collection[str] = (),
    ) -> list[Scorecard]:
        """Scorecards with their agencies: of a class, of an agency, of those directly below one, or of
        those anywhere ``inside`` it.

        ``without`` names columns of live ones that are not needed.
        Published ones are unsaved, with the agency's name and kind of then; their ``pk`` is None.
        """
        narrowed: dict[str, Any] = {}
        where = Q() if inside is None else within(inside.path, "agency__path")
        if peer_class is not None:
            narrowed["peer_class"] = peer_class
        if agency is not None:
            narrowed["agency"] = agency
        if self.publication is None:
            if below is not None:
                narrowed["agency__parent"] = below
            live = Scorecard.objects.filter(where, period=self.period.code, **narrowed)
            return list(live.select_related("agency").defer(*without))
        if below is not None:
            narrowed["parent"] = below.code
        frozen = PublishedScorecard.objects.filter(where, publication=self.publication, **narrowed)
        return [as_card(row, self.publication) for row in frozen.select_related("agency").defer("counts")]

    def standings_of(self, agency_ids: Collection[int]) -> dict[int, tuple[Decimal, int | None]]:
        """The total and the rank of these agencies, by id."""
        rows: Any = Scorecard.objects.filter(period=self.period.code)
        if self.publication is not None:
            rows = PublishedScorecard.objects.filter(publication=self.publication)
        found = rows.filter(agency_id__in=agency_ids).order_by().values_list("agency_id", "total", "rank")
        return {agency_id: (total, rank) for agency_id, total, rank in found}


def shown(period: Period, *, live: bool = False, version: int | None = None) -> Shown:
    """What is shown of a period: its newest published version, or ``version``; ``live`` asks for the
    provisional figures all the same. Raises LookupError when that version was not published.
    """
    latest = latest_published(period)
    if version is not None and (latest is None or version != latest.version):
        found = published_version(period, version)
        if found is None:
            raise LookupError(f"{period.code} has no version {version}.")
        return Shown(period, found, latest)
    return Shown(period, None if live else latest, latest)


def compared_with(results: Shown) -> Shown | None:
    """The results of the period before that ``results`` are compared with.

    Live ones with those shown now. Published ones with the version that held when they were published, so
    that what is said of them never changes; None when nothing of that period was published by then.
    """
    before = results.period.previous()
    if results.publication is None:
        return shown(before)
    earlier = Publication.objects.published().filter(
        period=before.code, number__lt=results.publication.number or 0
    )
    found = earlier.defer("rules").order_by("-version").first()
    return Shown(before, found, found) if found else None


def as_card(row: PublishedScorecard, publication: Any) -> Scorecard:
    """A frozen scorecard in the shape of a live one, named as it was then; it is not to be saved."""
    agency = row.agency or Agency(pk=row.agency_id, path="", depth=0)
    if agency.name != row.name:
        # Renamed since, or gone: a published result names it as it was.
        agency.name, agency.short_name = row.name, ""
    agency.code, agency.kind = row.code, row.kind
    card = Scorecard(
        period=publication.period,
        peer_class=row.peer_class,
        indicator_set_id=publication.indicator_set_id,
        total=row.total,
        band=row.band,
        groups=row.groups,
        criteria=row.criteria,
        dossiers=row.dossiers,
        rank=row.rank,
        ranked=row.ranked,
        as_of=publication.as_of,
        changed_at=publication.approved_at,
    )
    card.agency = agency
    return card
