# Two who wrote at once: the version that was not kept, and who changed the codes of a case last.

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("casework", "0015_not_asked_is_an_answer"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="edited_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="edited_by",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("section_code", models.CharField(max_length=20)),
                ("first_by", models.UUIDField()),
                ("second_by", models.UUIDField()),
                ("epoch", models.IntegerField()),
                ("body", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="casework.case"
                    ),
                ),
            ],
            options={
                "db_table": "set_aside",
                "indexes": [
                    models.Index(fields=["case", "section_code"], name="set_aside_by_case"),
                    models.Index(fields=["at"], name="set_aside_by_age"),
                ],
            },
        ),
    ]
