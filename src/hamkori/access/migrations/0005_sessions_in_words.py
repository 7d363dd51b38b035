from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0004_operation_form_tag'),
    ]

    operations = [
        migrations.AddField(
            model_name='accesssession',
            name='used_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='accesssession',
            name='device_code',
            field=models.CharField(db_default='', default='', max_length=30),
        ),
    ]
