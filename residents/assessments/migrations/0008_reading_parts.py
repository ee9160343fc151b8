from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("assessments", "0007_ending"),
    ]

    operations = [
        migrations.AddField(
            model_name="itemreading",
            name="part",
            field=models.CharField(
                choices=[
                    ("items", "能力评估各项内容"),
                    ("level", "能力评估等级"),
                    ("grounds", "对能力评估结果的异议理由"),
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
                condition=models.Q(("part__in", ["grounds", "items", "level"])),
                name="assessment_reading_part_known",
            ),
        ),
    ]
