from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0009_steps_move_to_access'),
    ]

    operations = [
        migrations.AddField(
            model_name='referralsender',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
    ]
