from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0015_not_asked_is_an_answer'),
    ]

    operations = [
        migrations.AddField(
            model_name='referralsender',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
    ]
