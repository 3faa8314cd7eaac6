import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0007_kinds_of_citations'),
    ]

    operations = [
        migrations.CreateModel(
            name='OtherName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='又称')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='other_names', to='documents.document')),
            ],
            options={
                'verbose_name': '又称',
                'verbose_name_plural': '又称',
                'ordering': ['document', 'order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('document', 'name'), name='other_name_once_a_document')],
            },
        ),
    ]
