from feedback.models.petition import Petition
from feedback.models.petition_parts import (
    AnswerTemplate,
    PetitionAttachment,
    PetitionContact,
    PetitionStay,
    PetitionStep,
)
from feedback.models.rating import FACTORS, Grievance, Opinion, Rating, RatingChange
from feedback.models.voice import Door, Standing, Voice

__all__ = [
    "FACTORS",
    "AnswerTemplate",
    "Door",
    "Grievance",
    "Opinion",
    "Petition",
    "PetitionAttachment",
    "PetitionContact",
    "PetitionStay",
    "PetitionStep",
    "Rating",
    "RatingChange",
    "Standing",
    "Voice",
]
