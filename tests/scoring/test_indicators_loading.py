import json
from io import StringIO

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils.translation import override

from agencies.models import Agency
from agencies.tree import place
from scoring.indicator_documents import DECISION_766, document_of, load, read_document
from scoring.indicator_sets import set_in_force
from scoring.models import Criterion, DirtyMonth, IndicatorSet, Scorecard
from tests.scoring.country import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def document(**changes):
    criterion = {
        "code": "1",
        "name": "Một",
        "max_points": "10",
        "numerator": "received",
        "denominator": "declared",
    }
    criterion.update(changes.pop("criterion", {}))
    return {
        "code": "trial",
        "name": "Trial",
        "valid_from": 202601,
        "groups": [{"code": "G", "name": "Nhóm", "criteria": [criterion]}],
        "bands": [{"code": "weak", "name": "Yếu", "minimum": "0"}],
        **changes,
    }


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "set.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def loaded(*paths) -> str:
    out = StringIO()
    call_command("load_indicators", *map(str, paths), stdout=out)
    return out.getvalue()


def test_loading_twice_is_as_good_as_once():
    assert loaded().endswith("created\n")
    rows = list(Criterion.objects.order_by("pk").values())

    assert loaded().endswith("unchanged\n")
    assert list(Criterion.objects.order_by("pk").values()) == rows
    assert IndicatorSet.objects.get().status == "approved"


def test_what_is_stored_is_what_the_file_says():
    load(read_document(DECISION_766))

    assert document_of(IndicatorSet.objects.get()) == read_document(DECISION_766)


def test_an_approved_version_is_never_overwritten(file):
    loaded(file(document()))

    with pytest.raises(CommandError, match="give the file a new version"):
        loaded(file(document(criterion={"threshold": "0.8"})))
    assert Criterion.objects.get().threshold == 1
    assert loaded(file(document(version=2, criterion={"threshold": "0.8"}))).endswith("created\n")


def test_a_draft_of_the_same_version_is_replaced(file):
    IndicatorSet.objects.create(code="trial", name="Draft", valid_from=202601)

    assert loaded(file(document())).endswith("replaced\n")
    assert IndicatorSet.objects.get().name == "Trial"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "truncated"),
        (document(codee="x"), "codee"),
        (
            document(groups=[{"code": "G", "name": "x", "criteria": [{"code": "1"}]}]),
            r"\$\.groups\[0\]\.criteria\[0\]",
        ),
        (document(criterion={"numerator": "recieved"}), "1, numerator: .*received"),
        (document(criterion={"denominator": ""}), "1, denominator"),
        (document(criterion={"threshold": "1.5"}), "1, threshold"),
        (document(criterion={"zero_rule": "half"}), "1, zero_rule"),
        (document(criterion={"kinds": ["district"]}), "1, kinds"),
        (document(criterion={"max_points": None}), "no criterion with points"),
        (document(criterion={"code": "G"}), "G, code: This code is already taken"),
        (document(criterion={"code": "total"}), "total, code"),
        (document(valid_from=202613), "trial, valid_from"),
    ],
)
def test_a_file_that_is_no_set_is_refused_whole_saying_where(file, content, told):
    with pytest.raises(CommandError, match=told):
        loaded(file(content))
    assert not IndicatorSet.objects.exists()


def test_a_missing_file_is_named():
    with pytest.raises(CommandError, match=r"no-such\.json"):
        loaded("no-such.json")


def test_a_code_stands_once_in_a_set(file):
    groups = document()["groups"] + [{**document()["groups"][0], "code": "H"}]

    with pytest.raises(CommandError, match="1, code"):
        loaded(file(document(groups=groups)))


def test_a_document_says_where_a_value_is_wrong():
    with pytest.raises(ValidationError):
        read_document(DECISION_766.parent.parent / "measures.py")


def test_a_newer_version_takes_over_and_what_it_scores_is_graded_anew(file):
    older = msgspec.structs.replace(read_document(DECISION_766), version=1)
    first, _outcome = load(older)
    nation = place(Agency(code="VN", kind="nation", name="Cả nước"), None)
    graded = {"agency": nation, "indicator_set": first, "total": 0, "as_of": NOW, "changed_at": NOW}
    for period in ("2026-M03", "2026-Q1"):
        Scorecard.objects.create(period=period, **graded)

    assert loaded().endswith("created\n")
    assert set_in_force(202603).version == read_document(DECISION_766).version == 2
    assert list(DirtyMonth.objects.values_list("agency", "month")) == [(nation.pk, 202603)]
    assert loaded().endswith("unchanged\n")
    assert DirtyMonth.objects.count() == 1
