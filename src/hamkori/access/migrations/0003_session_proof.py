import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_attempt'),
    ]

    operations = [
        # What lay here was a value of the keyring: it goes, and `migrate` writes what takes its place.
        migrations.DeleteModel(name='SessionProof'),
        migrations.CreateModel(
            name='SessionProof',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('no', models.IntegerField()),
                ('salt', models.BinaryField()),
                ('inner_half', models.BinaryField()),
                ('outer_half', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'session_proof',
            },
        ),
    ]
