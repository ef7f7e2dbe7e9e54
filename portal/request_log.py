"""One log line a request, and one identifier that ties together every line it caused."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from agencies.client_address import client_address
from agencies.request_trace import traced
from portal.logs import SECRET_LINKS

log = structlog.get_logger(__name__)

ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestLogMiddleware:
    """Give each request an id, answer with it, and log method, path, status and duration.

    Neither the body nor the query string is logged, both can name a citizen, nor the secret of a link.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request between binding its id to the log and forgetting it."""
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if ACCEPTABLE_ID.fullmatch(offered) else uuid.uuid4().hex
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        try:
            with traced(request_id, client_address(request)):
                response = self.get_response(request)
            response["X-Request-ID"] = request_id
            log.info(
                "request",
                method=request.method,
                path=SECRET_LINKS.sub(r"\1…", request.path),
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
            return response
        finally:
            clear_contextvars()
