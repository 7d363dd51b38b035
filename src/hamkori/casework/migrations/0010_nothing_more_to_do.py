from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0013_a_district_as_a_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='referralsender',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
    ]
