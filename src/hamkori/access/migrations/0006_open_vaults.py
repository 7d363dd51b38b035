from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0005_sessions_in_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='accesssession',
            name='vault_opened_at',
            field=models.DateTimeField(null=True),
        ),
    ]
