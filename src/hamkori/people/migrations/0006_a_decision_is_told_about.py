from django.db import migrations

# Of a decision of two the notice kept the beginning of its id as a rung.
FILL = """
update notice n set about_code = 'two_person', about_id = q.id, rung_code = ''
  from two_person q
 where n.key_code in ('decision', 'told') and n.clock_code = n.key_code and n.about_code = ''
   and n.rung_code = left(replace(q.id::text, '-', ''), 20)
"""
BACK = """
update notice n set about_code = '', about_id = null, rung_code = left(replace(n.about_id::text, '-', ''), 20)
 where n.about_code = 'two_person'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_versions'),
        ('notices', '0004_about_a_thing'),
    ]

    operations = [
        migrations.RunSQL(FILL, BACK),
    ]
