from django.db import migrations, models


class Migration(migrations.Migration):
    """Which organisation said yes on the telephone to a place for tonight. Of what was said before, none is known."""

    dependencies = [
        ("casework", "0020_each_age_of_a_summary"),
        ("people", "0007_who_recorded_the_telephone"),
    ]

    operations = [
        migrations.AddField(
            "casestep",
            "organisation",
            models.ForeignKey("people.Organisation", models.DO_NOTHING, null=True, related_name="+"),
        ),
    ]
