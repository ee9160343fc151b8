import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import sojourn.core.ids
from sojourn.core import schema


class Migration(schema.Migration):
    initial = True

    dependencies = [
        ("core", "0002_hosted_members"),
        ("facilities", "0003_one_owner"),
        ("provinces", "0002_season_months"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE designation_base_number AS bigint",
            reverse_sql="DROP SEQUENCE designation_base_number",
        ),
        migrations.CreateModel(
            name="Batch",
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
                (
                    "epoch",
                    models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
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
                "abstract": False,
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
                (
                    "epoch",
                    models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
                ),
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
                (
                    "epoch",
                    models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BatchEvent",
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
                (
                    "epoch",
                    models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
                ),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="批次")),
                ("announced_on", models.DateField(verbose_name="公布日期")),
                ("plaques_on", models.DateField(blank=True, null=True, verbose_name="授牌日期")),
                ("announced_by", models.CharField(max_length=120, verbose_name="公布单位")),
                ("source", models.CharField(max_length=400, verbose_name="来源")),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="provinces.member",
                        verbose_name="成员省份",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="designation.batch",
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
                (
                    "epoch",
                    models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
                ),
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
            name="SchemeEvent",
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
                (
                    "epoch",
                    models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="方案名称")),
                ("edition", models.CharField(max_length=40, verbose_name="版本")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="印发日期")),
                ("stages", models.JSONField(default=list, verbose_name="评定环节")),
                ("source", models.CharField(max_length=400, verbose_name="来源")),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="provinces.member",
                        verbose_name="成员省份",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="designation.scheme",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
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
        migrations.AddIndex(
            model_name="scheme",
            index=models.Index(fields=["changed_at"], name="scheme_changed"),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", models.F("member"))), name="scheme_owner_is_its_member"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.UniqueConstraint(
                fields=("member", "name", "edition"), name="scheme_edition_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="dc0fce9c800776dbe6dc45f09fde8da6e4fd6f81",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_dc4ae",
                    table="designation_scheme",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND OLD.* IS DISTINCT FROM NEW.*)",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="c7b092e9a7dfcea6027acf852be155c6f1e67347",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_f88a4",
                    table="designation_scheme",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="own_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; RETURN OLD;",
                    hash="20e78875c0c9b8327b7d85533f11852e9d5ba109",
                    operation="DELETE",
                    pgid="pgtrigger_own_only_b31f4",
                    table="designation_scheme",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "designation_schemeevent" ("changed_at", "edition", "epoch", "id", "issued_on", "member_id", "name", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "stages", "version") VALUES (NEW."changed_at", NEW."edition", NEW."epoch", NEW."id", NEW."issued_on", NEW."member_id", NEW."name", NEW."owner", NOW(), \'insert\', NEW."id", NEW."source", NEW."stages", NEW."version"); RETURN NULL;',
                    hash="f23420ab001383e9959cf7065aecb33f4e2ad622",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c8eb4",
                    table="designation_scheme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND (OLD.* IS DISTINCT FROM NEW.*))",
                    func='INSERT INTO "designation_schemeevent" ("changed_at", "edition", "epoch", "id", "issued_on", "member_id", "name", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "stages", "version") VALUES (NEW."changed_at", NEW."edition", NEW."epoch", NEW."id", NEW."issued_on", NEW."member_id", NEW."name", NEW."owner", NOW(), \'update\', NEW."id", NEW."source", NEW."stages", NEW."version"); RETURN NULL;',
                    hash="00795ecb249b072cbdf84286798ee00a0695a902",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a7309",
                    table="designation_scheme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "designation_schemeevent" ("changed_at", "edition", "epoch", "id", "issued_on", "member_id", "name", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "stages", "version") VALUES (OLD."changed_at", OLD."edition", OLD."epoch", OLD."id", OLD."issued_on", OLD."member_id", OLD."name", OLD."owner", NOW(), \'delete\', OLD."id", OLD."source", OLD."stages", OLD."version"); RETURN NULL;',
                    hash="0c779b78946375f11736af144b72b9db1f9a399d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6facf",
                    table="designation_scheme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="batchevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="02da3fc18ec12bd934962d6e027879a32ea08432",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_92149",
                    table="designation_batchevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["changed_at"], name="batch_changed"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", models.F("member"))), name="batch_owner_is_its_member"
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
            model_name="batch",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="781ec7ac4fe3dd8aa75110d46b6a0ac0fe4fde79",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_f78a4",
                    table="designation_batch",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="batch",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND OLD.* IS DISTINCT FROM NEW.*)",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="d9a211ab1b80ed7b400d37e3c365a2910b6609b9",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_44add",
                    table="designation_batch",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="batch",
            trigger=pgtrigger.compiler.Trigger(
                name="own_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; RETURN OLD;",
                    hash="822fb734413c53033c31389ee22989495eb562db",
                    operation="DELETE",
                    pgid="pgtrigger_own_only_86e59",
                    table="designation_batch",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="batch",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "designation_batchevent" ("announced_by", "announced_on", "changed_at", "epoch", "id", "member_id", "ordinal", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaques_on", "scheme_id", "source", "version") VALUES (NEW."announced_by", NEW."announced_on", NEW."changed_at", NEW."epoch", NEW."id", NEW."member_id", NEW."ordinal", NEW."owner", NOW(), \'insert\', NEW."id", NEW."plaques_on", NEW."scheme_id", NEW."source", NEW."version"); RETURN NULL;',
                    hash="850179aad68c4a1546353c397dd77678c4783603",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0fed6",
                    table="designation_batch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="batch",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND (OLD.* IS DISTINCT FROM NEW.*))",
                    func='INSERT INTO "designation_batchevent" ("announced_by", "announced_on", "changed_at", "epoch", "id", "member_id", "ordinal", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaques_on", "scheme_id", "source", "version") VALUES (NEW."announced_by", NEW."announced_on", NEW."changed_at", NEW."epoch", NEW."id", NEW."member_id", NEW."ordinal", NEW."owner", NOW(), \'update\', NEW."id", NEW."plaques_on", NEW."scheme_id", NEW."source", NEW."version"); RETURN NULL;',
                    hash="bc22064220099ae5e666414aada0d5342daf8c55",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8ecc2",
                    table="designation_batch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="batch",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "designation_batchevent" ("announced_by", "announced_on", "changed_at", "epoch", "id", "member_id", "ordinal", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaques_on", "scheme_id", "source", "version") VALUES (OLD."announced_by", OLD."announced_on", OLD."changed_at", OLD."epoch", OLD."id", OLD."member_id", OLD."ordinal", OLD."owner", NOW(), \'delete\', OLD."id", OLD."plaques_on", OLD."scheme_id", OLD."source", OLD."version"); RETURN NULL;',
                    hash="ec03e52cd25df16ee726cdb24b157cf3fdcccb15",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_36e0b",
                    table="designation_batch",
                    when="AFTER",
                ),
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
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="4d87c4ccdeeb624d38a300f2249c63f5430b19ed",
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
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND OLD.* IS DISTINCT FROM NEW.*)",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="6c9f6479901a52087de20f7e08d5382a952c9b2c",
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
                name="own_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; RETURN OLD;",
                    hash="120b1af6b883d8e066e0135d21b50a35f0f48dd7",
                    operation="DELETE",
                    pgid="pgtrigger_own_only_a2d2e",
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
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "designation_baseevent" ("batch_id", "changed_at", "designated_on", "ended_on", "epoch", "facility_id", "id", "listed_name", "listed_number", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaque_number", "scheme_id", "status", "valid_to", "version", "withdrawal_reason") VALUES (NEW."batch_id", NEW."changed_at", NEW."designated_on", NEW."ended_on", NEW."epoch", NEW."facility_id", NEW."id", NEW."listed_name", NEW."listed_number", NEW."number", NEW."owner", NOW(), \'insert\', NEW."id", NEW."plaque_number", NEW."scheme_id", NEW."status", NEW."valid_to", NEW."version", NEW."withdrawal_reason"); RETURN NULL;',
                    hash="7dfa52f4641d6c160ed40d428d43a65f1205c78f",
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
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND (OLD.* IS DISTINCT FROM NEW.*))",
                    func='INSERT INTO "designation_baseevent" ("batch_id", "changed_at", "designated_on", "ended_on", "epoch", "facility_id", "id", "listed_name", "listed_number", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaque_number", "scheme_id", "status", "valid_to", "version", "withdrawal_reason") VALUES (NEW."batch_id", NEW."changed_at", NEW."designated_on", NEW."ended_on", NEW."epoch", NEW."facility_id", NEW."id", NEW."listed_name", NEW."listed_number", NEW."number", NEW."owner", NOW(), \'update\', NEW."id", NEW."plaque_number", NEW."scheme_id", NEW."status", NEW."valid_to", NEW."version", NEW."withdrawal_reason"); RETURN NULL;',
                    hash="987edfbc0701b843db17e4bebf003537d9e17c1f",
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
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "designation_baseevent" ("batch_id", "changed_at", "designated_on", "ended_on", "epoch", "facility_id", "id", "listed_name", "listed_number", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "plaque_number", "scheme_id", "status", "valid_to", "version", "withdrawal_reason") VALUES (OLD."batch_id", OLD."changed_at", OLD."designated_on", OLD."ended_on", OLD."epoch", OLD."facility_id", OLD."id", OLD."listed_name", OLD."listed_number", OLD."number", OLD."owner", NOW(), \'delete\', OLD."id", OLD."plaque_number", OLD."scheme_id", OLD."status", OLD."valid_to", OLD."version", OLD."withdrawal_reason"); RETURN NULL;',
                    hash="c1209dd6eb9d1a23c36d1e8b0e81b31cfe1e665c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_68a5a",
                    table="designation_base",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fdfbee96b7d9a35457b2c64eee6d753a3d6de1f7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9b845",
                    table="designation_schemeevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
