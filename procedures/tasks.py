"""Background work on dossiers: thin, safe to run twice, safe to lose a worker in the middle of."""

from celery import shared_task
from django.utils import timezone

from procedures import limit_changes


@shared_task
def rederive_procedure(procedure_id: int) -> None:
    """Derive the dossiers of a procedure whose limit changed anew, for a turn."""
    limit_changes.run(procedure_id, timezone.now)


@shared_task
def sweep_rederivations() -> None:
    """Call workers to procedures whose message or whose worker was lost."""
    limit_changes.sweep()
