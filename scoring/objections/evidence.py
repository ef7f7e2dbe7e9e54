"""The files that are to prove an objection: added, taken out while it is written, deleted in time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from agencies.models import User
from feedback.attachments import KEPT, LONGEST_KEPT, checked, delete_files, stored_name
from scoring.models import Objection, ObjectionEvidence
from scoring.objections.moves import Verb, held, note
from scoring.objections.writing import EDITABLE, check_writer


def attach(
    objection: Objection, files: Sequence[UploadedFile], *, by: User, as_of: datetime
) -> list[ObjectionEvidence]:
    """Add evidence; raises ValidationError (``attachments``) for a file that may not be kept."""
    with held(objection, EDITABLE) as found:
        check_writer(found, by)
        kept = []
        for file in checked(files, list(found.evidence.all())):
            evidence = ObjectionEvidence(
                objection=found,
                name=file.name,
                type=file.type,
                size=len(file.content),
                added_at=as_of,
                added_by=by,
            )
            evidence.file.save(stored_name(file), ContentFile(file.content), save=True)
            kept.append(evidence)
        return kept


def take_out(objection: Objection, evidence_ids: Collection[int], *, by: User) -> int:
    """Delete files while it is written, or more is asked for; returns how many."""
    with held(objection, EDITABLE) as found:
        check_writer(found, by)
        chosen = list(found.evidence.filter(pk__in=evidence_ids))
        found.evidence.filter(pk__in=[one.pk for one in chosen]).delete()
        transaction.on_commit(lambda: _delete(chosen), robust=True)
        return len(chosen)


def forget(as_of: datetime) -> int:
    """Delete the evidence that was kept long enough; returns how many files."""
    over = Q(objection__state__in=Objection.OVER, objection__moved_at__lte=as_of - KEPT)
    old = ObjectionEvidence.objects.filter(over | Q(added_at__lte=as_of - LONGEST_KEPT))

    def gone(objection: Objection, deleted: int) -> None:
        note(objection, Verb.EVIDENCE_GONE, by=None, as_of=as_of, text=str(deleted))

    return delete_files(old.select_related("objection"), "objection", gone)


def _delete(files: Sequence[ObjectionEvidence]) -> None:
    """From the disk."""
    for evidence in files:
        evidence.file.delete(save=False)
