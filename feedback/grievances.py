"""Dossiers with a petition or a dislike (Decision 766, criterion 5.4): each once, whatever was said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from feedback.models import Grievance, Opinion, Petition, Rating, Standing
from procedures.among import among
from procedures.models import Dossier
from procedures.rederiving import spans_of
from procedures.signals import counts_changed


def settle(dossier_ids: Collection[int], as_of: datetime) -> None:
    """Let the grievances of these dossiers be what their ratings and petitions say.

    Marks the months in which those that changed count. In the caller's transaction; twice is as good
    as once.
    """
    if not dossier_ids:
        return
    # Whoever settles the same dossier at this moment waits, and then sees what we have written.
    locked = Dossier.objects.filter(among("id", dossier_ids)).order_by("code")
    list(locked.select_for_update(no_key=True).values_list("pk"))
    disliked = Rating.objects.filter(
        among("dossier_id", dossier_ids),
        satisfaction=Opinion.Satisfaction.NOT_SATISFIED,
        standing=Standing.COUNTED,
    )
    complained = Petition.objects.filter(among("dossier_id", dossier_ids), standing=Standing.COUNTED)
    due = {*disliked.values_list("dossier_id", flat=True)}
    due.update(complained.order_by().values_list("dossier_id", flat=True))
    known = {*Grievance.objects.filter(among("dossier_id", dossier_ids)).values_list("dossier_id", flat=True)}
    if due - known:
        Grievance.objects.bulk_create(
            [Grievance(dossier_id=pk) for pk in sorted(due - known)], ignore_conflicts=True
        )
    if known - due:
        Grievance.objects.filter(among("dossier_id", known - due)).delete()
    changed = due ^ known
    if changed:
        counts_changed.send(sender=Grievance, spans=spans_of(changed, as_of))
