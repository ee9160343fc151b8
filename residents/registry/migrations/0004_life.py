import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import sojourn.core.ids
from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("provinces", "0002_season_months"),
        ("registry", "0003_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Duplicate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(verbose_name="相似分")),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("same_birth", "出生日期相同"),
                                ("same_phone", "本人电话相同"),
                                ("same_name", "姓名相同"),
                                ("same_sound", "姓名同音"),
                                ("similar_name", "姓名相似"),
                            ],
                            max_length=16,
                        ),
                        size=None,
                        verbose_name="相似之处",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="发现时间")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "待核对"), ("distinct", "不是同一人"), ("merged", "已合并")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="认定理由")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="认定时间")),
            ],
            options={
                "verbose_name": "疑似重复登记",
                "verbose_name_plural": "疑似重复登记",
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("litigation", "诉讼或者仲裁"),
                            ("investigation", "执法或者监察"),
                            ("audit", "审计或者监督检查"),
                        ],
                        max_length=16,
                        verbose_name="留存依据",
                    ),
                ),
                ("case", models.CharField(max_length=80, verbose_name="案号或文号")),
                ("reason", models.CharField(max_length=200, verbose_name="留存理由")),
                ("set_at", models.DateTimeField(verbose_name="设定时间")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="解除时间")),
                ("lift_reason", models.CharField(blank=True, max_length=200, verbose_name="解除理由")),
            ],
            options={
                "verbose_name": "依法留存",
                "verbose_name_plural": "依法留存",
            },
        ),
        migrations.CreateModel(
            name="LegalHoldEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=sojourn.core.ids.uuid7, editable=False, serialize=False)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("litigation", "诉讼或者仲裁"),
                            ("investigation", "执法或者监察"),
                            ("audit", "审计或者监督检查"),
                        ],
                        max_length=16,
                        verbose_name="留存依据",
                    ),
                ),
                ("case", models.CharField(max_length=80, verbose_name="案号或文号")),
                ("reason", models.CharField(max_length=200, verbose_name="留存理由")),
                ("set_at", models.DateTimeField(verbose_name="设定时间")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="解除时间")),
                ("lift_reason", models.CharField(blank=True, max_length=200, verbose_name="解除理由")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="合并理由")),
                ("moved", models.JSONField(default=dict, verbose_name="随同转移")),
                ("merged_at", models.DateTimeField(verbose_name="合并时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销合并时间")),
            ],
            options={
                "verbose_name": "登记合并",
                "verbose_name_plural": "登记合并",
            },
        ),
        migrations.CreateModel(
            name="PurgeLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(choices=[("died", "已去世")], max_length=16, verbose_name="保存类别"),
                ),
                ("due_on", models.DateField(null=True, verbose_name="保存期满日")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("purged", "已清除"), ("kept", "未清除")],
                        max_length=10,
                        verbose_name="处理结果",
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True, verbose_name="处理时间")),
            ],
            options={
                "verbose_name": "清除明细",
                "verbose_name_plural": "清除明细",
            },
        ),
        migrations.CreateModel(
            name="PurgeReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner", models.CharField(editable=False, max_length=6, verbose_name="归属省份")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prepared", "待提请清除"),
                            ("approved", "清除中"),
                            ("finished", "清除完毕"),
                            ("dropped", "已被新报告取代"),
                        ],
                        default="prepared",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("prepared_at", models.DateTimeField(verbose_name="编制时间")),
                ("as_of", models.DateField(verbose_name="截至日期")),
                ("counts", models.JSONField(default=dict, verbose_name="各类人数")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="同意时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
            ],
            options={
                "verbose_name": "清除报告",
                "verbose_name_plural": "清除报告",
            },
        ),
        migrations.CreateModel(
            name="Transfer",
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
                            ("out", "待接收"),
                            ("in", "已接收"),
                            ("refused", "不予接收"),
                            ("cancelled", "移出已取消"),
                        ],
                        default="out",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="迁移依据")),
                ("out_at", models.DateTimeField(verbose_name="移出时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="办理时间")),
                ("opinion", models.CharField(blank=True, max_length=200, verbose_name="办理意见")),
            ],
            options={
                "verbose_name": "户籍迁移",
                "verbose_name_plural": "户籍迁移",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="resident",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="resident",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="resident",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="resident",
            name="resident_death_has_its_day",
        ),
        migrations.AddField(
            model_name="resident",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="并入的登记",
            ),
        ),
        migrations.AddField(
            model_name="residentevent",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="registry.resident",
                verbose_name="并入的登记",
            ),
        ),
        migrations.AlterField(
            model_name="resident",
            name="status",
            field=models.CharField(
                choices=[
                    ("registered", "已登记"),
                    ("died", "已去世"),
                    ("merged", "已并入另一登记"),
                    ("erased", "已删除个人信息"),
                ],
                default="registered",
                max_length=16,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="residentevent",
            name="status",
            field=models.CharField(
                choices=[
                    ("registered", "已登记"),
                    ("died", "已去世"),
                    ("merged", "已并入另一登记"),
                    ("erased", "已删除个人信息"),
                ],
                default="registered",
                max_length=16,
                verbose_name="状态",
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("status", "erased")), fields=["id"], name="resident_erased"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "merged_into_id", "mobility", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_index", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (NEW."benefit_category", NEW."birth_on", NEW."changed_at", NEW."contact_name_cipher", NEW."contact_phone_cipher", NEW."dialect", NEW."died_on", NEW."diets", NEW."epoch", NEW."home_division_id", NEW."id", NEW."identity_cipher", NEW."identity_index", NEW."initials", NEW."is_sample", NEW."merged_into_id", NEW."mobility", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'insert\', NEW."id", NEW."phone_cipher", NEW."phone_index", NEW."pinyin", NEW."sex", NEW."sort_key", NEW."status", NEW."version", NEW."whereabouts_protected"); RETURN NULL;',
                    hash="aa4f758bebbe9ff782e19cfc636363bba0605b79",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eef60",
                    table="registry_resident",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND (OLD.* IS DISTINCT FROM NEW.*))",
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "merged_into_id", "mobility", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_index", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (NEW."benefit_category", NEW."birth_on", NEW."changed_at", NEW."contact_name_cipher", NEW."contact_phone_cipher", NEW."dialect", NEW."died_on", NEW."diets", NEW."epoch", NEW."home_division_id", NEW."id", NEW."identity_cipher", NEW."identity_index", NEW."initials", NEW."is_sample", NEW."merged_into_id", NEW."mobility", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'update\', NEW."id", NEW."phone_cipher", NEW."phone_index", NEW."pinyin", NEW."sex", NEW."sort_key", NEW."status", NEW."version", NEW."whereabouts_protected"); RETURN NULL;',
                    hash="9ceb0dba3e6187015df8e31c0439263c7998c5db",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3253d",
                    table="registry_resident",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "merged_into_id", "mobility", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_index", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (OLD."benefit_category", OLD."birth_on", OLD."changed_at", OLD."contact_name_cipher", OLD."contact_phone_cipher", OLD."dialect", OLD."died_on", OLD."diets", OLD."epoch", OLD."home_division_id", OLD."id", OLD."identity_cipher", OLD."identity_index", OLD."initials", OLD."is_sample", OLD."merged_into_id", OLD."mobility", OLD."name", OLD."name_normal", OLD."number", OLD."owner", NOW(), \'delete\', OLD."id", OLD."phone_cipher", OLD."phone_index", OLD."pinyin", OLD."sex", OLD."sort_key", OLD."status", OLD."version", OLD."whereabouts_protected"); RETURN NULL;',
                    hash="0d8e8b2a3455a218c756744adbf4bfb2f88a6ea7",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ea270",
                    table="registry_resident",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "erased"),
                    models.Q(
                        ("died_on__gte", models.F("birth_on")), ("died_on__isnull", False), ("status", "died")
                    ),
                    ("status", "merged"),
                    models.Q(("died_on__isnull", True), ("status", "registered")),
                    _connector="OR",
                ),
                name="resident_death_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("merged_into__isnull", False),
                        ("status", "merged"),
                        models.Q(("merged_into", models.F("id")), _negated=True),
                    ),
                    models.Q(models.Q(("status", "merged"), _negated=True), ("merged_into__isnull", True)),
                    _connector="OR",
                ),
                name="resident_merged_has_its_survivor",
            ),
        ),
        migrations.AddField(
            model_name="duplicate",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="登记甲",
            ),
        ),
        migrations.AddField(
            model_name="duplicate",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="登记乙",
            ),
        ),
        migrations.AddField(
            model_name="duplicate",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="认定人",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="lifted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="解除人",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="resident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="registry.resident",
                verbose_name="老年人",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="设定人",
            ),
        ),
        migrations.AddField(
            model_name="legalholdevent",
            name="lifted_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="解除人",
            ),
        ),
        migrations.AddField(
            model_name="legalholdevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.legalhold",
            ),
        ),
        migrations.AddField(
            model_name="legalholdevent",
            name="resident",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="registry.resident",
                verbose_name="老年人",
            ),
        ),
        migrations.AddField(
            model_name="legalholdevent",
            name="set_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="设定人",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="merged",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="并入的登记",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="merged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="同意人",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="survivor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="保留的登记",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销合并人",
            ),
        ),
        migrations.AddField(
            model_name="purgeline",
            name="resident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="老年人",
            ),
        ),
        migrations.AddField(
            model_name="purgereport",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="同意人",
            ),
        ),
        migrations.AddField(
            model_name="purgereport",
            name="prepared_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="编制人",
            ),
        ),
        migrations.AddField(
            model_name="purgeline",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="registry.purgereport",
                verbose_name="清除报告",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="办理人",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="from_division",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="provinces.division",
                verbose_name="迁出地",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="out_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="移出人",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="resident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.resident",
                verbose_name="老年人",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="to_division",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="provinces.division",
                verbose_name="迁入地",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicate",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="duplicate_once_a_pair"),
        ),
        migrations.AddConstraint(
            model_name="duplicate",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="duplicate_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reasons__contained_by",
                        ["same_birth", "same_phone", "same_name", "same_sound", "similar_name"],
                    ),
                    ("score__lte", 100),
                    ("status__in", ["open", "distinct", "merged"]),
                ),
                name="duplicate_words_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "distinct"),
                        models.Q(("settled_by__isnull", True), _negated=True),
                        models.Q(("settled_at__isnull", True), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("status", "distinct"), _negated=True),
                        ("settled_by__isnull", True),
                        ("settled_at__isnull", True),
                        ("reason", ""),
                    ),
                    _connector="OR",
                ),
                name="duplicate_told_apart_is_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="legalhold",
            index=models.Index(
                condition=models.Q(("lifted_at__isnull", True)), fields=["resident"], name="hold_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ground__in", ["litigation", "investigation", "audit"]),
                    models.Q(("case", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="hold_has_its_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lifted_at__isnull", False),
                        models.Q(("lifted_by__isnull", True), _negated=True),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("lifted_at__isnull", False), _negated=True),
                        ("lifted_by__isnull", True),
                        ("lift_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="hold_lifted_is_whole",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="legalhold",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="36fa2d21c315a03248cb2e1ac218b8e1d2c3f532",
                    operation="DELETE",
                    pgid="pgtrigger_kept_b5222",
                    table="registry_legalhold",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="legalhold",
            trigger=pgtrigger.compiler.Trigger(
                name="set_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."ground" IS DISTINCT FROM (NEW."ground") OR OLD."case" IS DISTINCT FROM (NEW."case") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."set_by_id" IS DISTINCT FROM (NEW."set_by_id") OR OLD."set_at" IS DISTINCT FROM (NEW."set_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="5f0d53b2d54f8d85b9dd9e803f8f45334327fed3",
                    operation="UPDATE",
                    pgid="pgtrigger_set_once_804ef",
                    table="registry_legalhold",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="legalhold",
            trigger=pgtrigger.compiler.Trigger(
                name="lifted_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."lifted_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3f34248ef72926050edbe4121cb1e1cc3418f340",
                    operation="UPDATE",
                    pgid="pgtrigger_lifted_once_b5d06",
                    table="registry_legalhold",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="legalhold",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_legalholdevent" ("case", "ground", "id", "lift_reason", "lifted_at", "lifted_by_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resident_id", "set_at", "set_by_id") VALUES (NEW."case", NEW."ground", NEW."id", NEW."lift_reason", NEW."lifted_at", NEW."lifted_by_id", NOW(), \'insert\', NEW."id", NEW."reason", NEW."resident_id", NEW."set_at", NEW."set_by_id"); RETURN NULL;',
                    hash="53f0d95f4ba6017d64b6156e05829b31780e2038",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1a91b",
                    table="registry_legalhold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="legalhold",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "registry_legalholdevent" ("case", "ground", "id", "lift_reason", "lifted_at", "lifted_by_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resident_id", "set_at", "set_by_id") VALUES (NEW."case", NEW."ground", NEW."id", NEW."lift_reason", NEW."lifted_at", NEW."lifted_by_id", NOW(), \'update\', NEW."id", NEW."reason", NEW."resident_id", NEW."set_at", NEW."set_by_id"); RETURN NULL;',
                    hash="ae13259c283381160650c4a2904a36bb0515e5a3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fc63c",
                    table="registry_legalhold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="legalhold",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_legalholdevent" ("case", "ground", "id", "lift_reason", "lifted_at", "lifted_by_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resident_id", "set_at", "set_by_id") VALUES (OLD."case", OLD."ground", OLD."id", OLD."lift_reason", OLD."lifted_at", OLD."lifted_by_id", NOW(), \'delete\', OLD."id", OLD."reason", OLD."resident_id", OLD."set_at", OLD."set_by_id"); RETURN NULL;',
                    hash="fb7365111e1d204699cfc75475ea1ea912a1cda5",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ac676",
                    table="registry_legalhold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="legalholdevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="38997b48a68cb5a275e129cd5e7c35bc5e5d3afc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d128c",
                    table="registry_legalholdevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("merged",),
                name="merge_one_a_resident",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("survivor", models.F("merged")), _negated=True),
                    models.Q(("proposed_by", models.F("merged_by")), _negated=True),
                ),
                name="merge_of_two_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("undone_at__isnull", False), models.Q(("undone_by__isnull", True), _negated=True)
                    ),
                    models.Q(
                        models.Q(("undone_at__isnull", False), _negated=True), ("undone_by__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="merge_undone_is_whole",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="merge",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b909ba0270cfd6d662888c7fa016f15064267c99",
                    operation="DELETE",
                    pgid="pgtrigger_kept_9a1e9",
                    table="registry_merge",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="merge",
            trigger=pgtrigger.compiler.Trigger(
                name="merged_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."survivor_id" IS DISTINCT FROM (NEW."survivor_id") OR OLD."merged_id" IS DISTINCT FROM (NEW."merged_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."moved" IS DISTINCT FROM (NEW."moved") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."merged_by_id" IS DISTINCT FROM (NEW."merged_by_id") OR OLD."merged_at" IS DISTINCT FROM (NEW."merged_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="706136f24c8ec637f3b9f9ababd916f961b9ed48",
                    operation="UPDATE",
                    pgid="pgtrigger_merged_once_31c81",
                    table="registry_merge",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="merge",
            trigger=pgtrigger.compiler.Trigger(
                name="undone_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."undone_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e800314838dc2f35f1cce9b1f346d038366848d8",
                    operation="UPDATE",
                    pgid="pgtrigger_undone_once_d25d3",
                    table="registry_merge",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="purgereport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["prepared", "approved"])),
                fields=("owner",),
                name="report_one_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="purgereport",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["prepared", "approved", "finished", "dropped"])),
                name="report_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="purgereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(
                            ("status__in", ["approved", "finished"]),
                            models.Q(("approved_by__isnull", True), _negated=True),
                            models.Q(("approved_at__isnull", True), _negated=True),
                        ),
                        models.Q(
                            models.Q(("status__in", ["approved", "finished"]), _negated=True),
                            ("approved_by__isnull", True),
                            ("approved_at__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("approved_by__isnull", True),
                        models.Q(("approved_by", models.F("prepared_by")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="report_needs_two_officers",
            ),
        ),
        migrations.AddConstraint(
            model_name="purgereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "finished"), models.Q(("finished_at__isnull", True), _negated=True)),
                    models.Q(models.Q(("status", "finished"), _negated=True), ("finished_at__isnull", True)),
                    _connector="OR",
                ),
                name="report_finished_is_whole",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purgereport",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="4999d82c94c78d2da401abf7a9712e0ce190f059",
                    operation="DELETE",
                    pgid="pgtrigger_kept_ba111",
                    table="registry_purgereport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purgereport",
            trigger=pgtrigger.compiler.Trigger(
                name="prepared_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."owner" IS DISTINCT FROM (NEW."owner") OR OLD."prepared_at" IS DISTINCT FROM (NEW."prepared_at") OR OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."prepared_by_id" IS DISTINCT FROM (NEW."prepared_by_id") OR OLD."counts" IS DISTINCT FROM (NEW."counts"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="0cc0b49f3b1656cb1c8a61a375b7d44c9299bfa4",
                    operation="UPDATE",
                    pgid="pgtrigger_prepared_once_b0d7c",
                    table="registry_purgereport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purgereport",
            trigger=pgtrigger.compiler.Trigger(
                name="over",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" IN ('finished', 'dropped'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="018e4e2df9b9cd877fa479bddab40310f5803c5c",
                    operation="UPDATE",
                    pgid="pgtrigger_over_f48a4",
                    table="registry_purgereport",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="purgeline",
            index=models.Index(
                condition=models.Q(("outcome", "")), fields=["report", "id"], name="purge_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="purgeline",
            constraint=models.UniqueConstraint(fields=("report", "resident"), name="purge_once_a_report"),
        ),
        migrations.AddConstraint(
            model_name="purgeline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["died"]),
                    models.Q(("outcome", ""), ("outcome__in", ["purged", "kept"]), _connector="OR"),
                ),
                name="purge_words_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="purgeline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(
                            models.Q(("outcome", ""), _negated=True),
                            models.Q(("settled_at__isnull", True), _negated=True),
                        ),
                        models.Q(("outcome", ""), ("settled_at__isnull", True)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(
                            models.Q(("outcome", "purged"), _negated=True),
                            models.Q(("due_on__isnull", True), _negated=True),
                        ),
                        models.Q(("outcome", "purged"), ("due_on__isnull", True)),
                        _connector="OR",
                    ),
                ),
                name="purge_settled_is_whole",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purgeline",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8833ec017013fd9b0c606962c90bbfb06b1da5a8",
                    operation="DELETE",
                    pgid="pgtrigger_kept_5e1bf",
                    table="registry_purgeline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purgeline",
            trigger=pgtrigger.compiler.Trigger(
                name="listed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."report_id" IS DISTINCT FROM (NEW."report_id") OR OLD."resident_id" IS DISTINCT FROM (NEW."resident_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="88c5d294e0cab132dce5ecefa5355402463c5a5f",
                    operation="UPDATE",
                    pgid="pgtrigger_listed_once_9ccce",
                    table="registry_purgeline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purgeline",
            trigger=pgtrigger.compiler.Trigger(
                name="settled_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"outcome\" = ''))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="60b74767802d5390c9ddfc16b42418eae9bfbfb9",
                    operation="UPDATE",
                    pgid="pgtrigger_settled_once_8f35b",
                    table="registry_purgeline",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["to_division", "status"], name="transfer_to"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "out")), fields=("resident",), name="transfer_one_under_way"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["out", "in", "refused", "cancelled"]),
                    models.Q(("from_division", models.F("to_division")), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="transfer_leads_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("status", "out"), _negated=True),
                        models.Q(("decided_by__isnull", True), _negated=True),
                        models.Q(("decided_at__isnull", True), _negated=True),
                    ),
                    models.Q(("status", "out"), ("decided_by__isnull", True), ("decided_at__isnull", True)),
                    _connector="OR",
                ),
                name="transfer_decided_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("opinion", ""), ("status", "refused"), _connector="XOR"),
                name="transfer_refused_says_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="ea92a72bbd8f621cbc29047546e4f18f3b5110fe",
                    operation="DELETE",
                    pgid="pgtrigger_kept_bc9c5",
                    table="registry_transfer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="out_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."resident_id" IS DISTINCT FROM (NEW."resident_id") OR OLD."from_division_id" IS DISTINCT FROM (NEW."from_division_id") OR OLD."to_division_id" IS DISTINCT FROM (NEW."to_division_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."out_by_id" IS DISTINCT FROM (NEW."out_by_id") OR OLD."out_at" IS DISTINCT FROM (NEW."out_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="795f70aac5427d3dd5ca85c485ea362f95cf4f6e",
                    operation="UPDATE",
                    pgid="pgtrigger_out_once_fbbfc",
                    table="registry_transfer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'out'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2010b2594d9f84c2e480e50c77aedd069d508bed",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_once_af9aa",
                    table="registry_transfer",
                    when="BEFORE",
                ),
            ),
        ),
    ]
