from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0006_a_word_under_a_tag'),
    ]

    operations = [
        migrations.AddField(
            model_name='clockfailure',
            name='row_id',
            field=models.UUIDField(null=True),
        ),
    ]
