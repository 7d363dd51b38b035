from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0006_open_vaults'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkerKnown',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('secret_hash', models.BinaryField()),
                ('known_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'worker_known',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_worker')],
            },
        ),
    ]
