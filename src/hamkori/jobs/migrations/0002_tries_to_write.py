import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0001_signs_of_life'),
    ]

    operations = [
        migrations.CreateModel(
            name='WriteTry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('filler', models.BinaryField()),
            ],
            options={
                'db_table': 'write_try',
            },
        ),
    ]
