"""Indicator sets as documents: a JSON file holds a whole set, to ship it, send it and check it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from scoring.indicator_sets import install
from scoring.models import Band, Criterion, Group, IndicatorSet

#: The set of Decision 766/QĐ-TTg, shipped with the portal.
DECISION_766 = Path(__file__).parent / "data" / "decision_766.json"


class CriterionDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A criterion, field by field as in the model ``Criterion``; figures may be strings."""

    code: str
    name: str
    max_points: Decimal | None
    name_en: str = ""
    threshold: Decimal = Decimal(1)
    numerator: str = ""
    denominator: str = ""
    zero_rule: str = "zero"
    inherited: bool = False
    kinds: list[str] = []
    rule: str = ""
    rule_en: str = ""
    legal_source: str = ""


class GroupDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A group with its criteria, in the order shown."""

    code: str
    name: str
    criteria: list[CriterionDocument]
    name_en: str = ""


class BandDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A band of totals from ``minimum`` up."""

    code: str
    name: str
    minimum: Decimal
    name_en: str = ""


class SetDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A whole indicator set; ``valid_from`` is its first month, yyyymm."""

    code: str
    name: str
    valid_from: int
    groups: list[GroupDocument]
    bands: list[BandDocument]
    version: int = 1
    legal_source: str = ""
    minimum_dossiers: int = 10
    ties: str = "shared"
    tie_criterion: str = ""
    departments_within: str = "system"
    communes_within: str = "system"
    units_within: str = "parent"


class Loaded(Enum):
    """What loading a document came to."""

    CREATED = "created"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


def read_document(path: Path) -> SetDocument:
    """The set written in a JSON file.

    Raises OSError when it cannot be read, ValidationError (saying where) when it is no such set.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=SetDocument)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValidationError(str(error)) from error


def document_of(indicator_set: IndicatorSet) -> SetDocument:
    """The stored set as a document."""
    groups = indicator_set.groups.prefetch_related("criteria")
    return SetDocument(
        **_shared(SetDocument, indicator_set, leave_out=("groups", "bands")),
        groups=[
            GroupDocument(
                **_shared(GroupDocument, group, leave_out=("criteria",)),
                criteria=[
                    CriterionDocument(**_shared(CriterionDocument, criterion))
                    for criterion in sorted(group.criteria.all(), key=lambda row: row.position)
                ],
            )
            for group in groups.order_by("position")
        ],
        bands=[
            BandDocument(**_shared(BandDocument, band)) for band in indicator_set.bands.order_by("-minimum")
        ],
    )


@transaction.atomic
def load(document: SetDocument, as_of: datetime | None = None) -> tuple[IndicatorSet, Loaded]:
    """Store a document as an approved national set; loading it again changes nothing.

    A draft of the same code and version is replaced. ``as_of`` is the moment noted, now if left out.
    Raises ValidationError when a value is not allowed, and when that version is approved already and
    says otherwise.
    """
    known = IndicatorSet.objects.filter(code=document.code, version=document.version).first()
    if known is not None and known.status == IndicatorSet.Status.APPROVED:
        if document_of(known) != _in_order(document):
            raise ValidationError(
                _(
                    "Version %(version)d of %(code)s is approved and differs from this file; "
                    "give the file a new version."
                )
                % {"version": document.version, "code": document.code}
            )
        return known, Loaded.UNCHANGED
    if known is not None:
        known.delete()
    stored = _store(document)
    install(stored, as_of=as_of)
    return stored, Loaded.CREATED if known is None else Loaded.REPLACED


def _store(document: SetDocument) -> IndicatorSet:
    _refuse_repeated("band", [band.code for band in document.bands])
    _refuse_repeated("group", [group.code for group in document.groups])
    indicator_set = IndicatorSet(**_fields(document, leave_out=("groups", "bands")))
    _check(indicator_set, document.code)
    indicator_set.save()
    bands = [Band(indicator_set=indicator_set, **_fields(band)) for band in document.bands]
    for band in bands:
        _check(band, f"band {band.code}")
    Band.objects.bulk_create(bands)
    for position, group in enumerate(document.groups, 1):
        _refuse_repeated("criterion", [criterion.code for criterion in group.criteria])
        stored_group = Group(
            indicator_set=indicator_set, position=position, **_fields(group, leave_out=("criteria",))
        )
        _check(stored_group, group.code)
        stored_group.save()
        criteria = [
            Criterion(group=stored_group, position=place, **_fields(criterion))
            for place, criterion in enumerate(group.criteria, 1)
        ]
        for criterion in criteria:
            _check(criterion, criterion.code)
        Criterion.objects.bulk_create(criteria)
    return indicator_set


def _check(row: Any, where: str) -> None:
    """Raise ValidationError unless the row, a new one of a new set, may be stored."""
    try:
        # What it belongs to was stored a moment ago, and nothing else belongs to that yet.
        row.full_clean(exclude={"indicator_set", "group"}, validate_unique=isinstance(row, IndicatorSet))
    except ValidationError as error:
        reasons = [f"{where}, {name}: {' '.join(reasons)}" for name, reasons in error.message_dict.items()]
        raise ValidationError(reasons) from error


def _refuse_repeated(what: str, codes: list[str]) -> None:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        raise ValidationError(
            f"{what} {code}: {_('The code %(code)s stands twice in the set.') % {'code': code}}"
        )


def _fields(part: msgspec.Struct, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__struct_fields__ if name not in leave_out}


def _shared(kind: type[msgspec.Struct], row: Any, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__struct_fields__ if name not in leave_out}


def _in_order(document: SetDocument) -> SetDocument:
    bands = sorted(document.bands, key=lambda band: band.minimum, reverse=True)
    return msgspec.structs.replace(document, bands=bands)
