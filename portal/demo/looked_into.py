"""Anomalies of the demo: searched for as in any night, a few of them already looked into."""

from __future__ import annotations

from datetime import datetime, timedelta

from agencies.models import EventLog, User
from scoring.anomalies.searching import search_nightly
from scoring.anomalies.settling import assign, explain, settle
from scoring.models import Anomaly

#: Who explains those at home, and what was the matter.
ANSWERED = (
    ("tuphap", "H44.03", "Phần mềm ghi mặc định đã thanh toán trực tuyến; đã yêu cầu đơn vị cung cấp sửa."),
    ("viettri", "H44.07900", "Máy chủ một cửa chạy sai giờ từ đầu tháng; đang đồng bộ lại các hồ sơ."),
)
SETTLED_BY = "phutho"
#: How long before they were found.
FOUND = timedelta(hours=3)


def search_for_anomalies(now: datetime) -> int:
    """Search as in the night before ``now``, and let the offices of the accounts answer.

    One anomaly of each is explained, the first one settled too. Returns how many were found.
    """
    found = sum(looked.new for looked in search_nightly(now - FOUND))
    # After whatever else was decided: the log reads in the order of time.
    last = EventLog.objects.order_by("-number").values_list("at", flat=True).first()
    now = max(now, last or now)
    people = {person.username: person for person in User.objects.filter(username__in=_usernames())}
    for place, (username, code, answer) in enumerate(ANSWERED):
        anomaly = Anomaly.objects.waiting().filter(agency__code=code).order_by("-month").first()
        if anomaly is None:
            continue
        officer = people[username]
        assign(anomaly, officer, by=officer, as_of=now)
        explain(anomaly, answer, by=officer, as_of=now)
        if not place:
            above = people[SETTLED_BY]
            settle(anomaly, by=above, reason="Đã kiểm tra, đơn vị đang khắc phục.", as_of=now)
    return found


def _usernames() -> set[str]:
    return {SETTLED_BY, *(username for username, _code, _answer in ANSWERED)}
