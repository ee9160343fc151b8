import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import sojourn.core.ids
from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("consents", "0006_arrivals"),
        ("sharing", "0005_proofs_and_comparisons"),
    ]

    operations = [
        migrations.CreateModel(
            name="EarlierMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=80, verbose_name="比对密钥")),
                ("mark", models.CharField(max_length=64, verbose_name="比对标记")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier",
                        to="consents.mark",
                        verbose_name="所属标记",
                    ),
                ),
            ],
            options={
                "verbose_name": "原密钥的比对标记",
                "verbose_name_plural": "原密钥的比对标记",
                "indexes": [models.Index(fields=["mark", "key"], name="earliermark_by_mark")],
                "constraints": [
                    models.UniqueConstraint(fields=("row", "key"), name="earliermark_one_a_key"),
                    models.CheckConstraint(
                        condition=models.Q(("mark__regex", "^[0-9a-f]{64}$")), name="earliermark_is_a_digest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchingKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner", models.CharField(max_length=6, verbose_name="归属省份")),
                ("other", models.CharField(max_length=6, verbose_name="比对省份")),
                ("key", models.CharField(max_length=80, verbose_name="比对密钥")),
                ("in_use_since", models.DateTimeField(verbose_name="开始使用时间")),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.grant",
                        verbose_name="数据授权",
                    ),
                ),
            ],
            options={
                "verbose_name": "比对密钥",
                "verbose_name_plural": "比对密钥",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "other", "key"), name="matchingkey_begun_once")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matchingkey",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete or update rows from % table', TG_TABLE_NAME;",
                    hash="e2214ab4e2d62a42000ad7ddd8ad140a257f43e3",
                    operation="DELETE OR UPDATE",
                    pgid="pgtrigger_kept_ea51e",
                    table="consents_matchingkey",
                    when="BEFORE",
                ),
            ),
        ),
    ]
