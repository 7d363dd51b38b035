from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0002_what_the_worker_answers_for"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ledger",
            index=models.Index(
                condition=models.Q(("action_code", "tag.mismatch")), fields=["operation_id"], name="ledger_alarm_lines"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledger",
            constraint=models.UniqueConstraint(
                condition=models.Q(("action_code", "tag.mismatch"), ("scope_code", "from_file")),
                fields=("operation_id",),
                name="ledger_line_once",
            ),
        ),
    ]
