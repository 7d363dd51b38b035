from django.db import migrations, models

KEEP = "update referral set agreed_at = answered_at where arrival_on is not null; set constraints all immediate"
"""Who was accepted before and moved to another time keeps the limit that was reckoned from the yes."""


class Migration(migrations.Migration):
    """When the time of an arrival was agreed: "now" is over so long after it."""

    dependencies = [
        ("casework", "0017_what_a_summary_said_before"),
    ]

    operations = [
        migrations.AddField("referral", "agreed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
