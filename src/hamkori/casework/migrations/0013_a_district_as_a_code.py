from django.db import migrations, models


class Migration(migrations.Migration):
    """Where the person is, as a code: what the sealed place says of it no page has to open any more."""

    dependencies = [
        ("casework", "0009_steps_move_to_access"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="district_code",
            field=models.CharField(db_default="", default="", max_length=12),
        ),
    ]
