import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import sojourn.core.ids
from sojourn.core import schema


class Migration(schema.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="复核类别")),
                ("valid_from", models.DateField(verbose_name="开始日期")),
                ("valid_to", models.DateField(help_text="当日不再有效。", verbose_name="截止日期")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("given_at", models.DateTimeField(verbose_name="委托时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="终止时间")),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="委托人",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受托人",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核委托",
                "verbose_name_plural": "复核委托",
            },
        ),
        migrations.CreateModel(
            name="DelegationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=sojourn.core.ids.uuid7, editable=False, serialize=False)),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="复核类别")),
                ("valid_from", models.DateField(verbose_name="开始日期")),
                ("valid_to", models.DateField(help_text="当日不再有效。", verbose_name="截止日期")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("given_at", models.DateTimeField(verbose_name="委托时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="终止时间")),
                (
                    "giver",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="委托人",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="desk.delegation",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受托人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                ("kind", models.CharField(max_length=40, verbose_name="复核类别")),
                ("subject_kind", models.CharField(max_length=40, verbose_name="对象类型")),
                ("subject_id", models.CharField(max_length=64, verbose_name="对象标识")),
                ("title", models.CharField(max_length=200, verbose_name="事项")),
                ("facts", models.JSONField(default=dict, verbose_name="提议内容")),
                ("reason", models.CharField(max_length=500, verbose_name="提议理由")),
                ("division_code", models.CharField(max_length=6, verbose_name="办理单位所在区划")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "待复核"),
                            ("approved", "已同意"),
                            ("refused", "未同意"),
                            ("withdrawn", "提议已收回"),
                            ("lapsed", "逾期未复核"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                ("expires_at", models.DateTimeField(verbose_name="复核期限")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="复核意见")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "decided_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受谁委托",
                    ),
                ),
                (
                    "delegation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.delegation",
                        verbose_name="复核委托",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核事项",
                "verbose_name_plural": "复核事项",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProposalEvent",
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
                ("kind", models.CharField(max_length=40, verbose_name="复核类别")),
                ("subject_kind", models.CharField(max_length=40, verbose_name="对象类型")),
                ("subject_id", models.CharField(max_length=64, verbose_name="对象标识")),
                ("title", models.CharField(max_length=200, verbose_name="事项")),
                ("facts", models.JSONField(default=dict, verbose_name="提议内容")),
                ("reason", models.CharField(max_length=500, verbose_name="提议理由")),
                ("division_code", models.CharField(max_length=6, verbose_name="办理单位所在区划")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "待复核"),
                            ("approved", "已同意"),
                            ("refused", "未同意"),
                            ("withdrawn", "提议已收回"),
                            ("lapsed", "逾期未复核"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                ("expires_at", models.DateTimeField(verbose_name="复核期限")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="复核意见")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "decided_for",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受谁委托",
                    ),
                ),
                (
                    "delegation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="desk.delegation",
                        verbose_name="复核委托",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="desk.proposal",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WorkItem",
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
                ("queue", models.CharField(max_length=40, verbose_name="事项类别")),
                ("subject_kind", models.CharField(max_length=40, verbose_name="对象类型")),
                ("subject_id", models.CharField(max_length=64, verbose_name="对象标识")),
                ("title", models.CharField(max_length=200, verbose_name="事项")),
                ("facts", models.JSONField(default=dict, verbose_name="事实")),
                ("division_code", models.CharField(max_length=6, verbose_name="办理单位所在区划")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "待办"), ("taken", "办理中"), ("closed", "已办结")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="收到时间")),
                ("working_days", models.PositiveSmallIntegerField(null=True, verbose_name="期限（工作日）")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                ("due_provisional", models.BooleanField(default=False, verbose_name="截止日期暂定")),
                ("needs_second_person", models.BooleanField(default=False, verbose_name="须第二人办结")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="受理时间")),
                ("escalation", models.PositiveSmallIntegerField(default=0, verbose_name="已上报层级")),
                ("escalated_to", models.CharField(blank=True, max_length=6, verbose_name="上报至")),
                ("escalated_at", models.DateTimeField(null=True, verbose_name="上报时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "closed_as",
                    models.CharField(
                        blank=True,
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
                        verbose_name="办结人角色",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="办理结果")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受理人",
                    ),
                ),
            ],
            options={
                "verbose_name": "待办事项",
                "verbose_name_plural": "待办事项",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=models.Index(fields=["receiver", "valid_to"], name="delegation_of_receiver"),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver", models.F("receiver")), _negated=True),
                name="delegation_to_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__gt", models.F("valid_from")),
                    (
                        "valid_to__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("valid_from"), "+", models.Value(datetime.timedelta(days=184))
                        ),
                    ),
                ),
                name="delegation_expires",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delegation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_delegationevent" ("ended_at", "given_at", "giver_id", "id", "kind", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "receiver_id", "valid_from", "valid_to") VALUES (NEW."ended_at", NEW."given_at", NEW."giver_id", NEW."id", NEW."kind", NOW(), \'insert\', NEW."id", NEW."reason", NEW."receiver_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                    hash="f39ecc80c5f686db2fefcfa252e9e6ae8d6ff4b5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9f82b",
                    table="desk_delegation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delegation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "desk_delegationevent" ("ended_at", "given_at", "giver_id", "id", "kind", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "receiver_id", "valid_from", "valid_to") VALUES (NEW."ended_at", NEW."given_at", NEW."giver_id", NEW."id", NEW."kind", NOW(), \'update\', NEW."id", NEW."reason", NEW."receiver_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                    hash="8d7964c94beb43c2543ad42f1775daa31ac3500d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_406e8",
                    table="desk_delegation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delegation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_delegationevent" ("ended_at", "given_at", "giver_id", "id", "kind", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "receiver_id", "valid_from", "valid_to") VALUES (OLD."ended_at", OLD."given_at", OLD."giver_id", OLD."id", OLD."kind", NOW(), \'delete\', OLD."id", OLD."reason", OLD."receiver_id", OLD."valid_from", OLD."valid_to"); RETURN NULL;',
                    hash="1db29d74694e4a8bee486f4256334dd3cb5a59d1",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c3da5",
                    table="desk_delegation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delegationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5982ad7ba25a8aed4ecc86f04b14a60221a8cebe",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f6b15",
                    table="desk_delegationevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["changed_at"], name="proposal_changed"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("status", "proposed")),
                fields=["division_code", "expires_at"],
                name="proposal_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "proposed")),
                fields=("kind", "subject_kind", "subject_id"),
                name="proposal_one_waiting_a_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["approved", "lapsed", "proposed", "refused", "withdrawn"])
                ),
                name="proposal_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_for__isnull", True),
                    models.Q(("decided_for", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_not_decided_for_proposer",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(
                            ("status__in", ["approved", "refused"]),
                            models.Q(("decided_by__isnull", True), _negated=True),
                        ),
                        models.Q(
                            models.Q(("status__in", ["approved", "refused"]), _negated=True),
                            ("decided_by__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(
                            models.Q(("status", "proposed"), _negated=True),
                            models.Q(("decided_at__isnull", True), _negated=True),
                        ),
                        models.Q(("status", "proposed"), ("decided_at__isnull", True)),
                        _connector="OR",
                    ),
                ),
                name="proposal_decided_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_for__isnull", True), ("delegation__isnull", True)),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("decided_for__isnull", False),
                        ("delegation__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="proposal_delegation_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("proposed_at"))), name="proposal_expires_later"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="1b17f4f68b997584e49a19df03f808daf80bfde7",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_03c71",
                    table="desk_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="7f179a3cc71faf1ff3621095130a1fb51c839d90",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_d2279",
                    table="desk_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="proposed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."subject_kind" IS DISTINCT FROM (NEW."subject_kind") OR OLD."subject_id" IS DISTINCT FROM (NEW."subject_id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."facts" IS DISTINCT FROM (NEW."facts") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2dc037b0133801fe479fb77313159899f5e3a797",
                    operation="UPDATE",
                    pgid="pgtrigger_proposed_once_1e879",
                    table="desk_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" IN ('approved', 'lapsed', 'refused', 'withdrawn'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="aac7cd1f0336b04ccb7e7c3061f26711bdcc0a08",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_once_b16c3",
                    table="desk_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="2b739a9f1c94039a30048b6aa872a74ea2fd2142",
                    operation="DELETE",
                    pgid="pgtrigger_kept_6228b",
                    table="desk_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_proposalevent" ("changed_at", "decided_at", "decided_by_id", "decided_for_id", "delegation_id", "division_code", "expires_at", "facts", "id", "kind", "opinion", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "status", "subject_id", "subject_kind", "title", "version") VALUES (NEW."changed_at", NEW."decided_at", NEW."decided_by_id", NEW."decided_for_id", NEW."delegation_id", NEW."division_code", NEW."expires_at", NEW."facts", NEW."id", NEW."kind", NEW."opinion", NOW(), \'insert\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."reason", NEW."status", NEW."subject_id", NEW."subject_kind", NEW."title", NEW."version"); RETURN NULL;',
                    hash="e75c4094b4e4f792cf810ba2cbfa59ac80ed7b27",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3e11f",
                    table="desk_proposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "desk_proposalevent" ("changed_at", "decided_at", "decided_by_id", "decided_for_id", "delegation_id", "division_code", "expires_at", "facts", "id", "kind", "opinion", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "status", "subject_id", "subject_kind", "title", "version") VALUES (NEW."changed_at", NEW."decided_at", NEW."decided_by_id", NEW."decided_for_id", NEW."delegation_id", NEW."division_code", NEW."expires_at", NEW."facts", NEW."id", NEW."kind", NEW."opinion", NOW(), \'update\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."reason", NEW."status", NEW."subject_id", NEW."subject_kind", NEW."title", NEW."version"); RETURN NULL;',
                    hash="9dfb4e08f1d63de936fe2a3f8249b6399772bce1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5f7bf",
                    table="desk_proposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_proposalevent" ("changed_at", "decided_at", "decided_by_id", "decided_for_id", "delegation_id", "division_code", "expires_at", "facts", "id", "kind", "opinion", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "status", "subject_id", "subject_kind", "title", "version") VALUES (OLD."changed_at", OLD."decided_at", OLD."decided_by_id", OLD."decided_for_id", OLD."delegation_id", OLD."division_code", OLD."expires_at", OLD."facts", OLD."id", OLD."kind", OLD."opinion", NOW(), \'delete\', OLD."id", OLD."proposed_at", OLD."proposed_by_id", OLD."reason", OLD."status", OLD."subject_id", OLD."subject_kind", OLD."title", OLD."version"); RETURN NULL;',
                    hash="52446c9d930fd1b1ba80ba7fd80fc99c69ba53b8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_81e1a",
                    table="desk_proposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposalevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="54f4bafbdd464fc825fbdb2842d09d4259dd3567",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c1b17",
                    table="desk_proposalevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(fields=["changed_at"], name="workitem_changed"),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["division_code", "due_on"],
                name="workitem_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["handler", "due_on"],
                name="workitem_of_handler",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=("queue", "subject_kind", "subject_id"),
                name="workitem_one_unfinished_a_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["closed", "open", "taken"])), name="workitem_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "closed"),
                    models.Q(
                        ("status", "taken"),
                        models.Q(("handler__isnull", True), _negated=True),
                        models.Q(("taken_at__isnull", True), _negated=True),
                    ),
                    models.Q(
                        models.Q(("status", "taken"), _negated=True),
                        ("handler__isnull", True),
                        ("taken_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="workitem_taken_has_handler",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "closed"),
                        models.Q(("closed_at__isnull", True), _negated=True),
                        models.Q(("closed_as", ""), _negated=True),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("status", "closed"), _negated=True),
                        ("closed_at__isnull", True),
                        ("closed_as", ""),
                        ("outcome", ""),
                    ),
                    _connector="OR",
                ),
                name="workitem_closed_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by__isnull", False), ("status", "closed")),
                    models.Q(("closed_as__in", ["", "system"]), ("closed_by__isnull", True)),
                    _connector="OR",
                ),
                name="workitem_closed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("needs_second_person", False),
                    ("closed_by__isnull", True),
                    models.Q(
                        ("handler__isnull", False),
                        models.Q(("closed_by", models.F("handler")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="workitem_second_person_closes",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(
                            ("escalation__range", (1, 2)),
                            models.Q(("escalated_to", ""), _negated=True),
                            models.Q(("escalated_at__isnull", True), _negated=True),
                        ),
                        models.Q(
                            models.Q(("escalation__range", (1, 2)), _negated=True),
                            ("escalated_to", ""),
                            ("escalated_at__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    ("escalation__lte", 2),
                ),
                name="workitem_escalation_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_provisional", False), ("working_days__isnull", False), _connector="OR"
                ),
                name="workitem_provisional_has_term",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workitem",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="ddd18d4ebd2a58f285b2d7fea58045cede363303",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_ff9df",
                    table="desk_workitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workitem",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="a2eb34636ab1caa7b71d9f1eb29d5beddab6ed0f",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_d4dc7",
                    table="desk_workitem",
                    when="BEFORE",
                ),
            ),
        ),
    ]
