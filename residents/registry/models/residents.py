"""Residents, the keys of their private columns, who may see them and who did."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from providers.facilities.features import DIETS, LANGUAGES
from residents.registry.contacts import MOST_PHONES
from residents.registry.querysets import (
    NEVER_ASKED,
    AccessQuerySet,
    DisclosureQuerySet,
    ResidentQuerySet,
)
from residents.registry.states import (
    OPENABLE_BY_CODE,
    OPENABLE_CHOICES,
    SHOWABLE_BY_CODE,
    SHOWABLE_CHOICES,
    BenefitCategory,
    Ground,
    HolderKind,
    Mobility,
    Purpose,
    ResidentStatus,
    Sex,
)
from sojourn.core.actors import Role
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7
from sojourn.core.models import AppendOnly, Versioned
from sojourn.core.querysets import LockingQuerySet

IS_ERASED = Q(status=ResidentStatus.ERASED)
# Nothing that tells who she was is left of a resident who was erased but her number and her province.
SILENCED: dict[str, str | None] = {
    **dict.fromkeys(("name", "name_normal", "pinyin", "initials", "sort_key"), ""),
    **dict.fromkeys(
        ("sex", "birth_on", "died_on", "moved_out_on", "dialect", "diets", "mobility", "benefit_category")
    ),
    **dict.fromkeys(("identity_cipher", "identity_index", "phone_cipher", "phone_indexes")),
    **dict.fromkeys(("contact_name_cipher", "contact_phone_cipher")),
}


def _is_silenced() -> Q:
    empty = ((name, "") if value == "" else (f"{name}__isnull", True) for name, value in SILENCED.items())
    return Q(*empty)


def _one_of(field: str, choices: type[models.TextChoices]) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__in": choices.values})


def _together(*fields: str) -> Q:
    """All of the fields hold something, or none of them does."""
    return Q(**{f"{field}__isnull": True for field in fields}) | Q(
        **{f"{field}__isnull": False for field in fields}
    )


def _private(label) -> models.TextField:
    """Text under the resident's own key (residents.registry.safe)."""
    return models.TextField(label, null=True, editable=False)


def _index(label) -> models.BinaryField:
    """32 bytes by which equal values are found, made with a key that is not in the database."""
    return models.BinaryField(label, max_length=32, null=True, editable=False)


def _by_reach(digits: int, name: str) -> models.Index:
    """Names by so many digits of the division, which stands in it whole: so rows are counted without being fetched."""
    return models.Index(Left("home_division", digits), "sort_key", "id", name=name, include=["home_division"])


@tracked
class Resident(Versioned):
    """A person once, owned by the province she is at home in.

    Identity number, phones and contacts stand under a key of her own (several in one text: registry.contacts); name,
    birth and the rest are readable here and masked wherever they are shown. Null is "not reported".
    """

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    status = models.CharField(
        _("状态"), max_length=16, choices=ResidentStatus.choices, default=ResidentStatus.REGISTERED
    )
    is_sample = models.BooleanField(_("样例数据"), default=False)

    name = models.CharField(_("姓名"), max_length=60, blank=True)
    name_normal = models.CharField(_("检索名称"), max_length=240, blank=True, editable=False)
    pinyin = models.CharField(_("拼音"), max_length=800, blank=True, editable=False)
    initials = models.CharField(_("拼音首字母"), max_length=240, blank=True, editable=False)
    sort_key = models.CharField(_("排序键"), max_length=800, blank=True, editable=False)
    sex = models.CharField(_("性别"), max_length=8, choices=Sex.choices, null=True)
    birth_on = models.DateField(_("出生日期"), null=True)
    died_on = models.DateField(_("去世日期"), null=True)
    moved_out_on = models.DateField(_("迁出日期"), null=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("并入的登记"),
    )
    # The lists' own index begins with it (Meta); what only follows from that is not written a second time.
    home_division = models.ForeignKey(
        "provinces.Division",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("户籍所在地区"),
        db_index=False,
    )

    identity_cipher = _private(_("身份证号码（密文）"))
    identity_index = _index(_("身份证号码（盲索引）"))
    phone_cipher = _private(_("本人电话（密文）"))
    phone_indexes = ArrayField(
        models.BinaryField(max_length=32), verbose_name=_("本人电话（盲索引）"), null=True, editable=False
    )
    contact_name_cipher = _private(_("联系人姓名（密文）"))
    contact_phone_cipher = _private(_("联系人电话（密文）"))

    dialect = models.CharField(
        _("日常语言"), max_length=32, choices=list(LANGUAGES.items()), null=True, blank=True
    )
    diets = ArrayField(
        models.CharField(max_length=32, choices=list(DIETS.items())),
        verbose_name=_("饮食要求"),
        null=True,
        blank=True,
    )
    mobility = models.CharField(_("行动情况"), max_length=32, choices=Mobility.choices, null=True, blank=True)
    benefit_category = models.CharField(
        _("救助优抚类别"), max_length=32, choices=BenefitCategory.choices, null=True, blank=True
    )
    # Null is "not asked yet", and counts as protected: see ``is_protected``.
    whereabouts_protected = models.BooleanField(
        _("行踪保护"), null=True, help_text=_("列表和页面上不显示所在市县")
    )

    objects = ResidentQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("老年人")
        verbose_name_plural = _("老年人")
        indexes = [
            *Versioned.Meta.indexes,
            GinIndex(fields=["name_normal"], name="resident_by_name", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["pinyin"], name="resident_by_pinyin", opclasses=["gin_trgm_ops"]),
            # A list in the order of names for every reach: the node, a province, a city, a county.
            models.Index(fields=["sort_key", "id"], name="resident_by_sort_key"),
            _by_reach(2, "resident_by_province"),
            _by_reach(4, "resident_by_city"),
            models.Index(fields=["home_division", "sort_key", "id"], name="resident_by_division"),
            GinIndex(fields=["phone_indexes"], name="resident_by_phone"),
            models.Index(fields=["id"], name="resident_erased", condition=IS_ERASED),
            models.Index(
                fields=["sort_key", "id"],
                name="resident_never_asked",
                condition=NEVER_ASKED,
                include=["home_division"],
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["identity_index"], name="resident_one_identity_a_node"),
            models.CheckConstraint(condition=_one_of("sex", Sex), name="resident_sex_is_known"),
            models.CheckConstraint(
                condition=_one_of("mobility", Mobility), name="resident_mobility_is_known"
            ),
            models.CheckConstraint(
                condition=_one_of("benefit_category", BenefitCategory),
                name="resident_benefit_category_is_known",
            ),
            models.CheckConstraint(
                condition=_together("identity_cipher", "identity_index"), name="resident_identity_is_whole"
            ),
            models.CheckConstraint(
                condition=_together("phone_cipher", "phone_indexes"), name="resident_phone_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(phone_indexes__isnull=True) | Q(phone_indexes__len__range=(1, MOST_PHONES)),
                name="resident_phones_are_few",
            ),
            models.CheckConstraint(
                condition=(IS_ERASED & _is_silenced())
                | (~IS_ERASED & ~Q(name="") & Q(birth_on__isnull=False, sex__isnull=False)),
                name="resident_is_known_or_erased",
            ),
            models.CheckConstraint(
                condition=IS_ERASED  # and there is no sixth status
                | Q(status=ResidentStatus.DIED, died_on__isnull=False, died_on__gte=F("birth_on"))
                | Q(status=ResidentStatus.MERGED)  # as it was when it went
                | Q(status__in=[ResidentStatus.REGISTERED, ResidentStatus.MOVED_OUT], died_on__isnull=True),
                name="resident_death_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(status=ResidentStatus.MOVED_OUT, moved_out_on__isnull=False)
                | ~Q(status=ResidentStatus.MOVED_OUT) & Q(moved_out_on__isnull=True),
                name="resident_moved_out_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(status=ResidentStatus.MERGED, merged_into__isnull=False) & ~Q(merged_into=F("id"))
                | ~Q(status=ResidentStatus.MERGED) & Q(merged_into__isnull=True),
                name="resident_merged_has_its_survivor",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def person(self) -> "Resident":
        """The registration that stands for her: this one, or the one it went into."""
        return self.merged_into or self

    @property
    def person_id(self) -> UUID:
        return self.merged_into_id or self.pk

    @property
    def is_protected(self) -> bool:
        """Whether nothing may tell where she is: it was asked for, or nobody has asked her yet."""
        return self.whereabouts_protected is not False


class ResidentKey(models.Model):
    """The data key of one resident, wrapped by her province's.

    It is in no history: once deleted, what stands under it anywhere is noise.
    """

    resident = models.OneToOneField(
        Resident, on_delete=models.PROTECT, primary_key=True, related_name="key", verbose_name=_("老年人")
    )
    wrapped = models.TextField(_("数据密钥（密文）"))

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("个人数据密钥")
        verbose_name_plural = _("个人数据密钥")

    def __str__(self) -> str:
        return str(self.pk)


@tracked
class Access(models.Model):
    """Somebody outside the home province's staff may see a resident: which fields, on what ground, until when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="accesses", verbose_name=_("老年人")
    )
    holder_kind = models.CharField(_("开放对象类型"), max_length=16, choices=HolderKind.choices)
    holder_id = models.UUIDField(_("开放对象"))
    fields = ArrayField(
        models.CharField(max_length=32, choices=OPENABLE_CHOICES),
        verbose_name=_("开放项目"),
        default=list,
    )
    ground = models.CharField(_("法定依据"), max_length=32, choices=Ground.choices)
    article = models.CharField(_("依据条文"), max_length=120)
    opens_at = models.DateTimeField(_("开放时间"))
    ends_at = models.DateTimeField(_("终止时间"))

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("访问授权")
        verbose_name_plural = _("访问授权")
        indexes = [models.Index(fields=["holder_kind", "holder_id", "ends_at"], name="access_of_holder")]
        constraints = [
            models.CheckConstraint(
                condition=Q(holder_kind__in=HolderKind.values), name="access_holder_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(fields__contained_by=list(OPENABLE_BY_CODE)), name="access_fields_are_known"
            ),
            models.CheckConstraint(
                condition=Q(ground__in=Ground.values) & ~Q(article=""), name="access_has_its_ground"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opens_at")), name="access_ends_after_it_opens"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Disclosure(AppendOnly):
    """Somebody was shown these fields of a resident in plain: who, when, for what and in which case."""

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="disclosures", verbose_name=_("老年人")
    )
    at = models.DateTimeField(_("时间"))
    fields = ArrayField(models.CharField(max_length=32, choices=SHOWABLE_CHOICES), verbose_name=_("查看项目"))
    purpose = models.CharField(_("用途"), max_length=32, choices=Purpose.choices)
    case = models.CharField(_("事由编号"), max_length=80)
    access = models.ForeignKey(
        Access, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("访问授权")
    )
    actor_role = models.CharField(_("查看者角色"), max_length=20, choices=Role.choices)
    actor_user_id = models.UUIDField(_("查看者账号"))
    actor_divisions = models.CharField(_("查看者辖区"), max_length=200, blank=True)
    on_behalf_of = models.CharField(_("代何人办理"), max_length=80, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        indexes = [
            models.Index(fields=["resident", "-id"], name="disclosure_of_resident"),
            models.Index(fields=["actor_user_id", "at"], name="disclosure_by_actor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(fields__contained_by=list(SHOWABLE_BY_CODE)) & ~Q(fields=[]),
                name="disclosure_fields_are_known",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values) & ~Q(case=""), name="disclosure_has_its_case"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
