"""Factories: an agency tree, an indicator set and scorecards, small and true to their shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import factory

from agencies.folding import folded
from agencies.models import Agency, AgencyCode, HeadOfAgency
from agencies.tree import place
from procedures.models import Field, Procedure
from scoring.indicator_sets import install
from scoring.models import Band, Criterion, Group, IndicatorSet, Scorecard, ScoreSnapshot
from scoring.peers import peer_class

AS_OF = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)

GROUPS = (
    ("CKMB", "Công khai, minh bạch", "Openness and transparency"),
    ("TDGQ", "Tiến độ giải quyết", "Progress of handling"),
    ("CLGQ", "Dịch vụ công trực tuyến", "Online services"),
    ("TTTT", "Thanh toán trực tuyến", "Online payment"),
    ("MDSH", "Số hóa hồ sơ", "Digitisation"),
    ("MDHL", "Mức độ hài lòng", "Satisfaction"),
)
#: One criterion a group is enough for pages; the sixth waits for its data.
CRITERIA = (
    ("CKMB", "1.4", 18, "received", "received"),
    (
        "TDGQ",
        "2.1",
        20,
        "ended_on_time + open_on_time",
        "ended_on_time + ended_late + open_on_time + open_late",
    ),
    ("CLGQ", "3.3", 12, "received_online", "received"),
    ("TTTT", "3.6", 10, "paid_online", "fee_dossiers"),
    ("MDSH", "4.3", 22, "reusing_data", "received"),
    ("MDHL", "5.2", 18, "", ""),
)
BANDS = (
    ("excellent", "Xuất sắc", "Excellent", 90),
    ("good", "Tốt", "Good", 80),
    ("fair", "Khá", "Fair", 70),
    ("average", "Trung bình", "Average", 50),
    ("weak", "Yếu", "Weak", 0),
)


class AgencyFactory(factory.django.DjangoModelFactory):
    """An agency placed in the tree: pass ``parent``."""

    class Meta:
        model = Agency

    code = factory.Sequence(lambda n: f"H99.{n:03}")
    name = factory.LazyAttribute(lambda agency: f"Sở {agency.code}")
    kind = Agency.Kind.DEPARTMENT
    parent = None

    @classmethod
    def _create(cls, model_class: type[Agency], *args: Any, **kwargs: Any) -> Agency:
        parent = kwargs.pop("parent")
        agency = model_class(*args, **kwargs)
        agency.name_folded = folded(f"{agency.name} {agency.short_name}")
        return place(agency, parent)


class NationFactory(AgencyFactory):
    """The root of the tree."""

    code = "VN"
    name = "Cả nước"
    kind = Agency.Kind.NATION


class ProvinceFactory(AgencyFactory):
    """A province under the nation."""

    code = factory.Sequence(lambda n: f"H{100 + n}")
    short_name = factory.LazyAttribute(lambda agency: f"Tỉnh số {agency.code}")
    name = factory.LazyAttribute(lambda agency: f"Tỉnh {agency.short_name}")
    kind = Agency.Kind.PROVINCE


class AgencyCodeFactory(factory.django.DjangoModelFactory):
    """Another code of an agency."""

    class Meta:
        model = AgencyCode

    scheme = AgencyCode.Scheme.OLD


class HeadFactory(factory.django.DjangoModelFactory):
    """Who heads an agency."""

    class Meta:
        model = HeadOfAgency

    title = "Chủ tịch UBND"


class FieldFactory(factory.django.DjangoModelFactory):
    """A field of procedures."""

    class Meta:
        model = Field

    code = factory.Sequence(lambda n: f"G15-TP{n:02}")
    name = "Hộ tịch"


class ProcedureFactory(factory.django.DjangoModelFactory):
    """A public procedure: pass ``announcing_agency``."""

    class Meta:
        model = Procedure

    code = factory.Sequence(lambda n: f"1.{n:06}")
    name = "Đăng ký khai sinh"
    name_folded = factory.LazyAttribute(lambda procedure: folded(procedure.name))
    field = factory.SubFactory(FieldFactory)
    level = Procedure.Level.COMMUNE
    processing_time = 1
    is_complete = True


def indicator_set() -> IndicatorSet:
    """An approved set of six groups out of 100 points, with five bands."""
    chosen = IndicatorSet.objects.create(
        code="small",
        name="Bộ chỉ số",
        legal_source="Quyết định 766/QĐ-TTg ngày 23/6/2022",
        valid_from=202501,
    )
    for position, (code, name, name_en) in enumerate(GROUPS):
        Group.objects.create(indicator_set=chosen, code=code, name=name, name_en=name_en, position=position)
    groups = {group.code: group for group in chosen.groups.all()}
    for group, code, points, numerator, denominator in CRITERIA:
        Criterion.objects.create(
            group=groups[group],
            code=code,
            name=f"Tỷ lệ hồ sơ của chỉ tiêu {code}",
            name_en=f"Share of dossiers of criterion {code}",
            position=1,
            max_points=points,
            numerator=numerator,
            denominator=denominator,
            inherited=code == "1.4",
            rule=f"Số hồ sơ đạt yêu cầu của chỉ tiêu {code} trên tổng số hồ sơ.",
            rule_en=f"Dossiers that satisfy criterion {code} over all dossiers.",
            legal_source="Quyết định 766/QĐ-TTg, Phụ lục",
        )
    for code, name, name_en, minimum in BANDS:
        Band.objects.create(indicator_set=chosen, code=code, name=name, name_en=name_en, minimum=minimum)
    install(chosen)
    return chosen


class ScorecardFactory(factory.django.DjangoModelFactory):
    """A scorecard: pass ``agency``, ``indicator_set`` and ``share``, the share of points it has.

    Its groups add up to its total, as those of graded ones do; criterion 5.2 has no data.
    """

    class Meta:
        model = Scorecard

    class Params:
        share = Decimal("0.625")

    period = "2026"
    peer_class = factory.LazyAttribute(lambda card: peer_class(card.agency.kind, card.agency.path))
    groups = factory.LazyAttribute(
        lambda card: {group: str(_points(points, card.share)) for group, _code, points, *_ in CRITERIA}
    )
    criteria = factory.LazyAttribute(
        lambda card: {
            code: [str(round(405424 * card.share)), "405424", str(_points(points, card.share))]
            if numerator
            else [None, None, str(_points(points, card.share))]
            for _group, code, points, numerator, _denominator in CRITERIA
        }
    )
    total = factory.LazyAttribute(lambda card: sum(Decimal(points) for points in card.groups.values()))
    band = factory.LazyAttribute(
        lambda card: next(code for code, *_names, minimum in BANDS if card.total >= minimum)
    )
    dossiers = 405424
    rank = 1
    ranked = 1
    as_of = AS_OF
    changed_at = AS_OF


class SnapshotFactory(factory.django.DjangoModelFactory):
    """What an agency's score was at the end of a day."""

    class Meta:
        model = ScoreSnapshot

    period = "2026"


@dataclass(frozen=True)
class Country:
    """A nation of provinces with scorecards for one period, and the set they were graded with."""

    nation: Agency
    provinces: list[Agency]
    indicators: IndicatorSet


def country(provinces: int = 3, period: str = "2026") -> Country:
    """A nation whose provinces stand in order, from 62.50 points downwards by half a point."""
    indicators = indicator_set()
    nation = NationFactory()
    ScorecardFactory(agency=nation, indicator_set=indicators, period=period, share=Decimal("0.5656"))
    found = [ProvinceFactory(parent=nation) for _ in range(provinces)]
    for place_, province in enumerate(found):
        ScorecardFactory(
            agency=province,
            indicator_set=indicators,
            period=period,
            share=Decimal("0.625") - Decimal("0.005") * place_,
            rank=place_ + 1,
            ranked=provinces,
        )
    return Country(nation, found, indicators)


def _points(maximum: int, share: Decimal) -> Decimal:
    return (maximum * Decimal(share)).quantize(Decimal("0.01"))
