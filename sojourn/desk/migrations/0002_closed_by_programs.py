from django.conf import settings
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("desk", "0001_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="workitem",
            name="workitem_closed_by_somebody",
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by__isnull", False), ("status", "closed")),
                    models.Q(("closed_as__in", ["", "system", "facility"]), ("closed_by__isnull", True)),
                    _connector="OR",
                ),
                name="workitem_closed_by_somebody",
            ),
        ),
    ]
