from django.db import migrations, models


class Migration(migrations.Migration):
    """The age that a sender put right, beside the own case of whoever received the person. Before this nobody was told."""

    dependencies = [
        ("casework", "0021_whose_place_it_is"),
    ]

    operations = [
        migrations.AddField("referralowncase", "said_age_code", models.CharField(max_length=20, db_default="", default="")),
        migrations.AddField("referralowncase", "said_age_at", models.DateTimeField(null=True)),
    ]
