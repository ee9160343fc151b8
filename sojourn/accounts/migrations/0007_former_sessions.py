from django.db import migrations


class Migration(migrations.Migration):
    """Sessions of before stand in a table that nobody reads any more: they open nothing, and are not kept."""

    dependencies = [("accounts", "0006_sessions"), ("sessions", "0001_initial")]

    operations = [migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop)]
