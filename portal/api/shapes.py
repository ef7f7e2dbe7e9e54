"""What the API answers with, field by field; the schema and the documentation are made of this.

Counts are whole numbers, points and rates numbers with a decimal point: points with at most two
decimals, rates from 0 to 1 with four. What is not known is null, never 0.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from agencies.models import Agency


class AgencyShape(serializers.ModelSerializer[Agency]):
    """A public office."""

    parent = serializers.SlugRelatedField[Agency](  # type: ignore[assignment]  # a field, bound later
        slug_field="code", read_only=True, allow_null=True, help_text="Code of the agency above it."
    )

    class Meta:
        model = Agency
        fields = ["code", "name", "short_name", "kind", "parent", "gso_code", "valid_from", "valid_to"]


class OtherCodeShape(serializers.Serializer[dict[str, str]]):
    """Another code of an agency."""

    code = serializers.CharField()
    scheme = serializers.CharField(help_text="`old` (000.00.01.H22), `new` (H44.01) or `local`.")


class HeadShape(serializers.Serializer[dict[str, str]]):
    """Who heads an agency now."""

    name = serializers.CharField()
    title = serializers.CharField()
    since = serializers.DateField()


class AgencyDetailShape(AgencyShape):
    """A public office with its codes, its history and the periods it has scores for."""

    other_codes = OtherCodeShape(many=True)
    predecessors = serializers.SlugRelatedField[Agency](slug_field="code", many=True, read_only=True)
    successors = serializers.SlugRelatedField[Agency](slug_field="code", many=True, read_only=True)
    head = HeadShape(allow_null=True)
    periods = serializers.ListField(
        child=serializers.CharField(), help_text="Periods with a scorecard, the newest first."
    )

    class Meta(AgencyShape.Meta):
        fields = [
            *AgencyShape.Meta.fields,
            "latitude",
            "longitude",
            "other_codes",
            "predecessors",
            "successors",
            "head",
            "periods",
        ]
        extra_kwargs = {"latitude": {"coerce_to_string": False}, "longitude": {"coerce_to_string": False}}


class GroupShape(serializers.Serializer[dict[str, float]]):
    """Points of a block of criteria."""

    points = serializers.FloatField(allow_null=True)
    max = serializers.FloatField()


class CriterionShape(serializers.Serializer[dict[str, float]]):
    """Counts and points of one criterion."""

    numerator = serializers.FloatField(allow_null=True, help_text="Null: no data.")
    denominator = serializers.FloatField(allow_null=True, help_text="Null: no data.")
    rate = serializers.FloatField(
        allow_null=True, help_text="numerator ÷ denominator, four decimals; null: nothing to count."
    )
    points = serializers.FloatField(allow_null=True, help_text="Null: shown for information.")
    max = serializers.FloatField(allow_null=True, help_text="Null: shown for information.")


class ResultShape(serializers.Serializer[dict[str, float]]):
    """The result of an agency in a period."""

    agency = serializers.CharField(help_text="The agency's code.")
    name = serializers.CharField()
    total = serializers.FloatField(help_text="Points out of `max`.")
    max = serializers.FloatField()
    band = serializers.CharField(help_text="excellent, good, fair, average or weak.")
    rank = serializers.IntegerField(
        allow_null=True, help_text="Among its peers; null: too few dossiers to be ranked."
    )
    ranked = serializers.IntegerField(help_text="How many peers are ranked.")
    minimum_dossiers = serializers.IntegerField(
        help_text="Dossiers it takes to be ranked, by the indicator set; with fewer `rank` is null."
    )
    dossiers = serializers.IntegerField(help_text="Dossiers that ended in the period or are open at its end.")
    groups = serializers.DictField(child=GroupShape(), help_text="By the group's code.")
    as_of = serializers.DateTimeField(help_text="The moment up to which was counted.")


class StatusShape(serializers.Serializer[dict[str, str]]):
    """Whether figures are provisional or published."""

    provisional = serializers.BooleanField(help_text="True until the result is published and frozen.")
    status = serializers.ChoiceField(choices=["provisional", "published"])
    version = serializers.IntegerField(allow_null=True, help_text="Of the publication; null: provisional.")
    fingerprint = serializers.CharField(
        allow_null=True, help_text="SHA-256 of the publication, as on `/cong-bo/`; null: provisional."
    )


class DerivedShape(serializers.Serializer[dict[str, float]]):
    """An office's live result by the set its province or ministry derived; it changes no national score."""

    indicator_set = serializers.CharField(help_text="Code and version of the derived set.")
    owner = serializers.CharField(help_text="Code of the province or ministry whose set it is.")
    total = serializers.FloatField(help_text="Points out of `max`.")
    max = serializers.FloatField()
    band = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True, help_text="Among the offices of its owner.")
    ranked = serializers.IntegerField()


class ScorecardShape(StatusShape, ResultShape):
    """A scorecard: the result with every criterion."""

    period = serializers.CharField()
    peer_class = serializers.CharField(help_text="As `class` of the standings takes it.")
    indicator_set = serializers.CharField(help_text="Code and version of the set it was graded with.")
    derived = DerivedShape(allow_null=True, help_text="Null: no derived set covers the office.")
    criteria = serializers.DictField(child=CriterionShape(), help_text="By the criterion's code.")


class StandingShape(ResultShape):
    """A row of the standings."""

    change_since_previous_period = serializers.FloatField(allow_null=True)
    change_since_last_week = serializers.FloatField(allow_null=True)


class StandingsShape(StatusShape):
    """The standings of a class of offices in a period."""

    period = serializers.CharField()
    peer_class = serializers.CharField()
    results = StandingShape(many=True)


#: What is wrong with what was asked, by the name of the parameter.
PROBLEMS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "description": "What is wrong with each parameter.",
}


class MessageShape(serializers.Serializer[dict[str, str]]):
    """Why there is no answer."""

    detail = serializers.CharField()
