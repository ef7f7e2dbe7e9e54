"""Admin pages of petitions, ratings and answer templates."""

from feedback.admin.answer_template import AnswerTemplateAdmin
from feedback.admin.petition import PetitionAdmin
from feedback.admin.rating import RatingAdmin

__all__ = ["AnswerTemplateAdmin", "PetitionAdmin", "RatingAdmin"]
