"""Adds the synonyms a new portal starts with."""

from django.db import migrations

from search_indexes.synonyms import fill


def add(apps, schema_editor):
    fill(apps)


class Migration(migrations.Migration):
    dependencies = [("search_indexes", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
