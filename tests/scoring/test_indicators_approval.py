import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from scoring.indicator_sets import install
from scoring.models import Band, Criterion, Group, IndicatorSet

pytestmark = pytest.mark.django_db


def make_draft(code: str = "trial", **facts) -> IndicatorSet:
    draft = IndicatorSet.objects.create(code=code, name="Trial", valid_from=202601, **facts)
    group = Group.objects.create(indicator_set=draft, code="G", name="Group", position=1)
    Criterion.objects.create(
        group=group,
        code="1",
        name="One",
        position=1,
        max_points=10,
        numerator="received",
        denominator="declared",
    )
    Band.objects.create(indicator_set=draft, code="weak", name="Weak", minimum=0)
    return draft


@pytest.fixture
def approved() -> IndicatorSet:
    draft = make_draft()
    install(draft)
    return draft


CHANGES = {
    "save the set": lambda s: s.save(),
    "make it a draft again": lambda s: IndicatorSet.objects.filter(pk=s.pk).update(status="draft"),
    "delete the set": lambda s: s.delete(),
    "delete sets": lambda s: IndicatorSet.objects.all().delete(),
    "save a group": lambda s: s.groups.get().save(),
    "delete a group": lambda s: s.groups.get().delete(),
    "add a group": lambda s: Group.objects.create(indicator_set=s, code="H", name="H", position=2),
    "save a criterion": lambda s: Criterion.objects.get().save(),
    "delete a criterion": lambda s: Criterion.objects.get().delete(),
    "delete criteria": lambda s: s.groups.get().criteria.all().delete(),
    "update criteria": lambda s: Criterion.objects.update(max_points=20),
    "bulk update": lambda s: Criterion.objects.bulk_update(Criterion.objects.all(), ["name"]),
    "bulk create": lambda s: Band.objects.bulk_create([Band(indicator_set=s, code="x", name="x", minimum=5)]),
    "save a band": lambda s: s.bands.get().save(),
    "delete bands": lambda s: s.bands.all().delete(),
    "install again": install,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_approved_set_is_immutable_through_every_door(approved, change):
    def everything():
        return [
            list(model.objects.order_by("pk").values()) for model in (IndicatorSet, Group, Criterion, Band)
        ]

    before = everything()
    with pytest.raises(ValidationError), transaction.atomic():
        change(approved)
    assert everything() == before


def test_a_part_of_a_draft_cannot_be_moved_into_an_approved_set(approved):
    draft = make_draft("other")
    group = draft.groups.get()
    group.indicator_set, group.code = approved, "H"

    with pytest.raises(ValidationError):
        group.save()
    criterion = Criterion.objects.get(group__indicator_set=approved)
    criterion.group = draft.groups.get()
    with pytest.raises(ValidationError):
        criterion.save()


def test_a_draft_changes_freely(approved):
    draft = make_draft("other")
    criteria = Criterion.objects.filter(group__indicator_set=draft)

    assert criteria.update(max_points=20) == 1
    criterion = criteria.get()
    criterion.name = "Changed"
    criterion.save()
    draft.delete()
    assert IndicatorSet.objects.get() == approved


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"numerator": "received +"}, "numerator"),
        ({"denominator": "nothing_known"}, "denominator"),
        ({"numerator": ""}, "numerator"),
        ({"denominator": ""}, "denominator"),
    ],
)
def test_a_bad_formula_is_not_saved(facts, field):
    criterion = Criterion.objects.get(group=make_draft().groups.get())
    for name, value in facts.items():
        setattr(criterion, name, value)

    with pytest.raises(ValidationError) as caught:
        criterion.save()
    assert list(caught.value.message_dict) == [field]
    with pytest.raises(ValidationError):
        criterion.full_clean()


def test_what_could_not_be_graded_is_not_approved():
    empty = IndicatorSet.objects.create(code="empty", name="Empty", valid_from=202601)
    with pytest.raises(ValidationError):
        install(empty)

    twice = make_draft()
    Group.objects.create(indicator_set=twice, code="1", name="Bears the code of a criterion", position=2)
    with pytest.raises(ValidationError, match="1"):
        install(twice)
    assert not IndicatorSet.objects.filter(status="approved").exists()
    assert empty.status == twice.status == "draft"
