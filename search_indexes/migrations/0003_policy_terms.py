"""The policy dictionary, with the terms a new portal proposes."""

from django.db import migrations, models

from search_indexes.terms import fill


def add(apps, schema_editor):
    fill(apps)


class Migration(migrations.Migration):
    dependencies = [("search_indexes", "0002_synonyms")]
    operations = [
        migrations.CreateModel(
            name="PolicyTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "word",
                    models.CharField(
                        error_messages={"unique": "这个词语已经在词典里了。"},
                        help_text="切词时当作一个词，如“专精特新”。重建索引之后生效。",
                        max_length=20,
                        unique=True,
                        verbose_name="词语",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("body", "机构"), ("park", "园区"), ("term", "政策用语")],
                        default="term",
                        max_length=4,
                        verbose_name="类别",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="使用")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="修改时间")),
            ],
            options={
                "verbose_name": "政策词语",
                "verbose_name_plural": "政策词典",
                "ordering": ["kind", "word"],
            },
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
