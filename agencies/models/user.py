from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person with an account: a delegated administrator, an officer or a reviewer.

    Citizens have none. What a user may do is decided by grants on agencies, never by this row.
    """

    #: Whether they want the letter that tells administrators each Monday how their agencies stand.
    weekly_digest = models.BooleanField(_("weekly digest"), default=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def clean(self) -> None:
        """Raise ValidationError when saving would lock the last operator of the system out."""
        # Models are loaded before what asks the database about grants.
        from agencies.operators import refuse_locking_out

        super().clean()
        if self.pk:
            refuse_locking_out(self, timezone.now())

    def __str__(self) -> str:
        return self.get_full_name() or self.username
