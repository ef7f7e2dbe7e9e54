from django.db import models

from procedures.models.procedure import Procedure


class Rederivation(models.Model):
    """Dossiers of a procedure whose limit changed, on the way to being derived anew: a row until done.

    They are worked through by id, a portion a transaction, and each portion notes here how far it came:
    a worker that is lost costs nothing, and two at once only take turns (``procedures.limit_changes``).
    """

    procedure = models.OneToOneField(
        Procedure, on_delete=models.CASCADE, primary_key=True, related_name="rederivation"
    )
    asked_at = models.DateTimeField()
    #: Dossiers up to this id are done; the limit changed again: from the beginning.
    after = models.PositiveBigIntegerField(default=0)
    #: The highest id there was when it was asked for; later dossiers came in with the new limit.
    last = models.PositiveBigIntegerField()
    derived = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.procedure_id}: {self.after} / {self.last}"

    @property
    def percent(self) -> int:
        """About how far it is, by the ids it has passed."""
        return min(99, self.after * 100 // max(1, self.last))
