import django.contrib.postgres.fields
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("registry", "0010_whereabouts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="disclosure",
            name="disclosure_fields_are_known",
        ),
        migrations.AlterField(
            model_name="correctionrequest",
            name="field",
            field=models.CharField(
                choices=[
                    ("name", "姓名"),
                    ("birth_on", "出生日期"),
                    ("identity_number", "身份证号码"),
                    ("phone", "本人电话"),
                    ("contact_name", "联系人姓名"),
                    ("contact_phone", "联系人电话"),
                    ("sex", "性别"),
                    ("home_division", "户籍所在地区"),
                    ("dialect", "日常语言"),
                    ("diets", "饮食要求"),
                    ("mobility", "行动情况"),
                    ("benefit_category", "救助优抚类别"),
                ],
                max_length=32,
                verbose_name="更正项目",
            ),
        ),
        migrations.AlterField(
            model_name="correctionrequest",
            name="refusal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("already_right", "登记的信息没有错"),
                    ("not_proven", "没有材料证明应当更正"),
                    ("is_a_move", "户口是后来迁走的，请办理户籍迁移"),
                ],
                max_length=20,
                verbose_name="没有通过的原因",
            ),
        ),
        migrations.AlterField(
            model_name="disclosure",
            name="fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("name", "姓名"),
                        ("birth_on", "出生日期"),
                        ("identity_number", "身份证号码"),
                        ("phone", "本人电话"),
                        ("contact_name", "联系人姓名"),
                        ("contact_phone", "联系人电话"),
                        ("assessment", "能力评估结果"),
                        ("assessment_items", "能力评估各项内容"),
                        ("diets", "饮食要求"),
                        ("mobility", "行动情况"),
                        ("benefit_category", "救助优抚类别"),
                        ("sex", "性别"),
                        ("home_division", "户籍所在地区"),
                        ("dialect", "日常语言"),
                    ],
                    max_length=32,
                ),
                size=None,
                verbose_name="查看项目",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "fields__contained_by",
                        [
                            "name",
                            "birth_on",
                            "identity_number",
                            "phone",
                            "contact_name",
                            "contact_phone",
                            "assessment",
                            "assessment_items",
                            "diets",
                            "mobility",
                            "benefit_category",
                            "sex",
                            "home_division",
                            "dialect",
                        ],
                    ),
                    models.Q(("fields", []), _negated=True),
                ),
                name="disclosure_fields_are_known",
            ),
        ),
    ]
