from django.db import migrations, models

FILL = """
update notice set about_code = case when referral_id is not null then 'referral' else 'case' end,
                  about_id = coalesce(referral_id, case_id)
 where referral_id is not null or case_id is not null
"""
BACK = """
update notice set referral_id = case when about_code = 'referral' then about_id end,
                  case_id = case when about_code = 'case' then about_id end
"""


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0003_a_row_for_the_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='about_code',
            field=models.CharField(db_default='', default='', max_length=30),
        ),
        migrations.AddField(
            model_name='notice',
            name='about_id',
            field=models.UUIDField(null=True),
        ),
        migrations.RunSQL(FILL, BACK),
        migrations.RemoveConstraint(
            model_name='notice',
            name='one_notice_per_clock_and_rung',
        ),
        migrations.RemoveField(
            model_name='notice',
            name='case_id',
        ),
        migrations.RemoveField(
            model_name='notice',
            name='referral_id',
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('clock_code', ''), _negated=True), fields=('membership', 'about_code', 'about_id', 'clock_code', 'rung_code'), name='one_notice_per_clock_and_rung', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about_code', ''), ('about_id', None)), models.Q(models.Q(('about_code', ''), _negated=True), models.Q(('about_id', None), _negated=True)), _connector='OR'), name='a_notice_is_about_a_thing_or_about_nothing'),
        ),
    ]
