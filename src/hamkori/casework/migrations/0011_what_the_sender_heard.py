from django.db import migrations, models


class Migration(migrations.Migration):
    """What the sender said of an arrival that is late, and when."""

    dependencies = [
        ("casework", "0016_what_was_not_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="heard_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="heard_code",
            field=models.CharField(db_default="", default="", max_length=20),
        ),
    ]
