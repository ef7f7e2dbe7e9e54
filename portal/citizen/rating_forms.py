"""Forms by which a dossier is rated."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from feedback.models import FACTORS, Rating
from feedback.models.rating import LEAST, MOST
from feedback.ratings import LONGEST_COMMENT
from portal.citizen.fields import LineField, NotWrittenBack, PlainField

LONGEST_CODE = 50


class ProofForm(forms.Form):
    """Which dossier, and what shows that it is one's own."""

    code = LineField(
        label=_("Code of the dossier"),
        max_length=LONGEST_CODE,
        help_text=_("On the receipt, for example H44.01-260305-00001."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    digits = LineField(
        label=_("Last four digits"),
        help_text=_("Of the telephone number or of the identity number given with the dossier."),
        validators=[RegexValidator(r"^[0-9]{4}\Z", _("Write four digits."))],
        max_length=4,
        widget=NotWrittenBack(
            attrs={"autocomplete": "off", "inputmode": "numeric", "pattern": "[0-9]{4}", "class": "short"}
        ),
    )


class DetailsForm(forms.Form):
    """The five factors and a comment, all of it as one likes."""

    comment = PlainField(
        label=_("Anything to add?"),
        required=False,
        max_length=LONGEST_COMMENT,
        help_text=_(
            "The office reads it. Please name nobody and give no numbers; others see it only after "
            "somebody has looked through it."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, rating: Rating, **options: Any) -> None:
        options["initial"] = {name: getattr(rating, name) for name in (*FACTORS, "comment")}
        super().__init__(*args, **options)
        for name in FACTORS:
            self.fields[name] = forms.TypedChoiceField(
                label=QUESTIONS[name],
                choices=[*((str(n), str(n)) for n in range(LEAST, MOST + 1)), ("", "–")],
                required=False,
                coerce=int,
                empty_value=None,
                widget=forms.RadioSelect,
            )

    @property
    def factors(self) -> list[forms.BoundField]:
        """The questions, in order."""
        return [self[name] for name in FACTORS]


QUESTIONS = {
    "access": _("Finding and reaching the office or its site"),
    "procedure": _("The procedure: papers, steps, forms"),
    "staff": _("The staff: manner and skill"),
    "result": _("The result: right and on time"),
    "comments": _("How it takes comments and questions"),
}
