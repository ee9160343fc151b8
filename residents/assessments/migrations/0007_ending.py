import django.db.models.deletion
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("assessments", "0006_entries_to_tell"),
    ]

    operations = [
        migrations.CreateModel(
            name="EndingTold",
            fields=[
                (
                    "assessment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="told",
                        serialize=False,
                        to="assessments.assessment",
                        verbose_name="能力评估",
                    ),
                ),
                ("told_at", models.DateTimeField(verbose_name="告知时间")),
            ],
            options={
                "verbose_name": "评估到期告知",
                "verbose_name_plural": "评估到期告知",
            },
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(
                condition=models.Q(("status", "final")), fields=["valid_until"], name="assessment_ending"
            ),
        ),
    ]
