import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0002_a_device'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeMail',
            fields=[
                ('notice', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='mail', serialize=False, to='notices.notice')),
                ('mailed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'notice_mail',
            },
        ),
        migrations.RunSQL(
            "insert into notice_mail (notice_id, mailed_at) select id, mailed_at from notice where by_mail",
            migrations.RunSQL.noop,
        ),
    ]
