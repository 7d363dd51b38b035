from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0007_worker_known'),
    ]

    operations = [
        migrations.CreateModel(
            name='PagesKnown',
            fields=[
                ('no', models.IntegerField(primary_key=True, serialize=False)),
                ('shown_hash', models.BinaryField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'pages_known',
            },
        ),
    ]
