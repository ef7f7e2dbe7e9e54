"""`/api/v1/ratings/`, `/api/v1/petitions/`, `/api/v1/rating-links/`: for agencies' own software.

A connected system opens a session as for the national protocol and sends it as `Authorization: Bearer …`
or as the header `session`. It speaks for its own agency and all below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.integration import SessionRefused, client_of_session, note_seen
from agencies.models import IntegrationClient
from feedback import sent_links
from feedback.sent_petitions import take_petitions
from feedback.sent_ratings import take_ratings
from feedback.sent_records import MOST, Outcome, Result
from portal.api import feedback_shapes as shapes
from portal.api.shapes import MessageShape


class SystemSession(BaseAuthentication):
    """A session of a connected system; ``request.auth`` is the system."""

    def authenticate(self, request: Request) -> tuple[None, IntegrationClient] | None:
        """The system whose session it is; raises AuthenticationFailed (401) for none that is good."""
        bearer = request.headers.get("Authorization", "")
        token = request.headers.get("session", "") or bearer.removeprefix("Bearer ").strip()
        if not token:
            return None
        try:
            return None, client_of_session(token, as_of=timezone.now())
        except SessionRefused:
            raise exceptions.AuthenticationFailed(
                _("Unknown session, or one that is over: open a new one.")
            ) from None

    def authenticate_header(self, request: Request) -> str:
        """What a call without a session is asked for."""
        return "Bearer"


class SystemSessionScheme(OpenApiAuthenticationExtension):
    """How the schema tells of a system's session."""

    target_class = SystemSession
    name = "systemSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer"}


class IsSystem(BasePermission):
    """Only a connected system with a session."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether a system calls."""
        return isinstance(request.auth, IntegrationClient)


class SystemDoor(APIView):
    """A door for connected systems: records in a list, an outcome for each."""

    authentication_classes = [SystemSession]
    permission_classes = [IsSystem]

    def records(self, request: Request) -> list[Any]:
        """The records of the call. Raises ParseError (400) for anything but a list of so many."""
        if not isinstance(request.data, list):
            raise exceptions.ParseError(_("A list of records is expected."))
        if len(request.data) > MOST:
            raise exceptions.ParseError(
                _("%(count)d records in one call: send at most %(most)d, none was taken.")
                % {"count": len(request.data), "most": MOST}
            )
        return request.data

    def take(self, request: Request, taking: Callable[..., list[Result]], leave_out: set[str]) -> Response:
        """Take the records in and answer with what became of each."""
        client: Any = request.auth
        as_of = timezone.now()
        results = taking(self.records(request), client=client, as_of=as_of)
        rejected = sum(result.outcome is Outcome.REJECTED for result in results)
        note_seen(client, len(results) - rejected, rejected, as_of)
        return Response(
            {
                "taken": len(results) - rejected,
                "rejected": rejected,
                "results": [
                    {name: value for name, value in asdict(result).items() if name not in leave_out}
                    for result in results
                ],
            }
        )


_REFUSALS = {400: MessageShape, 401: MessageShape}


class Ratings(SystemDoor):
    """Ratings that an agency's own software collected."""

    @extend_schema(request=shapes.RatingShape(many=True), responses={200: shapes.OutcomesShape, **_REFUSALS})
    def post(self, request: Request) -> Response:
        """Take up to 500 ratings; sending one again under its `ref` changes it or changes nothing."""
        return self.take(request, take_ratings, {"code", "secret"})


class Petitions(SystemDoor):
    """Petitions that an agency's own software took in."""

    @extend_schema(
        request=shapes.PetitionShape(many=True), responses={200: shapes.PetitionOutcomesShape, **_REFUSALS}
    )
    def post(self, request: Request) -> Response:
        """Take up to 500 petitions; sending one again under its `ref` makes no second one."""
        return self.take(request, take_petitions, set())


class RatingLinks(SystemDoor):
    """Links for receipts."""

    @extend_schema(
        request={"application/json": {"type": "array", "items": {"type": "string"}}},
        responses={200: shapes.LinksShape, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """The links by which the dossiers with these codes can be rated."""
        client: Any = request.auth
        return Response({"results": sent_links.links(self.records(request), client, timezone.now())})
