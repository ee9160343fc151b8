import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import sojourn.core.ids
from sojourn.core import schema

# An erased resident's earlier states lose what tells who she was; her key is gone, so their ciphertexts are noise.
# The owner's, because the app role may not change history: of a resident who still is one it changes nothing.
SILENCE_HISTORY = """
CREATE FUNCTION registry_silence_history(erased uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before text := coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}');
  silenced bigint;
BEGIN
  PERFORM set_config('pgtrigger.ignore', '{pgtrigger_append_only_7b29c}', true);
  UPDATE registry_residentevent AS event SET
    name = '', name_normal = '', pinyin = '', initials = '', sort_key = '',
    sex = NULL, birth_on = NULL, died_on = NULL, home_division_id = resident.owner,
    identity_cipher = NULL, identity_index = NULL, phone_cipher = NULL, phone_index = NULL,
    contact_name_cipher = NULL, contact_phone_cipher = NULL,
    dialect = NULL, diets = NULL, mobility = NULL, benefit_category = NULL, whereabouts_protected = false
  FROM registry_resident AS resident
  WHERE event.pgh_obj_id = erased AND resident.id = erased AND resident.status = 'erased'
    AND NOT EXISTS (SELECT FROM registry_residentkey WHERE resident_id = erased);
  GET DIAGNOSTICS silenced = ROW_COUNT;
  PERFORM set_config('pgtrigger.ignore', before, true);
  RETURN silenced;
END
$$
"""


class Migration(schema.Migration):
    initial = True

    dependencies = [
        # Its trigram extension carries the search columns' indexes.
        ("core", "0002_hosted_members"),
        ("provinces", "0002_season_months"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE registry_resident_number AS bigint",
            reverse_sql="DROP SEQUENCE registry_resident_number",
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=sojourn.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "holder_kind",
                    models.CharField(
                        choices=[("facility", "养老机构"), ("user", "用户")],
                        max_length=16,
                        verbose_name="开放对象类型",
                    ),
                ),
                ("holder_id", models.UUIDField(verbose_name="开放对象")),
                (
                    "fields",
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
                        verbose_name="开放项目",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("consent", "取得个人同意"),
                            ("contract", "订立、履行合同所必需"),
                            ("statutory_duty", "履行法定职责或者法定义务所必需"),
                            ("emergency_protection", "紧急情况下保护生命健康和财产安全所必需"),
                        ],
                        max_length=32,
                        verbose_name="法定依据",
                    ),
                ),
                ("article", models.CharField(max_length=120, verbose_name="依据条文")),
                ("opens_at", models.DateTimeField(verbose_name="开放时间")),
                ("ends_at", models.DateTimeField(verbose_name="终止时间")),
            ],
            options={
                "verbose_name": "访问授权",
                "verbose_name_plural": "访问授权",
            },
        ),
        migrations.CreateModel(
            name="Resident",
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
                (
                    "status",
                    models.CharField(
                        choices=[("registered", "已登记"), ("died", "已去世"), ("erased", "已删除个人信息")],
                        default="registered",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="样例数据")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                (
                    "name_normal",
                    models.CharField(blank=True, editable=False, max_length=240, verbose_name="检索名称"),
                ),
                ("pinyin", models.CharField(blank=True, editable=False, max_length=800, verbose_name="拼音")),
                (
                    "initials",
                    models.CharField(blank=True, editable=False, max_length=240, verbose_name="拼音首字母"),
                ),
                (
                    "sort_key",
                    models.CharField(blank=True, editable=False, max_length=800, verbose_name="排序键"),
                ),
                (
                    "sex",
                    models.CharField(
                        choices=[("male", "男"), ("female", "女")],
                        max_length=8,
                        null=True,
                        verbose_name="性别",
                    ),
                ),
                ("birth_on", models.DateField(null=True, verbose_name="出生日期")),
                ("died_on", models.DateField(null=True, verbose_name="去世日期")),
                (
                    "identity_cipher",
                    models.TextField(editable=False, null=True, verbose_name="身份证号码（密文）"),
                ),
                (
                    "identity_index",
                    models.BinaryField(max_length=32, null=True, verbose_name="身份证号码（盲索引）"),
                ),
                (
                    "phone_cipher",
                    models.TextField(editable=False, null=True, verbose_name="本人电话（密文）"),
                ),
                (
                    "phone_index",
                    models.BinaryField(max_length=32, null=True, verbose_name="本人电话（盲索引）"),
                ),
                (
                    "contact_name_cipher",
                    models.TextField(editable=False, null=True, verbose_name="联系人姓名（密文）"),
                ),
                (
                    "contact_phone_cipher",
                    models.TextField(editable=False, null=True, verbose_name="联系人电话（密文）"),
                ),
                (
                    "dialect",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mandarin", "普通话"),
                            ("cantonese", "粤语"),
                            ("hakka", "客家话"),
                            ("teochew", "潮汕话"),
                            ("southwestern", "西南官话"),
                            ("xiang", "湘语"),
                            ("gan", "赣语"),
                            ("northeastern", "东北话"),
                            ("shaanxi", "陕西话"),
                            ("zhuang", "壮语"),
                            ("korean", "朝鲜语"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="日常语言",
                    ),
                ),
                (
                    "diets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("regular", "普通膳食"),
                                ("soft", "软食"),
                                ("liquid", "流食"),
                                ("low_salt", "低盐"),
                                ("low_sugar", "低糖"),
                                ("low_fat", "低脂"),
                                ("vegetarian", "素食"),
                                ("halal", "清真"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="饮食要求",
                    ),
                ),
                (
                    "mobility",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("walks", "独立行走"),
                            ("walks_with_aid", "借助器具行走"),
                            ("wheelchair", "使用轮椅"),
                            ("bedridden", "长期卧床"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="行动情况",
                    ),
                ),
                (
                    "benefit_category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ordinary", "不属于救助或优抚对象"),
                            ("destitute", "特困人员"),
                            ("minimum_living", "最低生活保障对象"),
                            ("near_minimum_living", "最低生活保障边缘家庭成员"),
                            ("lost_only_child", "计划生育特殊家庭成员"),
                            ("entitled_veteran", "优抚对象"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="救助优抚类别",
                    ),
                ),
                (
                    "whereabouts_protected",
                    models.BooleanField(
                        default=False,
                        help_text="列表和页面上不显示所在市县",
                        verbose_name="行踪保护",
                    ),
                ),
                (
                    "home_division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="provinces.division",
                        verbose_name="户籍所在地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "老年人",
                "verbose_name_plural": "老年人",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ResidentKey",
            fields=[
                (
                    "resident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="key",
                        serialize=False,
                        to="registry.resident",
                        verbose_name="老年人",
                    ),
                ),
                ("wrapped", models.TextField(verbose_name="数据密钥（密文）")),
            ],
            options={
                "verbose_name": "个人数据密钥",
                "verbose_name_plural": "个人数据密钥",
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "fields",
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
                        size=None,
                        verbose_name="查看项目",
                    ),
                ),
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
                        verbose_name="查看者角色",
                    ),
                ),
                ("actor_user_id", models.UUIDField(verbose_name="查看者账号")),
                ("actor_divisions", models.CharField(blank=True, max_length=200, verbose_name="查看者辖区")),
                ("on_behalf_of", models.CharField(blank=True, max_length=80, verbose_name="代何人办理")),
                (
                    "access",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.access",
                        verbose_name="访问授权",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="registry.resident",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "verbose_name": "查看记录",
                "verbose_name_plural": "查看记录",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AccessEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=sojourn.core.ids.uuid7, editable=False, serialize=False)),
                (
                    "holder_kind",
                    models.CharField(
                        choices=[("facility", "养老机构"), ("user", "用户")],
                        max_length=16,
                        verbose_name="开放对象类型",
                    ),
                ),
                ("holder_id", models.UUIDField(verbose_name="开放对象")),
                (
                    "fields",
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
                        verbose_name="开放项目",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("consent", "取得个人同意"),
                            ("contract", "订立、履行合同所必需"),
                            ("statutory_duty", "履行法定职责或者法定义务所必需"),
                            ("emergency_protection", "紧急情况下保护生命健康和财产安全所必需"),
                        ],
                        max_length=32,
                        verbose_name="法定依据",
                    ),
                ),
                ("article", models.CharField(max_length=120, verbose_name="依据条文")),
                ("opens_at", models.DateTimeField(verbose_name="开放时间")),
                ("ends_at", models.DateTimeField(verbose_name="终止时间")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.access",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.resident",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="access",
            name="resident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accesses",
                to="registry.resident",
                verbose_name="老年人",
            ),
        ),
        migrations.CreateModel(
            name="ResidentEvent",
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
                (
                    "status",
                    models.CharField(
                        choices=[("registered", "已登记"), ("died", "已去世"), ("erased", "已删除个人信息")],
                        default="registered",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="样例数据")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                (
                    "name_normal",
                    models.CharField(blank=True, editable=False, max_length=240, verbose_name="检索名称"),
                ),
                ("pinyin", models.CharField(blank=True, editable=False, max_length=800, verbose_name="拼音")),
                (
                    "initials",
                    models.CharField(blank=True, editable=False, max_length=240, verbose_name="拼音首字母"),
                ),
                (
                    "sort_key",
                    models.CharField(blank=True, editable=False, max_length=800, verbose_name="排序键"),
                ),
                (
                    "sex",
                    models.CharField(
                        choices=[("male", "男"), ("female", "女")],
                        max_length=8,
                        null=True,
                        verbose_name="性别",
                    ),
                ),
                ("birth_on", models.DateField(null=True, verbose_name="出生日期")),
                ("died_on", models.DateField(null=True, verbose_name="去世日期")),
                (
                    "identity_cipher",
                    models.TextField(editable=False, null=True, verbose_name="身份证号码（密文）"),
                ),
                (
                    "identity_index",
                    models.BinaryField(max_length=32, null=True, verbose_name="身份证号码（盲索引）"),
                ),
                (
                    "phone_cipher",
                    models.TextField(editable=False, null=True, verbose_name="本人电话（密文）"),
                ),
                (
                    "phone_index",
                    models.BinaryField(max_length=32, null=True, verbose_name="本人电话（盲索引）"),
                ),
                (
                    "contact_name_cipher",
                    models.TextField(editable=False, null=True, verbose_name="联系人姓名（密文）"),
                ),
                (
                    "contact_phone_cipher",
                    models.TextField(editable=False, null=True, verbose_name="联系人电话（密文）"),
                ),
                (
                    "dialect",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mandarin", "普通话"),
                            ("cantonese", "粤语"),
                            ("hakka", "客家话"),
                            ("teochew", "潮汕话"),
                            ("southwestern", "西南官话"),
                            ("xiang", "湘语"),
                            ("gan", "赣语"),
                            ("northeastern", "东北话"),
                            ("shaanxi", "陕西话"),
                            ("zhuang", "壮语"),
                            ("korean", "朝鲜语"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="日常语言",
                    ),
                ),
                (
                    "diets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("regular", "普通膳食"),
                                ("soft", "软食"),
                                ("liquid", "流食"),
                                ("low_salt", "低盐"),
                                ("low_sugar", "低糖"),
                                ("low_fat", "低脂"),
                                ("vegetarian", "素食"),
                                ("halal", "清真"),
                            ],
                            max_length=32,
                        ),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="饮食要求",
                    ),
                ),
                (
                    "mobility",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("walks", "独立行走"),
                            ("walks_with_aid", "借助器具行走"),
                            ("wheelchair", "使用轮椅"),
                            ("bedridden", "长期卧床"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="行动情况",
                    ),
                ),
                (
                    "benefit_category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ordinary", "不属于救助或优抚对象"),
                            ("destitute", "特困人员"),
                            ("minimum_living", "最低生活保障对象"),
                            ("near_minimum_living", "最低生活保障边缘家庭成员"),
                            ("lost_only_child", "计划生育特殊家庭成员"),
                            ("entitled_veteran", "优抚对象"),
                        ],
                        max_length=32,
                        null=True,
                        verbose_name="救助优抚类别",
                    ),
                ),
                (
                    "whereabouts_protected",
                    models.BooleanField(
                        default=False,
                        help_text="列表和页面上不显示所在市县",
                        verbose_name="行踪保护",
                    ),
                ),
                (
                    "home_division",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="provinces.division",
                        verbose_name="户籍所在地区",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.resident",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(fields=["changed_at"], name="resident_changed"),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name_normal"], name="resident_by_name", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["pinyin"], name="resident_by_pinyin", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(fields=["sort_key", "id"], name="resident_by_sort_key"),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(fields=["home_division", "sort_key", "id"], name="resident_by_division"),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(fields=["phone_index"], name="resident_by_phone"),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.UniqueConstraint(
                fields=("identity_index",), name="resident_one_identity_a_node"
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(("sex__isnull", True), ("sex__in", ["male", "female"]), _connector="OR"),
                name="resident_sex_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mobility__isnull", True),
                    ("mobility__in", ["walks", "walks_with_aid", "wheelchair", "bedridden"]),
                    _connector="OR",
                ),
                name="resident_mobility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("benefit_category__isnull", True),
                    (
                        "benefit_category__in",
                        [
                            "ordinary",
                            "destitute",
                            "minimum_living",
                            "near_minimum_living",
                            "lost_only_child",
                            "entitled_veteran",
                        ],
                    ),
                    _connector="OR",
                ),
                name="resident_benefit_category_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("identity_cipher__isnull", True), ("identity_index__isnull", True)),
                    models.Q(("identity_cipher__isnull", False), ("identity_index__isnull", False)),
                    _connector="OR",
                ),
                name="resident_identity_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("phone_cipher__isnull", True), ("phone_index__isnull", True)),
                    models.Q(("phone_cipher__isnull", False), ("phone_index__isnull", False)),
                    _connector="OR",
                ),
                name="resident_phone_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "erased"),
                        ("name", ""),
                        ("name_normal", ""),
                        ("pinyin", ""),
                        ("initials", ""),
                        ("sort_key", ""),
                        ("sex__isnull", True),
                        ("birth_on__isnull", True),
                        ("died_on__isnull", True),
                        ("dialect__isnull", True),
                        ("diets__isnull", True),
                        ("mobility__isnull", True),
                        ("benefit_category__isnull", True),
                        ("identity_cipher__isnull", True),
                        ("identity_index__isnull", True),
                        ("phone_cipher__isnull", True),
                        ("phone_index__isnull", True),
                        ("contact_name_cipher__isnull", True),
                        ("contact_phone_cipher__isnull", True),
                    ),
                    models.Q(
                        models.Q(("status", "erased"), _negated=True),
                        models.Q(("name", ""), _negated=True),
                        ("birth_on__isnull", False),
                        ("sex__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="resident_is_known_or_erased",
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
                    models.Q(("died_on__isnull", True), ("status", "registered")),
                    _connector="OR",
                ),
                name="resident_death_has_its_day",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="f0103e1c1cd6bf9aedefd52213c3932b6b35f41d",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_b5b53",
                    table="registry_resident",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND OLD.* IS DISTINCT FROM NEW.*)",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="41fc5e1d82083a4cb03e5811c9e7f784e068e0c6",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_4eeb6",
                    table="registry_resident",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="own_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; RETURN OLD;",
                    hash="dee4d4371533e77a38c361beb8f5fdc6d2bcadff",
                    operation="DELETE",
                    pgid="pgtrigger_own_only_def9b",
                    table="registry_resident",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "mobility", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_index", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (NEW."benefit_category", NEW."birth_on", NEW."changed_at", NEW."contact_name_cipher", NEW."contact_phone_cipher", NEW."dialect", NEW."died_on", NEW."diets", NEW."epoch", NEW."home_division_id", NEW."id", NEW."identity_cipher", NEW."identity_index", NEW."initials", NEW."is_sample", NEW."mobility", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'insert\', NEW."id", NEW."phone_cipher", NEW."phone_index", NEW."pinyin", NEW."sex", NEW."sort_key", NEW."status", NEW."version", NEW."whereabouts_protected"); RETURN NULL;',
                    hash="2531b9f003e7f955e97b1a8f17610eadf2321b56",
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
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "mobility", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_index", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (NEW."benefit_category", NEW."birth_on", NEW."changed_at", NEW."contact_name_cipher", NEW."contact_phone_cipher", NEW."dialect", NEW."died_on", NEW."diets", NEW."epoch", NEW."home_division_id", NEW."id", NEW."identity_cipher", NEW."identity_index", NEW."initials", NEW."is_sample", NEW."mobility", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'update\', NEW."id", NEW."phone_cipher", NEW."phone_index", NEW."pinyin", NEW."sex", NEW."sort_key", NEW."status", NEW."version", NEW."whereabouts_protected"); RETURN NULL;',
                    hash="bfd2f6a8f7cecf9c9a2c48a33eea1d57db52b469",
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
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "mobility", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_index", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (OLD."benefit_category", OLD."birth_on", OLD."changed_at", OLD."contact_name_cipher", OLD."contact_phone_cipher", OLD."dialect", OLD."died_on", OLD."diets", OLD."epoch", OLD."home_division_id", OLD."id", OLD."identity_cipher", OLD."identity_index", OLD."initials", OLD."is_sample", OLD."mobility", OLD."name", OLD."name_normal", OLD."number", OLD."owner", NOW(), \'delete\', OLD."id", OLD."phone_cipher", OLD."phone_index", OLD."pinyin", OLD."sex", OLD."sort_key", OLD."status", OLD."version", OLD."whereabouts_protected"); RETURN NULL;',
                    hash="c8bbc2695307a05c85a16c32035838aecd305080",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ea270",
                    table="registry_resident",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["resident", "-id"], name="disclosure_of_resident"),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["actor_user_id", "at"], name="disclosure_by_actor"),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "fields__contained_by",
                        ["name", "birth_on", "identity_number", "phone", "contact_name", "contact_phone"],
                    ),
                    models.Q(("fields", []), _negated=True),
                ),
                name="disclosure_fields_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
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
                name="disclosure_has_its_case",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="disclosure",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c42940b03a8cd741a1760de5a3423f995641fba6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_51543",
                    table="registry_disclosure",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accessevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f328f471b1c0e892678d96b0183fdb3084bd85e0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8d759",
                    table="registry_accessevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="access",
            index=models.Index(fields=["holder_kind", "holder_id", "ends_at"], name="access_of_holder"),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                condition=models.Q(("holder_kind__in", ["facility", "user"])),
                name="access_holder_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "fields__contained_by",
                        ["name", "birth_on", "identity_number", "phone", "contact_name", "contact_phone"],
                    )
                ),
                name="access_fields_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ground__in", ["consent", "contract", "statutory_duty", "emergency_protection"]),
                    models.Q(("article", ""), _negated=True),
                ),
                name="access_has_its_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("opens_at"))), name="access_ends_after_it_opens"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="access",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_accessevent" ("article", "ends_at", "fields", "ground", "holder_id", "holder_kind", "id", "opens_at", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id") VALUES (NEW."article", NEW."ends_at", NEW."fields", NEW."ground", NEW."holder_id", NEW."holder_kind", NEW."id", NEW."opens_at", NOW(), \'insert\', NEW."id", NEW."resident_id"); RETURN NULL;',
                    hash="ab83f5c8e135cf1d20ebe345fd5cde2b9eeb121a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1f270",
                    table="registry_access",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="access",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "registry_accessevent" ("article", "ends_at", "fields", "ground", "holder_id", "holder_kind", "id", "opens_at", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id") VALUES (NEW."article", NEW."ends_at", NEW."fields", NEW."ground", NEW."holder_id", NEW."holder_kind", NEW."id", NEW."opens_at", NOW(), \'update\', NEW."id", NEW."resident_id"); RETURN NULL;',
                    hash="916e459719037e66787bcc71655a64964461af02",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d45d7",
                    table="registry_access",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="access",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_accessevent" ("article", "ends_at", "fields", "ground", "holder_id", "holder_kind", "id", "opens_at", "pgh_created_at", "pgh_label", "pgh_obj_id", "resident_id") VALUES (OLD."article", OLD."ends_at", OLD."fields", OLD."ground", OLD."holder_id", OLD."holder_kind", OLD."id", OLD."opens_at", NOW(), \'delete\', OLD."id", OLD."resident_id"); RETURN NULL;',
                    hash="3506901387912b85786691fa04172f6069bb304e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1b999",
                    table="registry_access",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="residentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9c18a9ffe5a4140ff8636d2bca0ea51931e90ee4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7b29c",
                    table="registry_residentevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SILENCE_HISTORY, reverse_sql="DROP FUNCTION registry_silence_history(uuid)"),
    ]
