"""The comment of a rating: whether it may be shown, and in which words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.admin_display import list_url
from agencies.admin_scope import person
from agencies.permissions import HANDLE_PETITIONS
from agencies.visibility import visible
from feedback.models import Rating
from feedback.personal_data import signs_in
from feedback.rating_comments import keep_back_comment, show_comment
from feedback.ratings import LONGEST_COMMENT
from portal.petitions.frame import framed


class CommentForm(forms.Form):
    """The comment without what names anybody, or why nobody may see it."""

    text = forms.CharField(
        label=gettext_lazy("Comment as everybody may read it"),
        help_text=gettext_lazy("Take out names, telephone and identity numbers, addresses."),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is kept back"),
        help_text=gettext_lazy("Only if it is to be kept back."),
        max_length=500,
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, rating_id: int) -> HttpResponse:
    """Let a comment be shown, or keep it back; either can be decided anew."""
    rating = (
        Rating.objects.filter(visible(request.user, "dossier__agency__path", HANDLE_PETITIONS), pk=rating_id)
        .exclude(comment="")
        .select_related("dossier__agency", "dossier__procedure")
        .first()
    )
    if rating is None:
        raise Http404(_("There is no such comment among the ratings you handle."))
    initial: dict[str, Any] = {"text": rating.shown_comment or rating.comment}
    form = CommentForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _decided(request, rating, form):
        return redirect(list_url(Rating, comment_state=Rating.CommentState.WAITING))
    signs = signs_in(rating.shown_comment or rating.comment)
    context = framed(
        request,
        _("Comment of a rating"),
        "ratings",
        rating=rating,
        form=form,
        signs=signs,
        back=list_url(Rating),
    )
    return TemplateResponse(request, "petitions/comment.html", context)


def _decided(request: HttpRequest, rating: Rating, form: CommentForm) -> bool:
    by, now = person(request), timezone.now()
    try:
        if request.POST.get("decision") == "show":
            show_comment(rating, form.cleaned_data["text"], by=by, as_of=now)
            messages.success(request, _("The comment may be shown, in your words."))
        else:
            keep_back_comment(rating, by=by, reason=form.cleaned_data["reason"], as_of=now)
            messages.success(request, _("The comment is kept back."))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
