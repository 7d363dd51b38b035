from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0008_what_the_pages_show'),
    ]

    operations = [
        migrations.AddField(
            model_name='operation',
            name='done_in',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='operation',
            name='done_tag',
            field=models.BinaryField(null=True),
        ),
    ]
