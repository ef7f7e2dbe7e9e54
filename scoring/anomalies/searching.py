"""Which months are searched when: every night those under way, and any period somebody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from agencies import jobs
from agencies.admin_display import figure
from agencies.job_runs import Run, Step, job_kind
from agencies.models import Job, User
from agencies.permissions import REVIEW_ANOMALIES
from procedures.months import VIETNAM, add_months, month_of
from scoring.anomalies.counting import inbox_url
from scoring.anomalies.finding import Looked, look
from scoring.anomalies.rules import may_change_rules
from scoring.models import AnomalyRule, AnomalySearch
from scoring.periods import Period

FIND = "find-anomalies"
#: How long one search may take without a sign of life.
LONG = timedelta(minutes=4)
#: When the night's search begins, in Vietnamese time: the day before is over and sent.
NIGHT = time(1)


def months_under_way(as_of: datetime) -> tuple[int, int]:
    """The month under way and the one before, of which dossiers still come."""
    this = month_of(as_of)
    return this, add_months(this, -1)


def tonight(as_of: datetime) -> datetime:
    """When the latest night's search was to begin."""
    local = as_of.astimezone(VIETNAM)
    begun = datetime.combine(local.date(), NIGHT, VIETNAM)
    return begun if local >= begun else begun - timedelta(days=1)


def still_to_search(months: Iterable[int], since: datetime) -> list[tuple[AnomalyRule, int]]:
    """Which rules have not searched which of these months since then."""
    done = set(AnomalySearch.objects.filter(searched_at__gte=since).values_list("rule_id", "month"))
    rules = list(AnomalyRule.objects.all())
    return [(rule, month) for month in months for rule in rules if (rule.pk, month) not in done]


def search_nightly(as_of: datetime) -> Iterator[Looked]:
    """Search, one at a time, what this night has not been searched; begun again, it goes on."""
    for rule, month in still_to_search(months_under_way(as_of), tonight(as_of)):
        yield look(rule, month, as_of)


def ask_search(period: Period, *, by: User, as_of: datetime) -> Job:
    """Ask for a search of all months of a period that have begun.

    Raises PermissionDenied for who does not review the whole nation, and what ``jobs.start`` raises.
    """
    if not may_change_rules(by):
        raise PermissionDenied(_("Only who settles anomalies of the whole nation has it searched."))
    with transaction.atomic():
        job = jobs.start(
            FIND,
            owner=by,
            title=_("Search for anomalies: %(period)s") % {"period": period.label},
            as_of=as_of,
            parameters={"period": period.code},
        )
        jobs.call(job.pk)
    return job


@job_kind(FIND, permission=lambda job: REVIEW_ANOMALIES)
def find_anomalies(run: Run) -> Iterator[Step]:
    """Search every month of the period by every rule; a rule and month is one step."""
    period = Period.parse(run.job.parameters["period"])
    months = [month for month in period.months if month <= month_of(run.job.created_at)]
    # As of when it was asked, so that a turn that begins anew goes on with the same list.
    every = [(rule, month) for month in months for rule in AnomalyRule.objects.all()]
    point = {"place": 0, "found": 0, "new": 0, "gone": 0, **run.checkpoint}
    point.pop("claim", None)
    # The first search of a turn may take as long as any.
    yield Step(point["place"], len(every), point, hold=LONG, may_pause=False)
    while point["place"] < len(every):
        rule, month = every[point["place"]]
        looked = look(rule, month, run.as_of)
        point = {
            "place": point["place"] + 1,
            "found": point["found"] + looked.found,
            "new": point["new"] + looked.new + looked.back,
            "gone": point["gone"] + looked.gone,
        }
        yield Step(point["place"], len(every), point, hold=LONG)
    run.outcome = {
        "told": _("Found: %(found)s; new or back: %(new)s; no longer found: %(gone)s.")
        % {name: figure(point[name]) for name in ("found", "new", "gone")},
        "back": inbox_url(period=period.code),
    }
