"""One's own jobs: how far each is, and what came of it. A page that is left loses nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies import job_files, jobs
from agencies.exchange.importing import APPLY, CHECK, ask_apply
from agencies.job_runs import run_turn
from agencies.models import Job
from portal.exchange.files import download
from portal.exchange.job_report import job_report

#: Jobs on the page of one's own.
SHOWN = 100
#: A table of up to so many rows is checked and written while the page waits.
AT_ONCE = 1_000


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The jobs this person asked for, the newest first; as a part alone for a page that is looking."""
    own = list(Job.objects.filter(owner=request.user.pk).select_related("agency")[:SHOWN])
    context = {
        **admin.site.each_context(request),
        "title": _("My background jobs"),
        "jobs": own,
        "under_way": any(job.is_under_way for job in own),
    }
    template = "exchange/parts/job_rows.html" if request.headers.get("HX-Request") else "exchange/jobs.html"
    return TemplateResponse(request, template, context)


@require_safe
def job_page(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job: its progress, then its file, or what a check found."""
    job = _job(request, job_id)
    context = {**admin.site.each_context(request), "title": job.title, "job": job}
    if job.kind in (CHECK, APPLY):
        context |= job_report(job, request.GET)
    return TemplateResponse(request, "exchange/job.html", context)


@require_safe
def job_progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far a job is, for a page that is looking; once it has ended the page is loaded anew."""
    job = _job(request, job_id)
    response = TemplateResponse(request, "exchange/parts/progress.html", {"job": job})
    if not job.is_under_way:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def job_file(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """The file that a job left."""
    job = _job(request, job_id)
    path = job_files.result_of(job) if job.state == Job.State.DONE else None
    if path is None or not job.file_name:
        raise Http404(_("This file is no longer there."))
    return download(path.open("rb"), job.file_name)


@require_POST
def stop_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """End one's own job."""
    job = _job(request, job_id)
    if job.owner_id != request.user.pk:
        raise PermissionDenied
    if jobs.stop(job):
        messages.success(request, _("Stopped: %(title)s") % {"title": job.title})
    return redirect("jobs")


@require_POST
def apply_import(request: HttpRequest, job_id: int) -> HttpResponse:
    """Write the table that a check found good."""
    check = _job(request, job_id)
    user: Any = request.user
    try:
        job = ask_apply(check, owner=user, as_of=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("job", check.pk)
    begin(job, sum(check.outcome["counts"].values()) <= AT_ONCE)
    return redirect("job", job.pk)


def begin(job: Job, at_once: bool) -> None:
    """Do a short job while the page waits, and call a worker to a long one."""
    if at_once:
        run_turn(job.pk, timezone.now, seconds=None)
    else:
        jobs.call(job.pk)


def _job(request: HttpRequest, job_id: int) -> Job:
    """The job, if the user may open it; to others it does not exist."""
    job = Job.objects.select_related("owner", "agency").filter(pk=job_id).first()
    if job is None or not jobs.may_open(request.user, job):
        raise Http404(_("There is no such job."))
    return job
