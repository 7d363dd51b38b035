"""What nobody asked is no "no" and no ordinary risk: the answers that were defaults say so from here on."""

from django.db import migrations, models

KEEP = """
update "case" set doctor_code = 'yes' where 'urgent_health' = any (flag_codes);
update "case" set stairs_code = 'yes' where 'step_free' = any (flag_codes);
update referral_card set doctor_code = 'yes' where 'urgent_health' = any (flag_codes);
update referral_card set stairs_code = 'yes' where 'step_free' = any (flag_codes);
update "case" set children_code = 'not_asked' where children_code = '0';
update "case" set risk_code = 'not_asked' where risk_code = 'ordinary';
update referral_card set children_code = 'not_asked' where children_code = '0';
update referral_card set risk_code = 'not_asked' where risk_code = 'ordinary';
set constraints all immediate;
"""


def _answer() -> models.CharField:
    return models.CharField(default="not_asked", max_length=12)


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0013_a_district_as_a_code"),
    ]

    operations = [
        *(
            migrations.AlterField(model, "children_code", _answer())
            for model in ("case", "referralcard")
        ),
        migrations.AlterField("case", "risk_code", _answer()),
        *(
            migrations.AddField(model, column, _answer())
            for model in ("case", "referralcard")
            for column in ("doctor_code", "stairs_code")
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        *(migrations.RemoveField(model, "flag_codes") for model in ("case", "referralcard")),
    ]
