from django.db import migrations, models


class Migration(migrations.Migration):
    """How the age is known that a sender put right. Of what was said before this no ground is kept beside it."""

    dependencies = [
        ("casework", "0022_the_age_in_their_own_case"),
    ]

    operations = [
        migrations.AddField("referralowncase", "said_age_how", models.CharField(max_length=20, db_default="", default="")),
    ]
