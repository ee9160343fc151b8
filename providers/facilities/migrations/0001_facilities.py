import django.contrib.postgres.fields
import django.contrib.postgres.indexes
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
        # Its trigram extension carries the search columns' indexes.
        ("core", "0001_trail"),
        ("provinces", "0001_provinces"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE facilities_operator_number AS bigint",
            reverse_sql="DROP SEQUENCE facilities_operator_number",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE facilities_facility_number AS bigint",
            reverse_sql="DROP SEQUENCE facilities_facility_number",
        ),
        migrations.CreateModel(
            name="Facility",
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
                ("name_normal", models.CharField(editable=False, max_length=400, verbose_name="检索名称")),
                ("pinyin", models.CharField(editable=False, max_length=1600, verbose_name="拼音")),
                ("initials", models.CharField(editable=False, max_length=400, verbose_name="拼音首字母")),
                ("sort_key", models.CharField(editable=False, max_length=1600, verbose_name="排序键")),
                ("number", models.CharField(editable=False, max_length=32, unique=True, verbose_name="编号")),
                ("listed_name", models.CharField(max_length=120, verbose_name="机构名称")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("care_home", "养老院"),
                            ("nursing_home", "护理院"),
                            ("apartment", "养老公寓"),
                            ("welfare_institution", "社会福利院"),
                            ("service_centre", "养老服务中心"),
                            ("other", "其他"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="机构类型",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("registered", "已登记"),
                            ("open", "开放旅居"),
                            ("paused", "暂停接待"),
                            ("closed", "已关闭"),
                        ],
                        default="registered",
                        max_length=32,
                        verbose_name="状态",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[("good", "正常"), ("focus_supervision", "重点监管"), ("barred", "准入限制")],
                        default="good",
                        max_length=32,
                        verbose_name="监管状态",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="样例数据")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                (
                    "lng",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="经度"
                    ),
                ),
                (
                    "lat",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="纬度"
                    ),
                ),
                (
                    "place_precision",
                    models.CharField(
                        choices=[("exact", "准确位置"), ("about", "所在城市的约略位置")],
                        default="about",
                        max_length=16,
                        verbose_name="位置精度",
                    ),
                ),
                ("telephone", models.CharField(blank=True, max_length=40, verbose_name="联系电话")),
                ("telephone_hours", models.CharField(blank=True, max_length=80, verbose_name="接听时间")),
                (
                    "levels_taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("intact", "能力完好"),
                                ("mild", "能力轻度受损（轻度失能）"),
                                ("moderate", "能力中度受损（中度失能）"),
                                ("severe", "能力重度受损（重度失能）"),
                                ("complete", "能力完全丧失（完全失能）"),
                            ],
                            max_length=16,
                        ),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="接收的能力等级",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="服务语言",
                    ),
                ),
                (
                    "diets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="膳食",
                    ),
                ),
                (
                    "shortest_stay_nights",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最短入住夜数"),
                ),
                (
                    "features_reported_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="设施项目申报时间"),
                ),
                ("filed_beds", models.PositiveIntegerField(blank=True, null=True, verbose_name="备案床位")),
                (
                    "operating_beds",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="开放床位"),
                ),
                (
                    "nursing_beds",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="护理型床位"),
                ),
                ("beds_as_of", models.DateField(blank=True, null=True, verbose_name="床位数据日期")),
                (
                    "filing_state",
                    models.CharField(
                        blank=True,
                        choices=[("filed", "已备案"), ("not_filed", "未备案")],
                        max_length=16,
                        null=True,
                        verbose_name="备案状态",
                    ),
                ),
                ("filing_number", models.CharField(blank=True, max_length=60, verbose_name="备案编号")),
                (
                    "medical_care",
                    models.CharField(
                        blank=True,
                        choices=[("in_house", "内设医疗机构"), ("contracted", "签约医院"), ("none", "无")],
                        max_length=16,
                        null=True,
                        verbose_name="医疗服务方式",
                    ),
                ),
                (
                    "contracted_hospital",
                    models.CharField(blank=True, max_length=120, verbose_name="签约医院名称"),
                ),
                (
                    "hospital_km",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="距医院（公里）"
                    ),
                ),
                ("medical_as_of", models.DateField(blank=True, null=True, verbose_name="医疗信息日期")),
                (
                    "bed_fee_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="床位费（分/月）"),
                ),
                (
                    "care_fee_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="照料护理费（分/月）"),
                ),
                (
                    "meal_fee_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="餐费（分/月）"),
                ),
                (
                    "deposit_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="押金（分）"),
                ),
                ("prices_as_of", models.DateField(blank=True, null=True, verbose_name="价格日期")),
                ("picture_seed", models.PositiveIntegerField(editable=False, verbose_name="示意图种子")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="provinces.division",
                        verbose_name="所在地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "养老机构",
                "verbose_name_plural": "养老机构",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Operator",
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
                ("name_normal", models.CharField(editable=False, max_length=400, verbose_name="检索名称")),
                ("pinyin", models.CharField(editable=False, max_length=1600, verbose_name="拼音")),
                ("initials", models.CharField(editable=False, max_length=400, verbose_name="拼音首字母")),
                ("sort_key", models.CharField(editable=False, max_length=1600, verbose_name="排序键")),
                ("number", models.CharField(editable=False, max_length=32, unique=True, verbose_name="编号")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "credit_code",
                    models.CharField(blank=True, max_length=18, null=True, verbose_name="统一社会信用代码"),
                ),
                (
                    "registration_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("public", "公办"),
                            ("public_built_private_run", "公建民营"),
                            ("non_profit", "民办非营利"),
                            ("for_profit", "营利性"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="登记类型",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[("good", "正常"), ("focus_supervision", "重点监管"), ("barred", "准入限制")],
                        default="good",
                        max_length=32,
                        verbose_name="监管状态",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="样例数据")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="provinces.division",
                        verbose_name="主管地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "运营主体",
                "verbose_name_plural": "运营主体",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FacilityEvent",
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
                ("name_normal", models.CharField(editable=False, max_length=400, verbose_name="检索名称")),
                ("pinyin", models.CharField(editable=False, max_length=1600, verbose_name="拼音")),
                ("initials", models.CharField(editable=False, max_length=400, verbose_name="拼音首字母")),
                ("sort_key", models.CharField(editable=False, max_length=1600, verbose_name="排序键")),
                ("number", models.CharField(editable=False, max_length=32, verbose_name="编号")),
                ("listed_name", models.CharField(max_length=120, verbose_name="机构名称")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("care_home", "养老院"),
                            ("nursing_home", "护理院"),
                            ("apartment", "养老公寓"),
                            ("welfare_institution", "社会福利院"),
                            ("service_centre", "养老服务中心"),
                            ("other", "其他"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="机构类型",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("registered", "已登记"),
                            ("open", "开放旅居"),
                            ("paused", "暂停接待"),
                            ("closed", "已关闭"),
                        ],
                        default="registered",
                        max_length=32,
                        verbose_name="状态",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[("good", "正常"), ("focus_supervision", "重点监管"), ("barred", "准入限制")],
                        default="good",
                        max_length=32,
                        verbose_name="监管状态",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="样例数据")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                (
                    "lng",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="经度"
                    ),
                ),
                (
                    "lat",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="纬度"
                    ),
                ),
                (
                    "place_precision",
                    models.CharField(
                        choices=[("exact", "准确位置"), ("about", "所在城市的约略位置")],
                        default="about",
                        max_length=16,
                        verbose_name="位置精度",
                    ),
                ),
                ("telephone", models.CharField(blank=True, max_length=40, verbose_name="联系电话")),
                ("telephone_hours", models.CharField(blank=True, max_length=80, verbose_name="接听时间")),
                (
                    "levels_taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("intact", "能力完好"),
                                ("mild", "能力轻度受损（轻度失能）"),
                                ("moderate", "能力中度受损（中度失能）"),
                                ("severe", "能力重度受损（重度失能）"),
                                ("complete", "能力完全丧失（完全失能）"),
                            ],
                            max_length=16,
                        ),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="接收的能力等级",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="服务语言",
                    ),
                ),
                (
                    "diets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="膳食",
                    ),
                ),
                (
                    "shortest_stay_nights",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最短入住夜数"),
                ),
                (
                    "features_reported_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="设施项目申报时间"),
                ),
                ("filed_beds", models.PositiveIntegerField(blank=True, null=True, verbose_name="备案床位")),
                (
                    "operating_beds",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="开放床位"),
                ),
                (
                    "nursing_beds",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="护理型床位"),
                ),
                ("beds_as_of", models.DateField(blank=True, null=True, verbose_name="床位数据日期")),
                (
                    "filing_state",
                    models.CharField(
                        blank=True,
                        choices=[("filed", "已备案"), ("not_filed", "未备案")],
                        max_length=16,
                        null=True,
                        verbose_name="备案状态",
                    ),
                ),
                ("filing_number", models.CharField(blank=True, max_length=60, verbose_name="备案编号")),
                (
                    "medical_care",
                    models.CharField(
                        blank=True,
                        choices=[("in_house", "内设医疗机构"), ("contracted", "签约医院"), ("none", "无")],
                        max_length=16,
                        null=True,
                        verbose_name="医疗服务方式",
                    ),
                ),
                (
                    "contracted_hospital",
                    models.CharField(blank=True, max_length=120, verbose_name="签约医院名称"),
                ),
                (
                    "hospital_km",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="距医院（公里）"
                    ),
                ),
                ("medical_as_of", models.DateField(blank=True, null=True, verbose_name="医疗信息日期")),
                (
                    "bed_fee_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="床位费（分/月）"),
                ),
                (
                    "care_fee_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="照料护理费（分/月）"),
                ),
                (
                    "meal_fee_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="餐费（分/月）"),
                ),
                (
                    "deposit_fen",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="押金（分）"),
                ),
                ("prices_as_of", models.DateField(blank=True, null=True, verbose_name="价格日期")),
                ("picture_seed", models.PositiveIntegerField(editable=False, verbose_name="示意图种子")),
                (
                    "division",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="provinces.division",
                        verbose_name="所在地区",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="facilities.facility",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.operator",
                        verbose_name="运营主体",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="facility",
            name="operator",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="facilities",
                to="facilities.operator",
                verbose_name="运营主体",
            ),
        ),
        migrations.CreateModel(
            name="OperatorEvent",
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
                ("name_normal", models.CharField(editable=False, max_length=400, verbose_name="检索名称")),
                ("pinyin", models.CharField(editable=False, max_length=1600, verbose_name="拼音")),
                ("initials", models.CharField(editable=False, max_length=400, verbose_name="拼音首字母")),
                ("sort_key", models.CharField(editable=False, max_length=1600, verbose_name="排序键")),
                ("number", models.CharField(editable=False, max_length=32, verbose_name="编号")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "credit_code",
                    models.CharField(blank=True, max_length=18, null=True, verbose_name="统一社会信用代码"),
                ),
                (
                    "registration_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("public", "公办"),
                            ("public_built_private_run", "公建民营"),
                            ("non_profit", "民办非营利"),
                            ("for_profit", "营利性"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="登记类型",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[("good", "正常"), ("focus_supervision", "重点监管"), ("barred", "准入限制")],
                        default="good",
                        max_length=32,
                        verbose_name="监管状态",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="样例数据")),
                (
                    "division",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="provinces.division",
                        verbose_name="主管地区",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="facilities.operator",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FeatureReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("feature", models.CharField(max_length=40, verbose_name="项目")),
                (
                    "answer",
                    models.CharField(
                        choices=[("yes", "是"), ("no", "否"), ("unknown", "未报告")],
                        max_length=8,
                        verbose_name="申报结果",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="数据日期")),
                ("reported_by", models.CharField(max_length=80, verbose_name="申报方")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feature_reports",
                        to="facilities.facility",
                        verbose_name="养老机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "设施项目申报",
                "verbose_name_plural": "设施项目申报",
                "indexes": [models.Index(fields=["feature", "answer"], name="featurereport_by_answer")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("facility", "feature"), name="featurereport_one_answer_per_feature"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["yes", "no", "unknown"])),
                        name="featurereport_answer_is_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="operator",
            index=models.Index(fields=["changed_at"], name="operator_changed"),
        ),
        migrations.AddIndex(
            model_name="operator",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name_normal"], name="operator_by_name", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="operator",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["pinyin"], name="operator_by_pinyin", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="operator",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["initials"], name="operator_by_initials", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="operator",
            index=models.Index(fields=["sort_key", "id"], name="operator_by_sort_key"),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("credit_code__isnull", False)),
                fields=("credit_code",),
                name="operator_credit_code_is_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("registration_type__isnull", True),
                    (
                        "registration_type__in",
                        ["public", "public_built_private_run", "non_profit", "for_profit"],
                    ),
                    _connector="OR",
                ),
                name="operator_registration_type_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=models.CheckConstraint(
                condition=models.Q(("standing__in", ["good", "focus_supervision", "barred"])),
                name="operator_standing_is_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="b7299b15da9aae64cea2502dbc804102a93ab73e",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_2cdc2",
                    table="facilities_operator",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="44217adbfc1bd0249d9512d8566d5ce018758b4b",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_1ba98",
                    table="facilities_operator",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "facilities_operatorevent" ("changed_at", "credit_code", "division_id", "id", "initials", "is_sample", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "registration_type", "sort_key", "standing", "version") VALUES (NEW."changed_at", NEW."credit_code", NEW."division_id", NEW."id", NEW."initials", NEW."is_sample", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'insert\', NEW."id", NEW."pinyin", NEW."registration_type", NEW."sort_key", NEW."standing", NEW."version"); RETURN NULL;',
                    hash="b53c9d6598e99baeef3cf5e7beb218fd7261e440",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f81bc",
                    table="facilities_operator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "facilities_operatorevent" ("changed_at", "credit_code", "division_id", "id", "initials", "is_sample", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "registration_type", "sort_key", "standing", "version") VALUES (NEW."changed_at", NEW."credit_code", NEW."division_id", NEW."id", NEW."initials", NEW."is_sample", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'update\', NEW."id", NEW."pinyin", NEW."registration_type", NEW."sort_key", NEW."standing", NEW."version"); RETURN NULL;',
                    hash="8c329ac45a0b022cb48daa7ba3915c66322e8526",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bd172",
                    table="facilities_operator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "facilities_operatorevent" ("changed_at", "credit_code", "division_id", "id", "initials", "is_sample", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "registration_type", "sort_key", "standing", "version") VALUES (OLD."changed_at", OLD."credit_code", OLD."division_id", OLD."id", OLD."initials", OLD."is_sample", OLD."name", OLD."name_normal", OLD."number", OLD."owner", NOW(), \'delete\', OLD."id", OLD."pinyin", OLD."registration_type", OLD."sort_key", OLD."standing", OLD."version"); RETURN NULL;',
                    hash="59a529689a99e867fe2363c8088ba383eb773847",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a1fa7",
                    table="facilities_operator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facilityevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2c074173e82bb9e76df64b56a9e19253f421bfe7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1a71a",
                    table="facilities_facilityevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=models.Index(fields=["changed_at"], name="facility_changed"),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name_normal"], name="facility_by_name", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["pinyin"], name="facility_by_pinyin", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["initials"], name="facility_by_initials", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=models.Index(fields=["sort_key", "id"], name="facility_by_sort_key"),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=models.Index(fields=["division", "status"], name="facility_by_division"),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=models.Index(fields=["status", "sort_key", "id"], name="facility_by_status"),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=("division", "listed_name"),
                name="facility_one_name_in_a_division",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["registered", "open", "paused", "closed"])),
                name="facility_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(("standing__in", ["good", "focus_supervision", "barred"])),
                name="facility_standing_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__isnull", True),
                    (
                        "kind__in",
                        [
                            "care_home",
                            "nursing_home",
                            "apartment",
                            "welfare_institution",
                            "service_centre",
                            "other",
                        ],
                    ),
                    _connector="OR",
                ),
                name="facility_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(("place_precision__in", ["exact", "about"])),
                name="facility_place_precision_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lat__isnull", True), ("lng__isnull", True)),
                    models.Q(
                        ("lat__isnull", False),
                        ("lat__range", (3, 54)),
                        ("lng__isnull", False),
                        ("lng__range", (73, 136)),
                    ),
                    _connector="OR",
                ),
                name="facility_point_is_whole_and_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("levels_taken__isnull", True),
                    models.Q(
                        ("levels_taken__contained_by", ["intact", "mild", "moderate", "severe", "complete"]),
                        models.Q(("levels_taken", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="facility_levels_taken_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("operating_beds__isnull", True),
                    ("filed_beds__isnull", True),
                    ("filed_beds__gte", models.F("operating_beds")),
                    _connector="OR",
                ),
                name="facility_filed_beds_cover_operating",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("nursing_beds__isnull", True),
                    ("filed_beds__isnull", True),
                    ("filed_beds__gte", models.F("nursing_beds")),
                    _connector="OR",
                ),
                name="facility_nursing_beds_within_filed",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("filed_beds__isnull", True),
                        ("nursing_beds__isnull", True),
                        ("operating_beds__isnull", True),
                    ),
                    ("beds_as_of__isnull", False),
                    _connector="OR",
                ),
                name="facility_beds_have_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filing_state__isnull", True),
                    ("filing_state__in", ["filed", "not_filed"]),
                    _connector="OR",
                ),
                name="facility_filing_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("medical_care__isnull", True),
                    ("medical_care__in", ["in_house", "contracted", "none"]),
                    _connector="OR",
                ),
                name="facility_medical_care_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contracted_hospital", ""),
                    models.Q(("medical_care", "contracted"), ("medical_care__isnull", False)),
                    _connector="OR",
                ),
                name="facility_hospital_is_contracted",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(("hospital_km__isnull", True), ("hospital_km__gte", 0), _connector="OR"),
                name="facility_hospital_km_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hospital_km__isnull", True), ("medical_care__isnull", True)),
                    ("medical_as_of__isnull", False),
                    _connector="OR",
                ),
                name="facility_medical_facts_have_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("bed_fee_fen__isnull", True),
                        ("care_fee_fen__isnull", True),
                        ("meal_fee_fen__isnull", True),
                    ),
                    models.Q(
                        ("bed_fee_fen__isnull", False),
                        ("care_fee_fen__isnull", False),
                        ("meal_fee_fen__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="facility_monthly_fees_are_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bed_fee_fen__isnull", True), ("deposit_fen__isnull", True)),
                    ("prices_as_of__isnull", False),
                    _connector="OR",
                ),
                name="facility_prices_have_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shortest_stay_nights__isnull", True), ("shortest_stay_nights__gte", 1), _connector="OR"
                ),
                name="facility_shortest_stay_is_a_night",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="9742a01c4b794ab4577856dfe000fa294497ef3a",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_666fc",
                    table="facilities_facility",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="35cdb4b04792c5de4ac2952a57ad4cbb13f28f80",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_f10cd",
                    table="facilities_facility",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "facilities_facilityevent" ("address", "bed_fee_fen", "beds_as_of", "care_fee_fen", "changed_at", "contracted_hospital", "deposit_fen", "diets", "division_id", "features_reported_at", "filed_beds", "filing_number", "filing_state", "hospital_km", "id", "initials", "is_sample", "kind", "languages", "lat", "levels_taken", "listed_name", "lng", "meal_fee_fen", "medical_as_of", "medical_care", "name_normal", "number", "nursing_beds", "operating_beds", "operator_id", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_seed", "pinyin", "place_precision", "prices_as_of", "shortest_stay_nights", "sort_key", "standing", "status", "telephone", "telephone_hours", "version") VALUES (NEW."address", NEW."bed_fee_fen", NEW."beds_as_of", NEW."care_fee_fen", NEW."changed_at", NEW."contracted_hospital", NEW."deposit_fen", NEW."diets", NEW."division_id", NEW."features_reported_at", NEW."filed_beds", NEW."filing_number", NEW."filing_state", NEW."hospital_km", NEW."id", NEW."initials", NEW."is_sample", NEW."kind", NEW."languages", NEW."lat", NEW."levels_taken", NEW."listed_name", NEW."lng", NEW."meal_fee_fen", NEW."medical_as_of", NEW."medical_care", NEW."name_normal", NEW."number", NEW."nursing_beds", NEW."operating_beds", NEW."operator_id", NEW."owner", NOW(), \'insert\', NEW."id", NEW."picture_seed", NEW."pinyin", NEW."place_precision", NEW."prices_as_of", NEW."shortest_stay_nights", NEW."sort_key", NEW."standing", NEW."status", NEW."telephone", NEW."telephone_hours", NEW."version"); RETURN NULL;',
                    hash="e7b09c67a0ea7bdad4d0152d8be2963cb31ae922",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cccf6",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "facilities_facilityevent" ("address", "bed_fee_fen", "beds_as_of", "care_fee_fen", "changed_at", "contracted_hospital", "deposit_fen", "diets", "division_id", "features_reported_at", "filed_beds", "filing_number", "filing_state", "hospital_km", "id", "initials", "is_sample", "kind", "languages", "lat", "levels_taken", "listed_name", "lng", "meal_fee_fen", "medical_as_of", "medical_care", "name_normal", "number", "nursing_beds", "operating_beds", "operator_id", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_seed", "pinyin", "place_precision", "prices_as_of", "shortest_stay_nights", "sort_key", "standing", "status", "telephone", "telephone_hours", "version") VALUES (NEW."address", NEW."bed_fee_fen", NEW."beds_as_of", NEW."care_fee_fen", NEW."changed_at", NEW."contracted_hospital", NEW."deposit_fen", NEW."diets", NEW."division_id", NEW."features_reported_at", NEW."filed_beds", NEW."filing_number", NEW."filing_state", NEW."hospital_km", NEW."id", NEW."initials", NEW."is_sample", NEW."kind", NEW."languages", NEW."lat", NEW."levels_taken", NEW."listed_name", NEW."lng", NEW."meal_fee_fen", NEW."medical_as_of", NEW."medical_care", NEW."name_normal", NEW."number", NEW."nursing_beds", NEW."operating_beds", NEW."operator_id", NEW."owner", NOW(), \'update\', NEW."id", NEW."picture_seed", NEW."pinyin", NEW."place_precision", NEW."prices_as_of", NEW."shortest_stay_nights", NEW."sort_key", NEW."standing", NEW."status", NEW."telephone", NEW."telephone_hours", NEW."version"); RETURN NULL;',
                    hash="98418be63c3cd791da9531e6ad380320338befe9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0d9d6",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "facilities_facilityevent" ("address", "bed_fee_fen", "beds_as_of", "care_fee_fen", "changed_at", "contracted_hospital", "deposit_fen", "diets", "division_id", "features_reported_at", "filed_beds", "filing_number", "filing_state", "hospital_km", "id", "initials", "is_sample", "kind", "languages", "lat", "levels_taken", "listed_name", "lng", "meal_fee_fen", "medical_as_of", "medical_care", "name_normal", "number", "nursing_beds", "operating_beds", "operator_id", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_seed", "pinyin", "place_precision", "prices_as_of", "shortest_stay_nights", "sort_key", "standing", "status", "telephone", "telephone_hours", "version") VALUES (OLD."address", OLD."bed_fee_fen", OLD."beds_as_of", OLD."care_fee_fen", OLD."changed_at", OLD."contracted_hospital", OLD."deposit_fen", OLD."diets", OLD."division_id", OLD."features_reported_at", OLD."filed_beds", OLD."filing_number", OLD."filing_state", OLD."hospital_km", OLD."id", OLD."initials", OLD."is_sample", OLD."kind", OLD."languages", OLD."lat", OLD."levels_taken", OLD."listed_name", OLD."lng", OLD."meal_fee_fen", OLD."medical_as_of", OLD."medical_care", OLD."name_normal", OLD."number", OLD."nursing_beds", OLD."operating_beds", OLD."operator_id", OLD."owner", NOW(), \'delete\', OLD."id", OLD."picture_seed", OLD."pinyin", OLD."place_precision", OLD."prices_as_of", OLD."shortest_stay_nights", OLD."sort_key", OLD."standing", OLD."status", OLD."telephone", OLD."telephone_hours", OLD."version"); RETURN NULL;',
                    hash="5a84883c0ef4578cc7d4ee0599dd90141d482449",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1f9a9",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operatorevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="78ce62473edb255458033395cab1d9b49d4cc5c9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_06ff4",
                    table="facilities_operatorevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
