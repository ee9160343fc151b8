import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import sojourn.core.ids
from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("registry", "0001_registry"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("checked", "待确认"),
                            ("applying", "正在写入"),
                            ("applied", "已写入"),
                            ("discarded", "已放弃"),
                            ("lapsed", "逾期清除"),
                            ("undoing", "正在撤销"),
                            ("undone", "导入已撤销"),
                        ],
                        default="checked",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("division_code", models.CharField(blank=True, max_length=6, verbose_name="辖区")),
                ("uploaded_by", models.UUIDField(null=True, verbose_name="上传人账号")),
                ("uploaded_at", models.DateTimeField(verbose_name="上传时间")),
                ("confirmed_by", models.UUIDField(null=True, verbose_name="确认人账号")),
                (
                    "reach",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(blank=True, max_length=6),
                        default=list,
                        size=None,
                        verbose_name="确认人辖区",
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                ("rows_read", models.PositiveIntegerField(default=0, verbose_name="数据行")),
                ("rows_bad", models.PositiveIntegerField(default=0, verbose_name="有误的行")),
            ],
            options={
                "verbose_name": "表格导入",
                "verbose_name_plural": "表格导入",
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("good", "可以导入"),
                            ("bad", "有误"),
                            ("known", "此前已登记"),
                            ("registered", "已导入"),
                            ("undone", "已撤销导入"),
                            ("kept", "有变动，保留"),
                        ],
                        max_length=16,
                        verbose_name="结果",
                    ),
                ),
                ("sealed", models.TextField(editable=False, null=True, verbose_name="内容（密文）")),
                ("reasons", models.JSONField(default=list, verbose_name="原因")),
                ("registered_version", models.BigIntegerField(null=True, verbose_name="写入时的版本")),
            ],
            options={
                "verbose_name": "导入行",
                "verbose_name_plural": "导入行",
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("division_code", models.CharField(blank=True, max_length=6, verbose_name="辖区")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("check_in", "入住交接"),
                            ("assessment", "能力评估"),
                            ("benefit_check", "补贴与待遇核对"),
                            ("verification", "信息核对与更正"),
                            ("getting_in_touch", "联系老年人或家属"),
                            ("emergency", "紧急救助"),
                            ("complaint_handling", "投诉与纠纷处理"),
                        ],
                        max_length=32,
                        verbose_name="用途",
                    ),
                ),
                ("case", models.CharField(max_length=80, verbose_name="事由编号")),
                ("people", models.PositiveIntegerField(verbose_name="人数")),
                (
                    "plain_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("name", "姓名"),
                                ("birth_on", "出生日期"),
                                ("identity_number", "身份证号码"),
                                ("phone", "本人电话"),
                                ("contact_name", "联系人姓名"),
                                ("contact_phone", "联系人电话"),
                            ],
                            max_length=32,
                        ),
                        default=list,
                        size=None,
                        verbose_name="完整导出的项目",
                    ),
                ),
                (
                    "actor_role",
                    models.CharField(
                        choices=[
                            ("public", "公众"),
                            ("family", "老年人及家属"),
                            ("facility", "养老机构账号"),
                            ("officer", "经办人"),
                            ("auditor", "审计人员"),
                            ("admin", "系统管理员"),
                            ("peer", "成员省份节点"),
                            ("system", "系统任务"),
                        ],
                        max_length=20,
                        verbose_name="导出者角色",
                    ),
                ),
                ("actor_user_id", models.UUIDField(verbose_name="导出者账号")),
                ("actor_divisions", models.CharField(blank=True, max_length=200, verbose_name="导出者辖区")),
                ("on_behalf_of", models.CharField(blank=True, max_length=80, verbose_name="代何人办理")),
            ],
            options={
                "verbose_name": "导出记录",
                "verbose_name_plural": "导出记录",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("people__gt", 0),
                            (
                                "purpose__in",
                                [
                                    "check_in",
                                    "assessment",
                                    "benefit_check",
                                    "verification",
                                    "getting_in_touch",
                                    "emergency",
                                    "complaint_handling",
                                ],
                            ),
                            models.Q(("case", ""), _negated=True),
                        ),
                        name="export_has_its_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "plain_fields__contained_by",
                                [
                                    "name",
                                    "birth_on",
                                    "identity_number",
                                    "phone",
                                    "contact_name",
                                    "contact_phone",
                                ],
                            )
                        ),
                        name="export_fields_are_known",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="92de3afd6482c4985179b1d1591720ea8216ce21",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bf572",
                    table="registry_export",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(fields=["status", "uploaded_at"], name="import_by_status"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["checked", "applying", "applied", "discarded", "lapsed", "undoing", "undone"],
                    )
                ),
                name="import_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", False),
                    ("status__in", ["checked", "discarded", "lapsed"]),
                    _connector="OR",
                ),
                name="import_is_applied_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="registry.importbatch",
                verbose_name="表格导入",
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="resident",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="老年人",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["batch", "state", "number"], name="import_row_by_state"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="import_row_once_a_sheet"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sealed__isnull", False), ("state", "good")),
                    models.Q(
                        ("sealed__isnull", True),
                        ("state__in", ["good", "bad", "known", "registered", "undone", "kept"]),
                        models.Q(("state", "good"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="import_row_is_sealed_while_it_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["registered", "kept"]), _negated=True),
                    models.Q(("registered_version__isnull", False), ("resident__isnull", False)),
                    _connector="OR",
                ),
                name="import_row_leads_to_its_resident",
            ),
        ),
    ]
