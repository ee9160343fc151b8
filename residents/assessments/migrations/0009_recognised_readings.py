import django.db.models.deletion
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("assessments", "0008_reading_parts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="itemreading",
            name="assessment_reading_part_known",
        ),
        migrations.AddField(
            model_name="itemreading",
            name="recognition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="assessments.recognition",
                verbose_name="评估结果互认",
            ),
        ),
        migrations.AlterField(
            model_name="itemreading",
            name="assessment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="assessments.assessment",
                verbose_name="能力评估",
            ),
        ),
        migrations.AlterField(
            model_name="itemreading",
            name="part",
            field=models.CharField(
                choices=[
                    ("items", "能力评估各项内容"),
                    ("level", "能力评估等级"),
                    ("grounds", "对能力评估结果的异议理由"),
                    ("recognised", "外省评估结果及其互认等级"),
                ],
                db_default="items",
                default="items",
                max_length=16,
                verbose_name="查看内容",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["grounds", "items", "level", "recognised"])),
                name="assessment_reading_part_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("assessment__isnull", True), ("part", "recognised"), ("recognition__isnull", False)
                    ),
                    models.Q(
                        models.Q(("part", "recognised"), _negated=True),
                        ("assessment__isnull", False),
                        ("recognition__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="assessment_reading_of_one_result",
            ),
        ),
    ]
