from django.db import migrations, models

KEEP = """
update referral_card set former_ages = jsonb_build_array(jsonb_build_object('age', former_age_code, 'until', corrected_at))
 where corrected_at is not null; set constraints all immediate"""
"""Of a summary that was corrected before, the last correction alone is known."""


class Migration(migrations.Migration):
    """A summary keeps each age that it said, and until when: who accepted, or said yes, did so for the age of then."""

    dependencies = [
        ("casework", "0019_when_it_was_agreed"),
    ]

    operations = [
        migrations.AddField("referralcard", "former_ages", models.JSONField(db_default=[], default=list)),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
