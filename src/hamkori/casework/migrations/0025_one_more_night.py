from django.db import migrations, models


class Migration(migrations.Migration):
    """That somebody sleeps one more night where help has ended, as those there said when they ended it."""

    dependencies = [
        ("casework", "0024_a_call_that_was_taken_back"),
    ]

    operations = [
        migrations.AddField(
            "referral", "one_more_night", models.BooleanField(db_default=False, default=False)
        ),
    ]
