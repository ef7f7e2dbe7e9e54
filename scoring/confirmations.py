"""How far a round of confirmation is: who confirmed, who did not, who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from agencies.models import Agency
from agencies.permissions import CONFIRM_RESULTS, SEE_RECORDS
from agencies.visibility import visible
from scoring.models import Confirmation, ConfirmationRound, PublishedScorecard

#: Frozen scorecards with an ``answer``, which the model itself has not.
Answers = QuerySet[Any]

#: The answer of who has given none.
MISSING = "missing"


@dataclass(frozen=True)
class Progress:
    """How many offices answered what."""

    confirmed: int
    disputed: int
    missing: int

    @property
    def asked(self) -> int:
        """How many are asked."""
        return self.confirmed + self.disputed + self.missing


def offices_asked(asked: ConfirmationRound) -> QuerySet[PublishedScorecard]:
    """The frozen scorecards to be confirmed: of every agency still known but the nation."""
    return (
        PublishedScorecard.objects.filter(publication=asked.publication_id)
        .exclude(kind=Agency.Kind.NATION)
        .filter(Exists(Agency.objects.filter(pk=OuterRef("agency_id"))))
    )


def answered(asked: ConfirmationRound, cards: QuerySet[PublishedScorecard]) -> Answers:
    """Scorecards, each with the ``answer`` given of it."""
    given = Confirmation.objects.filter(round=asked, agency=OuterRef("agency_id"))
    return cards.annotate(
        answer=Coalesce(
            Subquery(given.values("answer")[:1]), Value(MISSING), output_field=CharField(max_length=10)
        ),
    )


def answers(asked: ConfirmationRound, user: Any) -> Answers:
    """The scorecards of the offices ``user`` sees, each with its ``answer`` ("missing": none given)."""
    return answered(asked, offices_asked(asked).filter(visible(user, "agency__path", SEE_RECORDS)))


def waiting_for(asked: ConfirmationRound, user: Any) -> Answers:
    """The scorecards that ``user`` may confirm and nobody answered for."""
    mine = offices_asked(asked).filter(visible(user, "agency__path", CONFIRM_RESULTS))
    return answered(asked, mine).filter(answer=MISSING)


def progress(listed: Answers) -> Progress:
    """The answers in a list of ``answers``, counted."""
    found = dict(listed.order_by().values_list("answer").annotate(number=Count("pk")))
    return Progress(
        found.get(Confirmation.Answer.CONFIRMED, 0),
        found.get(Confirmation.Answer.DISPUTED, 0),
        found.get(MISSING, 0),
    )


def progress_of_all(asked: ConfirmationRound) -> Progress:
    """The answers of all offices asked."""
    return progress(answered(asked, offices_asked(asked)))


def missing_below(asked: ConfirmationRound, agency: Agency) -> int:
    """How many offices directly below an agency have figures and have not confirmed them."""
    below = offices_asked(asked).filter(agency__parent=agency)
    return answered(asked, below).exclude(answer=Confirmation.Answer.CONFIRMED).count()
