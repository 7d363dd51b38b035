"""What only the sender's side may read gets rows of its own; so does who took a step. What stood before moves along."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

MOVE = """
insert into referral_sender (referral_id, consent_rows, sections, consent_id, ending_code, reason_code, how_said_code, her_view_code, agrees)
select id, consent_rows, sections, consent_id, case when state_code in ('recalled', 'withdrawn') then state_code else '' end,
       case when state_code = 'recalled' then reason_code else '' end, how_said_code, her_view_code, agrees
  from referral;
insert into referral_step_by (step_id, membership_id) select id, membership_id from referral_step where membership_id is not null;
update referral set reason_code = case when state_code = 'recalled' then '' else reason_code end, state_code = 'ended'
 where state_code in ('recalled', 'withdrawn');
set constraints all immediate;
"""
BACK = """
update referral r set consent_rows = x.consent_rows, sections = x.sections, consent_id = x.consent_id, how_said_code = x.how_said_code,
    her_view_code = x.her_view_code, agrees = x.agrees,
    state_code = case when x.ending_code <> '' then x.ending_code else r.state_code end,
    reason_code = case when x.ending_code = 'recalled' then x.reason_code else r.reason_code end
  from referral_sender x where x.referral_id = r.id;
update referral_step s set membership_id = b.membership_id from referral_step_by b where b.step_id = s.id;
set constraints all immediate;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ReferralSender",
            fields=[
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="sender",
                        serialize=False,
                        to="casework.referral",
                    ),
                ),
                (
                    "consent_rows",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "sections",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("consent_id", models.UUIDField(null=True)),
                ("ending_code", models.CharField(default="", max_length=12)),
                ("reason_code", models.CharField(default="", max_length=30)),
                ("how_said_code", models.CharField(default="", max_length=30)),
                ("her_view_code", models.CharField(default="", max_length=30)),
                ("agrees", models.BooleanField(null=True)),
            ],
            options={"db_table": "referral_sender"},
        ),
        migrations.CreateModel(
            name="ReferralStepBy",
            fields=[
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="by",
                        serialize=False,
                        to="casework.referralstep",
                    ),
                ),
                ("membership_id", models.UUIDField()),
            ],
            options={"db_table": "referral_step_by"},
        ),
        migrations.RunSQL(MOVE, BACK),
        migrations.RemoveField("referral", "consent_rows"),
        migrations.RemoveField("referral", "sections"),
        migrations.RemoveField("referral", "consent_id"),
        migrations.RemoveField("referral", "how_said_code"),
        migrations.RemoveField("referral", "her_view_code"),
        migrations.RemoveField("referral", "agrees"),
        migrations.RemoveField("referralstep", "membership_id"),
    ]
