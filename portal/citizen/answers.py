"""Published answers to petitions: a list to search, and one page each; nothing that names anybody."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback.published import published
from portal.agency_search import by_code

PER_PAGE = 20
LONGEST_QUERY = 100


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Published petitions with every word of ``?q=``, of the office ``?co-quan=`` and all below it."""
    asked = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    code = request.GET.get("co-quan", "")[:35]
    office = by_code(code) if code else None
    found = published(asked, agency=office)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    return render(
        request, "citizen/answers.html", {"tab": "petitions", "asked": asked, "office": office, "page": page}
    )


@require_safe
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """One published petition with its answer."""
    petition = published().filter(code=code).first()
    if petition is None:
        raise Http404(_("No published answer has the code “%(code)s”.") % {"code": code[:20]})
    return render(request, "citizen/answer.html", {"tab": "petitions", "petition": petition})
