from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether the coordinator recorded the number of a desk that had recorded none."""

    dependencies = [
        ("people", "0006_a_decision_is_told_about"),
    ]

    operations = [
        migrations.AddField(
            "organisationphone", "by_coordinator", models.BooleanField(db_default=False, default=False)
        ),
    ]
