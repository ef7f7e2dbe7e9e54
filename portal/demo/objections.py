"""The demo's objections: one decided, one refused, one waiting at each desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from agencies.models import Agency, User
from portal.demo.quiet_mail import without_letters
from procedures.models import Dossier
from procedures.months import VIETNAM, add_months, month_of
from scoring.behind import NotByDossierError, behind
from scoring.models import Objection, ObjectionItem
from scoring.objections import deciding, writing
from scoring.periods import Period

#: Dossiers that each disputes.
EACH = 3
#: Up to this day a month holds too little to be disputed.
EARLY = 15
#: An office and who writes for it; where it has nothing to dispute, its province does.
WARD, JUSTICE, PROVINCE = ("H44.07900", "viettri"), ("H44.03", "tuphap"), ("H44", "phutho")

PUT_OFF = "Hồ sơ đã được gia hạn bằng văn bản; hệ thống một cửa không cập nhật ngày hẹn trả."
ONLINE = "Người dân nộp trực tuyến qua Cổng dịch vụ công; hệ thống gửi nhầm kênh thực hiện."
RESULT = "Kết quả điện tử đã có trong kho của tỉnh, hệ thống một cửa chưa gửi trạng thái."
OPINION = "Đã đối chiếu sổ theo dõi hồ sơ, đề nghị xem xét."


def objections_of_last_week(as_of: datetime) -> int:
    """Those of the month before, answered and decided in one sitting; returns how many."""
    period = Period.of_month(add_months(month_of(as_of), -1))
    people = _people()
    with without_letters():
        first = _begun(JUSTICE, "2.1", period, PUT_OFF, people, as_of)
        if first:
            _sent(first, people, _after(as_of, 1))
            _judged(first, people, _after(as_of, 2))
            deciding.decide(
                first,
                accepted=list(first.items.values_list("pk", flat=True))[: EACH - 1],
                text="Chấp nhận các hồ sơ có văn bản gia hạn kèm theo.",
                by=people["reviewer"],
                as_of=_after(as_of, 3),
            )
        second = _begun(WARD, "3.3", period, ONLINE, people, as_of)
        if second:
            writing.send(second, by=people["phutho"], as_of=_after(as_of, 4))
            deciding.decide(
                second,
                accepted=[],
                text="Không có căn cứ cho thấy hồ sơ được nộp trực tuyến.",
                by=people["approver"],
                as_of=_after(as_of, 5),
            )
    return Objection.objects.count()


def objections_of_today(as_of: datetime) -> int:
    """Those of this month (early in it, of the month before), one at each desk; returns how many in all."""
    month = month_of(as_of)
    early = as_of.astimezone(VIETNAM).day < EARLY
    period = Period.of_month(add_months(month, -1) if early else month)
    people = _people()
    with without_letters():
        at_above = _begun(JUSTICE, "2.1", period, PUT_OFF, people, as_of)
        if at_above:
            _sent(at_above, people, as_of)
        at_office = _begun(JUSTICE, "4.1", period, RESULT, people, as_of)
        if at_office:
            writing.send(at_office, by=people["phutho"], as_of=as_of)
        _begun(WARD, "2.1", period, PUT_OFF, people, as_of)
        asked = _begun(WARD, "4.1", period, RESULT, people, as_of)
        if asked:
            writing.send(asked, by=people["phutho"], as_of=as_of)
            more = "Đề nghị gửi bản chụp kết quả đã ký số."
            deciding.ask_more(asked, more, by=people["reviewer"], as_of=as_of)
    return Objection.objects.count()


def _people() -> dict[str, User]:
    names = ("viettri", "tuphap", "phutho", "reviewer", "approver")
    return {user.username: user for user in User.objects.filter(username__in=names)}


def _begun(
    office: tuple[str, str],
    criterion: str,
    period: Period,
    text: str,
    people: dict[str, User],
    as_of: datetime,
) -> Objection | None:
    """A draft of an office about dossiers that cost it points, else of its province; None without any."""
    for code, name in (office, PROVINCE):
        agency, by = Agency.objects.get(code=code), people[name]
        try:
            costing = behind(agency, period, criterion, as_of).costing()
        except (NotByDossierError, LookupError):
            return None
        disputed = ObjectionItem.objects.exclude(objection__state__in=Objection.OVER).values("dossier")
        free = costing.filter(corrected=False).exclude(pk__in=disputed)
        dossiers = list(free.order_by("code")[:EACH])
        if dossiers:
            objection = writing.draft(agency, period, text=text, criterion=criterion, by=by, as_of=as_of)
            if criterion == "2.1":
                _put_in_time(objection, dossiers, by, as_of)
            else:
                field, value = ("channel", 2) if criterion == "3.3" else ("has_result_file", True)
                writing.dispute(objection, dossiers, field, value=value, by=by, as_of=as_of)
            return objection
    return None


def _sent(objection: Objection, people: dict[str, User], as_of: datetime) -> None:
    """Sent by the office's own administrator, so that the province is asked; by the province itself else."""
    own = objection.agency.code == JUSTICE[0]
    writing.send(objection, by=people["tuphap" if own else "phutho"], as_of=as_of)


def _judged(objection: Objection, people: dict[str, User], as_of: datetime) -> None:
    if objection.above is not None:
        deciding.give_opinion(objection, True, OPINION, by=people["phutho"], as_of=as_of)


def _put_in_time(objection: Objection, dossiers: Sequence[Dossier], by: User, as_of: datetime) -> None:
    """Dispute the day promised: it was put off, and the system did not tell."""
    for dossier in dossiers:
        value = (dossier.ended_at or as_of) + timedelta(days=2)
        writing.dispute(objection, [dossier], "due_at", value=value, by=by, as_of=as_of)


def _after(moment: datetime, minutes: int) -> datetime:
    return moment + timedelta(minutes=minutes)
