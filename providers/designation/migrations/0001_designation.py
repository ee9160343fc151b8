import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import sojourn.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("facilities", "0001_facilities"),
        ("provinces", "0001_provinces"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE designation_base_number AS bigint",
            reverse_sql="DROP SEQUENCE designation_base_number",
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="批次")),
                ("announced_on", models.DateField(verbose_name="公布日期")),
                ("plaques_on", models.DateField(blank=True, null=True, verbose_name="授牌日期")),
                ("announced_by", models.CharField(max_length=120, verbose_name="公布单位")),
                ("source", models.CharField(max_length=400, verbose_name="来源")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="provinces.member",
                        verbose_name="成员省份",
                    ),
                ),
            ],
            options={
                "verbose_name": "认定批次",
                "verbose_name_plural": "认定批次",
            },
        ),
        migrations.CreateModel(
            name="Base",
            fields=[
                ("version", models.BigIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="变更时间",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner", models.CharField(editable=False, max_length=6, verbose_name="归属省份")),
                ("number", models.CharField(editable=False, max_length=32, unique=True, verbose_name="编号")),
                ("listed_number", models.PositiveSmallIntegerField(verbose_name="名单序号")),
                ("listed_name", models.CharField(max_length=120, verbose_name="名单所列名称")),
                (
                    "plaque_number",
                    models.CharField(blank=True, max_length=60, null=True, verbose_name="牌匾编号"),
                ),
                ("designated_on", models.DateField(verbose_name="认定日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("designated", "已认定"),
                            ("withdrawn", "已撤销认定"),
                            ("expired", "认定已到期"),
                        ],
                        default="designated",
                        max_length=16,
                        verbose_name="认定状态",
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("withdrawal_reason", models.CharField(blank=True, max_length=400, verbose_name="撤销原因")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.facility",
                        verbose_name="养老机构",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bases",
                        to="designation.batch",
                        verbose_name="认定批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "示范基地",
                "verbose_name_plural": "示范基地",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Scheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="方案名称")),
                ("edition", models.CharField(max_length=40, verbose_name="版本")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="印发日期")),
                ("stages", models.JSONField(default=list, verbose_name="评定环节")),
                ("source", models.CharField(max_length=400, verbose_name="来源")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="provinces.member",
                        verbose_name="成员省份",
                    ),
                ),
            ],
            options={
                "verbose_name": "评定方案",
                "verbose_name_plural": "评定方案",
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches",
                to="designation.scheme",
                verbose_name="评定方案",
            ),
        ),
        migrations.CreateModel(
            name="BaseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("version", models.BigIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="变更时间",
                    ),
                ),
                ("id", models.UUIDField(default=sojourn.core.ids.uuid7, editable=False, serialize=False)),
                ("owner", models.CharField(editable=False, max_length=6, verbose_name="归属省份")),
                ("number", models.CharField(editable=False, max_length=32, verbose_name="编号")),
                ("listed_number", models.PositiveSmallIntegerField(verbose_name="名单序号")),
                ("listed_name", models.CharField(max_length=120, verbose_name="名单所列名称")),
                (
                    "plaque_number",
                    models.CharField(blank=True, max_length=60, null=True, verbose_name="牌匾编号"),
                ),
                ("designated_on", models.DateField(verbose_name="认定日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("designated", "已认定"),
                            ("withdrawn", "已撤销认定"),
                            ("expired", "认定已到期"),
                        ],
                        default="designated",
                        max_length=16,
                        verbose_name="认定状态",
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("withdrawal_reason", models.CharField(blank=True, max_length=400, verbose_name="撤销原因")),
                (
                    "facility",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.facility",
                        verbose_name="养老机构",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="designation.base",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="designation.batch",
                        verbose_name="认定批次",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="designation.scheme",
                        verbose_name="评定方案",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="base",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="designation.scheme",
                verbose_name="评定方案",
            ),
        ),
        migrations.CreateModel(
            name="ReportedCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="统计期间")),
                ("reported_on", models.DateField(verbose_name="报告日期")),
                ("bases", models.PositiveIntegerField(blank=True, null=True, verbose_name="示范基地数")),
                ("source", models.CharField(max_length=400, verbose_name="来源")),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="provinces.member",
                        verbose_name="成员省份",
                    ),
                ),
            ],
            options={
                "verbose_name": "示范基地报告数",
                "verbose_name_plural": "示范基地报告数",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member", "period", "reported_on"), name="reportedcount_once_in_a_report"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.UniqueConstraint(
                fields=("member", "name", "edition"), name="scheme_edition_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("scheme", "ordinal"), name="batch_ordinal_once"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("plaques_on__isnull", True),
                    ("plaques_on__gte", models.F("announced_on")),
                    _connector="OR",
                ),
                name="batch_plaques_follow_the_list",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="baseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8f1cef0a48b86b04cfa3dd4dacd1d5bf9180a6fc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_54723",
                    table="designation_baseevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="base",
            index=models.Index(fields=["changed_at"], name="base_changed"),
        ),
        migrations.AddIndex(
            model_name="base",
            index=models.Index(fields=["owner", "status"], name="base_by_owner"),
        ),
        migrations.AddConstraint(
            model_name="base",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "designated")),
                fields=("facility", "scheme"),
                name="base_one_live_designation",
            ),
        ),
        migrations.AddConstraint(
            model_name="base",
            constraint=models.UniqueConstraint(
                fields=("batch", "listed_number"), name="base_one_place_in_list"
            ),
        ),
        migrations.AddConstraint(
            model_name="base",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["designated", "withdrawn", "expired"])),
                name="base_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="base",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("designated_on")), _connector="OR"
                ),
                name="base_validity_follows_designation",
            ),
        ),
        migrations.AddConstraint(
            model_name="base",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on__isnull", True), ("status", "designated")),
                    models.Q(
                        models.Q(("status", "designated"), _negated=True),
                        ("ended_on__gte", models.F("designated_on")),
                        ("ended_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="base_ends_when_it_is_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="base",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "withdrawn"), ("withdrawal_reason", ""), _connector="XOR"),
                name="base_withdrawal_has_a_reason",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="base",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="198da2560a0b8decdab5c852da7e589459d3b87e",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_e2ca3",
                    table="designation_base",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="base",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="b4f6acbc891a7542735cb7d1cf275af77a82b682",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_c1a94",
                    table="designation_base",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="base",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "designation_baseevent" ("batch_id", "changed_at", "designated_on", "ended_on", "facility_id", "id", "listed_name", "listed_number", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaque_number", "scheme_id", "status", "valid_to", "version", "withdrawal_reason") VALUES (NEW."batch_id", NEW."changed_at", NEW."designated_on", NEW."ended_on", NEW."facility_id", NEW."id", NEW."listed_name", NEW."listed_number", NEW."number", NEW."owner", NOW(), \'insert\', NEW."id", NEW."plaque_number", NEW."scheme_id", NEW."status", NEW."valid_to", NEW."version", NEW."withdrawal_reason"); RETURN NULL;',
                    hash="4b9d129a94d29d5d38a3e63ca19ef9ce717d71a2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d2851",
                    table="designation_base",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="base",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "designation_baseevent" ("batch_id", "changed_at", "designated_on", "ended_on", "facility_id", "id", "listed_name", "listed_number", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaque_number", "scheme_id", "status", "valid_to", "version", "withdrawal_reason") VALUES (NEW."batch_id", NEW."changed_at", NEW."designated_on", NEW."ended_on", NEW."facility_id", NEW."id", NEW."listed_name", NEW."listed_number", NEW."number", NEW."owner", NOW(), \'update\', NEW."id", NEW."plaque_number", NEW."scheme_id", NEW."status", NEW."valid_to", NEW."version", NEW."withdrawal_reason"); RETURN NULL;',
                    hash="ee51a5499b98c6f4ab4139b13a432a1a0d70f1e7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_706ce",
                    table="designation_base",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="base",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "designation_baseevent" ("batch_id", "changed_at", "designated_on", "ended_on", "facility_id", "id", "listed_name", "listed_number", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaque_number", "scheme_id", "status", "valid_to", "version", "withdrawal_reason") VALUES (OLD."batch_id", OLD."changed_at", OLD."designated_on", OLD."ended_on", OLD."facility_id", OLD."id", OLD."listed_name", OLD."listed_number", OLD."number", OLD."owner", NOW(), \'delete\', OLD."id", OLD."plaque_number", OLD."scheme_id", OLD."status", OLD."valid_to", OLD."version", OLD."withdrawal_reason"); RETURN NULL;',
                    hash="3363d25e48f8a26635f8374c4326bba843794858",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_68a5a",
                    table="designation_base",
                    when="AFTER",
                ),
            ),
        ),
    ]
