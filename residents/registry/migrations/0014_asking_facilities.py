import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("facilities", "0004_marks"),
        ("registry", "0013_phones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="correctionrequest",
            name="correction_one_waiting_a_field",
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="facility",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="facilities.facility",
                verbose_name="申请机构",
            ),
        ),
        migrations.AlterField(
            model_name="correctionrequest",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="申请人",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "waiting"), ("facility__isnull", True)),
                fields=("resident", "field"),
                name="correction_one_waiting_a_field",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "waiting")),
                fields=("resident", "field", "facility"),
                name="correction_one_waiting_a_facility",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("facility__isnull", True), ("user__isnull", False)),
                    models.Q(("facility__isnull", False), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="correction_asked_by_one",
            ),
        ),
    ]
