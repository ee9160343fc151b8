import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    initial = True

    # Nothing of theirs is needed here: as long as few models stand, Django draws them quickly after each step.
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        # Trusted extensions: the owner of the database may create them without being superuser.
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="TrailSeal",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("first_id", models.BigIntegerField(null=True, verbose_name="首条")),
                ("last_id", models.BigIntegerField(null=True, verbose_name="末条")),
                ("entries", models.BigIntegerField(verbose_name="条数")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="前一日摘要")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                (
                    "sealed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="封存时间"
                    ),
                ),
            ],
            options={
                "verbose_name": "留痕封存",
                "verbose_name_plural": "留痕封存",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"
                    ),
                ),
                ("action", models.CharField(max_length=80, verbose_name="操作")),
                ("subject_kind", models.CharField(max_length=80, verbose_name="对象类型")),
                ("subject_id", models.CharField(max_length=64, verbose_name="对象标识")),
                ("facts", models.JSONField(default=dict, verbose_name="事实")),
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
                        verbose_name="操作者角色",
                    ),
                ),
                ("actor_user_id", models.UUIDField(null=True, verbose_name="操作者账号")),
                ("actor_divisions", models.CharField(blank=True, max_length=200, verbose_name="操作者辖区")),
                ("on_behalf_of", models.CharField(blank=True, max_length=80, verbose_name="代何人办理")),
                ("trace_id", models.CharField(blank=True, max_length=32, verbose_name="追踪编号")),
            ],
            options={
                "verbose_name": "操作留痕",
                "verbose_name_plural": "操作留痕",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id", "-id"], name="auditentry_subject"),
                    models.Index(fields=["actor_user_id", "-id"], name="auditentry_actor"),
                    models.Index(fields=["at"], name="auditentry_at"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6b2652b5bb5129424469034ae53d5116f56d3e42",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_97da0",
                    table="core_auditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trailseal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f85f7e91e95a98d8fc395623ac7def8abff360c0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_58f5f",
                    table="core_trailseal",
                    when="BEFORE",
                ),
            ),
        ),
    ]
