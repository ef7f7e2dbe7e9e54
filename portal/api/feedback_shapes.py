"""What the doors for ratings and petitions take and answer; the schema is made of this."""

from __future__ import annotations

from rest_framework import serializers

from feedback.models import FACTORS, Opinion, Petition
from feedback.sent_records import LONGEST_REF, Outcome


class FactorsShape(serializers.Serializer[dict[str, int]]):
    """The five factors of satisfaction, each from 1 to 5."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """One field a factor."""
        return {name: serializers.IntegerField(min_value=1, max_value=5, required=False) for name in FACTORS}


class RatingShape(serializers.Serializer[dict[str, str]]):
    """The rating of a dossier by its applicant."""

    ref = serializers.CharField(max_length=LONGEST_REF, help_text="Your own identifier of the rating.")
    dossier = serializers.CharField(help_text="The dossier's code.")
    satisfaction = serializers.ChoiceField(
        Opinion.Satisfaction.choices, help_text="3 very satisfied, 2 satisfied, 1 not satisfied."
    )
    factors = FactorsShape(required=False)
    comment = serializers.CharField(required=False, allow_blank=True)
    given_at = serializers.DateTimeField(required=False, help_text="With its zone; now without it.")


class ContactShape(serializers.Serializer[dict[str, str]]):
    """How the sender may be reached: sealed on arrival, shown to the handling agency alone."""

    name = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True)
    email = serializers.CharField(required=False, allow_blank=True)


class PetitionShape(serializers.Serializer[dict[str, str]]):
    """A petition."""

    ref = serializers.CharField(max_length=LONGEST_REF, help_text="Your own identifier of the petition.")
    agency = serializers.CharField(help_text="Code of the agency it is about.")
    kind = serializers.CharField(help_text=f"Its class: {', '.join(Petition.Kind.values)}.")
    subject = serializers.CharField()
    body = serializers.CharField()
    procedure = serializers.CharField(required=False, help_text="Code of the procedure, if it is about one.")
    dossier = serializers.CharField(required=False, help_text="Code of the sender's dossier, if any.")
    sent_at = serializers.DateTimeField(required=False, help_text="With its zone; now without it.")
    contact = ContactShape(required=False)


class OutcomeShape(serializers.Serializer[dict[str, str]]):
    """What became of one record."""

    position = serializers.IntegerField(help_text="Its place in the call, from 0.")
    ref = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    field = serializers.CharField(allow_blank=True, help_text="The field at fault.")
    reason = serializers.CharField(allow_blank=True, help_text="Why it was refused, in a word.")
    message = serializers.CharField(allow_blank=True, help_text="Why it was refused, in a sentence.")


class OutcomesShape(serializers.Serializer[dict[str, str]]):
    """What became of the records of a call."""

    taken = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = OutcomeShape(many=True)


class PetitionOutcomeShape(OutcomeShape):
    """What became of one petition."""

    code = serializers.CharField(allow_blank=True, help_text="Receipt code, for the sender.")
    secret = serializers.CharField(allow_blank=True, help_text="Secret by which the sender follows it.")


class PetitionOutcomesShape(OutcomesShape):
    """What became of the petitions of a call."""

    results = PetitionOutcomeShape(many=True)


class LinkShape(serializers.Serializer[dict[str, str]]):
    """A link by which one dossier can be rated, to be printed on its receipt."""

    dossier = serializers.CharField()
    token = serializers.CharField(allow_blank=True, help_text="Empty: no dossier of yours has this code.")
    expires_on = serializers.DateField(allow_null=True, help_text="Its last day.")


class LinksShape(serializers.Serializer[dict[str, str]]):
    """Links to be printed."""

    results = LinkShape(many=True)
