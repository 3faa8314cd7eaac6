"""Fills the register of places, bodies and themes."""

from django.db import migrations

from documents.reference_data import fill_register


def fill(apps, schema_editor):
    fill_register(apps)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
