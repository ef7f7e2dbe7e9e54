from django.db import migrations
from django.db.models import F, Max

BATCH = 10_000


def drop_what_it_says_now(apps, schema_editor):
    """The history holds what a rating said before; what it says now is the rating's own."""
    change = apps.get_model("feedback", "RatingChange")
    newest = list(change.objects.order_by().values("rating").annotate(n=Max("pk")).values_list("n", flat=True))
    for first in range(0, len(newest), BATCH):
        change.objects.filter(pk__in=newest[first : first + BATCH]).delete()


def add_what_it_says_now(apps, schema_editor):
    change, rating = apps.get_model("feedback", "RatingChange"), apps.get_model("feedback", "Rating")
    said = ("satisfaction", "access", "procedure", "staff", "result", "comments", "comment", "door")
    rows = rating.objects.order_by("pk").values("pk", *said, at=F("changed_at"))
    change.objects.bulk_create(
        (change(rating_id=row.pop("pk"), **row) for row in rows.iterator()), batch_size=BATCH
    )


class Migration(migrations.Migration):
    dependencies = [("feedback", "0002_lapsed_and_files_gone")]

    operations = [migrations.RunPython(drop_what_it_says_now, add_what_it_says_now)]
