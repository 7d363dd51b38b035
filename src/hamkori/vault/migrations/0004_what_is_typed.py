# What somebody types and has not saved.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("vault", "0003_for_whom_a_key_waits"),
    ]

    operations = [
        migrations.CreateModel(
            name="TypedDraft",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("user_id", models.UUIDField()),
                ("place", models.BinaryField()),
                ("body", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "typed",
                "indexes": [
                    models.Index(fields=["user_id", "-at"], name="typed_by_user"),
                    models.Index(fields=["at"], name="typed_by_age"),
                ],
            },
        ),
    ]
