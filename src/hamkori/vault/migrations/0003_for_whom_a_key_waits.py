from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0002_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='vaultsession',
            name='user_id',
            field=models.UUIDField(null=True),
        ),
    ]
