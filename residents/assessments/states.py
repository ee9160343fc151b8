"""The closed lists of the room, and the lives of a qualification, an assessment and a review."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class Background(TextChoices):
    """What an assessor was trained in."""

    MEDICAL = "medical", _("医学背景")
    NURSING = "nursing", _("护理背景")
    OTHER = "other_background", _("其他专业背景")


# At least one of the assessors is one of these (GB/T 42195-2022; rule assessment_medical_assessors).
MEDICAL_OR_NURSING = frozenset({Background.MEDICAL, Background.NURSING})


class Qualification(TextChoices):
    """Whether a body or an assessor may assess at present; until when stands beside it as a day."""

    QUALIFIED = "qualified", _("可开展评估")
    SUSPENDED = "suspended", _("暂停评估")


QUALIFICATION_FLOW = Flow(
    {
        ("suspend", Qualification.QUALIFIED): Qualification.SUSPENDED,
        ("reinstate", Qualification.SUSPENDED): Qualification.QUALIFIED,
    },
    labels={"suspend": _("暂停资格"), "reinstate": _("恢复资格")},
)


class InterestKind(TextChoices):
    """What ties an assessor to a facility, or to a resident."""

    EMPLOYED = "employed", _("受雇于该养老机构")
    INVESTED = "invested", _("在该养老机构有投资")
    RELATED = "related", _("与老年人有亲属关系")
    OTHER = "other_interest", _("其他利害关系")


class AssessmentKind(TextChoices):
    REGULAR = "regular", _("能力评估（本平台）")
    REVIEWING = "reviewing", _("复核评估")
    IMPORTED = "imported", _("补录的评估结果")


class AssessmentStatus(TextChoices):
    DRAFT = "draft", _("填写中")
    SIGNED_ONCE = "signed_once", _("待另一人签字")
    FINAL = "final", _("已定级")
    REVIEWED = "reviewed", _("复核评估完成")
    OVERTURNED = "overturned", _("已由复核结果替代")
    DISCARDED = "discarded", _("已作废")
    ERASED = "erased", _("已删除个人信息")


OPEN = frozenset({AssessmentStatus.DRAFT, AssessmentStatus.SIGNED_ONCE})
CONCLUDED = frozenset({AssessmentStatus.FINAL, AssessmentStatus.REVIEWED, AssessmentStatus.OVERTURNED})

ASSESSMENT_FLOW = Flow(
    {
        ("sign_first", AssessmentStatus.DRAFT): AssessmentStatus.SIGNED_ONCE,
        ("sign_second", AssessmentStatus.SIGNED_ONCE): AssessmentStatus.FINAL,
        ("sign_review", AssessmentStatus.SIGNED_ONCE): AssessmentStatus.REVIEWED,
        ("return", AssessmentStatus.SIGNED_ONCE): AssessmentStatus.DRAFT,
        ("discard", AssessmentStatus.DRAFT): AssessmentStatus.DISCARDED,
        ("discard", AssessmentStatus.SIGNED_ONCE): AssessmentStatus.DISCARDED,
        ("adopt", AssessmentStatus.REVIEWED): AssessmentStatus.FINAL,
        ("overturn", AssessmentStatus.FINAL): AssessmentStatus.OVERTURNED,
        ("undo_entry", AssessmentStatus.FINAL): AssessmentStatus.DISCARDED,
    },
    labels={
        "sign_first": _("签字"),
        "sign_second": _("签字"),
        "sign_review": _("签字"),
        "return": _("退回修改"),
        "discard": _("作废"),
        "adopt": _("采用复核结果"),
        "overturn": _("替代原结果"),
        "undo_entry": _("撤销补录"),
    },
)


class ReviewGround(TextChoices):
    """Why a final result is assessed once more by others."""

    OBJECTION = "objection", _("对评估结果的异议")
    RECHECK = "recheck", _("抽查复核")


class Objector(TextChoices):
    RESIDENT = "resident", _("老年人本人")
    GUARDIAN = "guardian", _("监护人")
    AGENT = "agent", _("代理人")
    RELATIVE = "relative", _("近亲属")


class ReviewStatus(TextChoices):
    OPENED = "opened", _("待安排复核")
    ASSIGNED = "assigned", _("复核评估中")
    KEPT = "kept", _("维持原结果")
    REPLACED = "replaced", _("以复核结果为准")
    WITHDRAWN = "withdrawn_objection", _("异议已撤回")


UNDECIDED = frozenset({ReviewStatus.OPENED, ReviewStatus.ASSIGNED})
DECIDED = frozenset({ReviewStatus.KEPT, ReviewStatus.REPLACED})

REVIEW_FLOW = Flow(
    {
        ("assign", ReviewStatus.OPENED): ReviewStatus.ASSIGNED,
        ("assign", ReviewStatus.ASSIGNED): ReviewStatus.ASSIGNED,
        ("keep", ReviewStatus.ASSIGNED): ReviewStatus.KEPT,
        ("replace", ReviewStatus.ASSIGNED): ReviewStatus.REPLACED,
        ("withdraw", ReviewStatus.OPENED): ReviewStatus.WITHDRAWN,
        ("withdraw", ReviewStatus.ASSIGNED): ReviewStatus.WITHDRAWN,
    },
    labels={
        "assign": _("安排复核评估"),
        "keep": _("维持"),
        "replace": _("替代"),
        "withdraw": _("撤回异议"),
    },
)


class RecognitionStatus(TextChoices):
    """What another member's result counts for here."""

    RECOGNISED = "recognised", _("予以互认")
    REASSESS = "reassess", _("须重新评估")
    ERASED = "erased", _("已删除个人信息")


class ReadPart(TextChoices):
    """What of a result somebody was shown."""

    ITEMS = "items", _("能力评估各项内容")
    LEVEL = "level", _("能力评估等级")
    GROUNDS = "grounds", _("对能力评估结果的异议理由")
    RECOGNISED = "recognised", _("外省评估结果及其互认等级")
