from django.db import migrations

from scoring import publication_guard


def install(apps, schema_editor):
    publication_guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    publication_guard.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [("scoring", "0005_publications")]

    operations = [migrations.RunPython(install, remove, elidable=False)]
