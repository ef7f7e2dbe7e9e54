"""The pages of the provider of identities (identity_provider.py), and what its tokens say.

Imported only in the provider's own process, under its own settings.
"""

from __future__ import annotations

import json
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

PASSWORD = "a phrase only the provider knows"


class TokenAdapter(DefaultOIDCAdapter):
    """Adds when the person signed in, and what `/control` was told to add."""

    def get_claims(
        self, purpose: Any, user: Any, client: Client, scopes: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """The claims of a token or of the userinfo answer."""
        claims = super().get_claims(purpose, user, client, scopes, **kwargs)
        if purpose == "id_token":
            claims["auth_time"] = int(user.last_login.timestamp())
            claims |= cache.get(f"says:{user.pk}", {})
        return claims


@receiver(authentication_step_completed)
def note_time(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A sign-in asked for again counts as one."""
    get_user_model().objects.filter(pk=user.pk).update(last_login=timezone.now())


def enrol_portal(client_id: str, secret: str) -> None:
    """Let the portal ask who people are."""
    client = Client(id=client_id, name="portal", skip_consent=True, scopes="openid\nprofile\nemail")
    client.set_secret(secret)
    client.save()


@csrf_exempt
def control(request: HttpRequest) -> JsonResponse:
    """What tests tell the provider."""
    said = json.loads(request.body)
    if "redirect_uris" in said:
        client = Client.objects.get()
        client.set_redirect_uris(said["redirect_uris"])
        client.save()
    if person := said.get("person"):
        people = get_user_model()
        user, created = people.objects.update_or_create(
            username=person["username"], defaults={"email": person["email"]}
        )
        if created:
            user.set_password(PASSWORD)
            user.save()
        # An address is one person's; here it may be given to another.
        EmailAddress.objects.filter(Q(user=user) | Q(email=person["email"])).delete()
        EmailAddress.objects.create(
            user=user, email=person["email"], verified=person["verified"], primary=True
        )
        cache.set(f"says:{user.pk}", person["says"], None)
    return JsonResponse({})


urlpatterns = [
    path("control", control),
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls", namespace="idp")),
]
