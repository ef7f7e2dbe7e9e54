from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.agency import Agency
from agencies.models.scoped import ScopedModel
from agencies.permissions import KEEP_SYSTEMS, SEE_RECORDS


class IntegrationClient(ScopedModel):
    """A one-stop system of an agency, connected to ours: credentials and the subtree it speaks for.

    The password is kept only as a hash; issuing, rotating and revoking are verbs of
    ``agencies.integration``.
    """

    asks = {"view": SEE_RECORDS, "add": KEEP_SYSTEMS, "change": KEEP_SYSTEMS}

    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        related_name="integration_clients",
        verbose_name=_("agency"),
        help_text=_("The client may send dossiers of this agency and everything below it."),
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    username = models.CharField(_("username"), max_length=60, unique=True)
    password_hash = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    rotated_at = models.DateTimeField(_("password changed"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    accepted_count = models.PositiveBigIntegerField(_("records taken"), default=0)
    rejected_count = models.PositiveBigIntegerField(_("records refused"), default=0)

    class Meta:
        verbose_name = _("connected system")
        verbose_name_plural = _("connected systems")
        ordering = ["agency__path", "username"]

    def __str__(self) -> str:
        return self.username


class IntegrationSession(models.Model):
    """A session handed out by the national protocol's auth call; only the token's hash is kept."""

    client = models.ForeignKey(IntegrationClient, on_delete=models.CASCADE, related_name="sessions")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("system session")
        verbose_name_plural = _("system sessions")

    def __str__(self) -> str:
        return f"{self.client} · {self.expires_at:%Y-%m-%d %H:%M}"
