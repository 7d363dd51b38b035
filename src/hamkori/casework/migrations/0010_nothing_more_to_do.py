from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0011_what_the_sender_heard'),
    ]

    operations = [
        migrations.AddField(
            model_name='referralsender',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
    ]
