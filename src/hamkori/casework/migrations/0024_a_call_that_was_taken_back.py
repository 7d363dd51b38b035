from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when a call of the sender's side counts no more: it was recorded by mistake. Of a call alone."""

    dependencies = [
        ("casework", "0023_how_their_age_is_known"),
    ]

    operations = [
        migrations.AddField("referralstep", "undone_at", models.DateTimeField(null=True)),
    ]
