"""The closed lists of the room, the life of a facility and the named sets of its states."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class FacilityStatus(TextChoices):
    REGISTERED = "registered", _("已登记")
    OPEN = "open", _("开放旅居")
    PAUSED = "paused", _("暂停接待")
    CLOSED = "closed", _("已关闭")


SHOWN_TO_EVERYONE = frozenset({FacilityStatus.OPEN, FacilityStatus.PAUSED})

FACILITY_FLOW = Flow(
    {
        ("open_to_sojourners", FacilityStatus.REGISTERED): FacilityStatus.OPEN,
        ("open_to_sojourners", FacilityStatus.PAUSED): FacilityStatus.OPEN,
        ("pause", FacilityStatus.OPEN): FacilityStatus.PAUSED,
        ("close", FacilityStatus.REGISTERED): FacilityStatus.CLOSED,
        ("close", FacilityStatus.OPEN): FacilityStatus.CLOSED,
        ("close", FacilityStatus.PAUSED): FacilityStatus.CLOSED,
    },
    labels={
        "open_to_sojourners": _("开放旅居接待"),
        "pause": _("暂停旅居接待"),
        "close": _("关闭机构"),
    },
)


class Standing(TextChoices):
    """What a listing makes of an operator or facility here; only credit decides it."""

    GOOD = "good", _("正常")
    FOCUS_SUPERVISION = "focus_supervision", _("重点监管")
    BARRED = "barred", _("准入限制")


class RegistrationType(TextChoices):
    PUBLIC = "public", _("公办")
    PUBLIC_BUILT_PRIVATE_RUN = "public_built_private_run", _("公建民营")
    NON_PROFIT = "non_profit", _("民办非营利")
    FOR_PROFIT = "for_profit", _("营利性")


class GradeLevel(IntegerChoices):
    """Grades of GB/T 37276, the fifth the highest."""

    ONE = 1, _("一级")
    TWO = 2, _("二级")
    THREE = 3, _("三级")
    FOUR = 4, _("四级")
    FIVE = 5, _("五级")


class FacilityKind(TextChoices):
    CARE_HOME = "care_home", _("养老院")
    NURSING_HOME = "nursing_home", _("护理院")
    APARTMENT = "apartment", _("养老公寓")
    WELFARE_INSTITUTION = "welfare_institution", _("社会福利院")
    SERVICE_CENTRE = "service_centre", _("养老服务中心")
    OTHER = "other", _("其他")


class AbilityLevel(TextChoices):
    """The five levels of GB/T 42195-2022, best first."""

    INTACT = "intact", _("能力完好")
    MILD = "mild", _("能力轻度受损（轻度失能）")
    MODERATE = "moderate", _("能力中度受损（中度失能）")
    SEVERE = "severe", _("能力重度受损（重度失能）")
    COMPLETE = "complete", _("能力完全丧失（完全失能）")


class PlacePrecision(TextChoices):
    EXACT = "exact", _("准确位置")
    ABOUT = "about", _("所在城市的约略位置")


class FilingState(TextChoices):
    """Filing is no permit: a registered home that has not filed may still operate."""

    FILED = "filed", _("已备案")
    NOT_FILED = "not_filed", _("未备案")


class MedicalCare(TextChoices):
    IN_HOUSE = "in_house", _("内设医疗机构")
    CONTRACTED = "contracted", _("签约医院")
    NONE = "none", _("无")


class Answer(TextChoices):
    """What a facility reported about one feature; no row at all counts as unknown."""

    YES = "yes", _("是")
    NO = "no", _("否")
    UNKNOWN = "unknown", _("未报告")
