"""Who heads each ministry, each province and some offices below in the demo: made-up names only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from agencies.models import Agency, HeadOfAgency
from portal.demo import people

TITLES = {
    Agency.Kind.MINISTRY: "Bộ trưởng",
    Agency.Kind.MINISTERIAL_AGENCY: "Thủ trưởng cơ quan ngang bộ",
    Agency.Kind.GOVERNMENT_AGENCY: "Thủ trưởng cơ quan thuộc Chính phủ",
    Agency.Kind.PROVINCE: "Chủ tịch Ủy ban nhân dân cấp tỉnh",
    Agency.Kind.DEPARTMENT: "Giám đốc sở",
    Agency.Kind.COMMUNE: "Chủ tịch Ủy ban nhân dân cấp xã",
}


def appoint_heads(agencies: Iterable[Agency], day: date, seed: int) -> int:
    """Give each of these agencies without a head one, some months in office by ``day``."""
    random = Random(f"{seed} heads")  # noqa: S311
    headed = set(HeadOfAgency.objects.values_list("agency_id", flat=True))
    appointed = [
        HeadOfAgency(
            agency=agency,
            name=people.name(random),
            title=TITLES[Agency.Kind(agency.kind)],
            since=day - timedelta(days=random.randint(200, 900)),
        )
        for agency in agencies
        if agency.pk not in headed
    ]
    HeadOfAgency.objects.bulk_create(appointed)
    return len(appointed)
