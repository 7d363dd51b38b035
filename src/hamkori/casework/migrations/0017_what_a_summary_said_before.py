# A summary whose age was corrected after it was sent says what it said before, and when it changed.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("casework", "0014_what_was_taken_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="referralcard",
            name="corrected_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="referralcard",
            name="former_age_code",
            field=models.CharField(db_default="", default="", max_length=20),
        ),
    ]
