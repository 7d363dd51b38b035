"""What the clock could not do gets a table of its own."""

import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0002_what_the_sender_keeps'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClockFailure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act_code', models.CharField(max_length=30)),
                ('fault_code', models.CharField(max_length=60)),
                ('failures', models.IntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'clock_failure',
                'constraints': [models.UniqueConstraint(fields=('act_code',), name='one_row_per_failing_act')],
            },
        ),
    ]
