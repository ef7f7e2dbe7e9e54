from django.db import migrations

from agencies import event_log_guard


def install(apps, schema_editor):
    event_log_guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    event_log_guard.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [("agencies", "0003_delegation")]

    operations = [migrations.RunPython(install, remove, elidable=False)]
