from django.db import migrations


class Migration(migrations.Migration):
    """Facilities that were open before the search had rows of its own get theirs."""

    dependencies = [("search", "0001_search")]

    operations = [
        migrations.RunSQL(
            "SELECT search_follow(array_agg(id)) FROM facilities_facility WHERE status = 'open'",
            migrations.RunSQL.noop,
        )
    ]
