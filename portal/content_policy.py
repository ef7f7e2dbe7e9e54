"""Which pages may run what, as told to the browser by Content-Security-Policy."""

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

ADMIN_PATH = "/admin/"
API_DOCS_PATH = "/api/docs/"

# The admin's Alpine components evaluate attributes and write inline styles.
ADMIN_DIRECTIVES = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
# The API explorer starts from an inline script and draws with inline styles.
API_DOCS_DIRECTIVES = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "worker-src": [SELF, "blob:"],
}
PUBLIC_DIRECTIVES = {
    "default-src": [NONE],
    "script-src": [SELF, NONCE],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}


class ContentPolicyMiddleware(CSPMiddleware):
    """Strict on every page; looser under the two addresses whose libraries need it."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the policy for this answer; a view's own decorator still has the last word."""
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(ADMIN_PATH):
            parts.replace = {**ADMIN_DIRECTIVES, **(parts.replace or {})}
        elif request.path.startswith(API_DOCS_PATH):
            parts.replace = {**API_DOCS_DIRECTIVES, **(parts.replace or {})}
        return parts
