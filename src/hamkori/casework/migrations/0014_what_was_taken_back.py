import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which part was taken back from a referral at work, and when: for the pages of both sides."""

    dependencies = [
        ("casework", "0010_nothing_more_to_do"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferralNarrowed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("section_code", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="casework.referral"
                    ),
                ),
            ],
            options={"db_table": "referral_narrowed"},
        ),
        migrations.AddConstraint(
            model_name="referralnarrowed",
            constraint=models.UniqueConstraint(fields=("referral", "section_code"), name="one_row_per_narrowed_part"),
        ),
    ]
