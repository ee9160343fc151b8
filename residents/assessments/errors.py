"""What this room refuses; no refusal holds anything of the person it is about."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


class NoSuchScale(NotVisible):
    title = _("没有找到这个评估量表")


class NoSuchAssessment(NotVisible):
    title = _("没有找到这次能力评估")


class NoSuchAssessor(NotVisible):
    title = _("没有找到这位评估人员")


class NoSuchBody(NotVisible):
    title = _("没有找到这家评估机构")


class NoSuchReview(NotVisible):
    title = _("没有找到这项复核")


class NotYourAssessment(NotPermitted):
    code = "not_your_assessment"
    title = _("您不能办理这次评估的这项事务")


class NotYourBody(NotPermitted):
    code = "not_your_body"
    title = _("这家评估机构不在您的管辖范围内")


class AnswersInvalid(Invalid):
    """An assessment cannot be scored; ``errors`` lists every item and circumstance that is wrong."""

    code = "answers_invalid"
    title = _("评估内容不完整或有误，请逐项核对")


class FactsInvalid(Invalid):
    code = "facts_invalid"
    title = _("所填内容有误，请逐项核对")


class AssessedInFuture(Invalid):
    code = "assessed_in_future"
    title = _("评估日期晚于今天")


class AssessedBeforeBirth(Invalid):
    code = "assessed_before_birth"
    title = _("评估日期早于老年人的出生日期")


class ResidentNotAlive(Refusal):
    code, status = "resident_not_alive", 409
    title = _("这位老年人已去世或已删除个人信息，不能评估")


class SameAssessor(Refusal):
    code, status = "same_assessor", 409
    title = _("两名评估人员不能是同一人")


class AlreadySigned(Refusal):
    code, status = "already_signed", 409
    title = _("您已经签过字，须由另一名评估人员签字")


class NoMedicalBackground(Refusal):
    code, status = "no_medical_background", 409
    title = _("两名评估人员中至少一名须有医学或护理背景")


class AssessorUnqualified(Refusal):
    code, status = "assessor_unqualified", 409
    title = _("评估人员{number}在{day}不具备评估资格")


class AssessorSuspended(Refusal):
    code, status = "assessor_suspended", 409
    title = _("评估人员{number}的资格已暂停")


class AssessorInterested(Refusal):
    code, status = "assessor_interested", 409
    title = _("评估人员{number}与养老机构或老年人有利害关系，须回避")


class AssessorOfAnotherBody(Refusal):
    code, status = "assessor_of_another_body", 409
    title = _("两名评估人员须属于同一家评估机构")


class BodyUnqualified(Refusal):
    code, status = "body_unqualified", 409
    title = _("评估机构{number}在{day}不在资格有效期内")


class BodySuspended(Refusal):
    code, status = "body_suspended", 409
    title = _("评估机构{number}的资格已暂停")


class AssessmentAtHand(Refusal):
    """The number of the open assessment stands in ``detail``."""

    code, status = "assessment_at_hand", 409
    title = _("这位老年人已有一次评估正在进行")


class AccountUnfit(Refusal):
    code, status = "account_unfit", 409
    title = _("这个账号不存在、已停用、已属于另一名评估人员，或另有非工作人员身份")


class ReasonMissing(Invalid):
    code = "reason_missing"
    title = _("请写明原因")


class ObjectionTooLate(Refusal):
    code, status = "objection_too_late", 409
    title = _("已过提出异议的期限（{until}）")


class NothingToObjectTo(Refusal):
    code, status = "nothing_to_object_to", 409
    title = _("只能对已定级的本平台评估提出异议")


class UnderReview(Refusal):
    code, status = "under_review", 409
    title = _("这次评估正在复核")


class AssessedBefore(Refusal):
    code, status = "assessed_before", 409
    title = _("复核须由没有参加过该次评估及其复核的人员进行")


class ReviewNotConcluded(Refusal):
    code, status = "review_not_concluded", 409
    title = _("复核评估还没有由两名评估人员签字完成")


class DrawnAlready(Refusal):
    code, status = "drawn_already", 409
    title = _("这家评估机构这一期间已经抽取过")


class NotAgreed(Refusal):
    code, status = "not_agreed", 409
    title = _("这份协议没有以两个成员省份为缔约方，或在当日不生效")


class CrosswalkTaken(Refusal):
    code, status = "crosswalk_taken", 409
    title = _("这份协议在所选期间已有这一等级的对照")


class OriginalRunOut(Refusal):
    code, status = "original_run_out", 409
    title = _("原评估结果已过有效期，不能互认")


class EnteredAlready(Refusal):
    code, status = "entered_already", 409
    title = _("这份评估报告已经补录")


class ReadingsSpent(Refusal):
    code, status = "readings_spent", 429
    title = _("一小时内最多查看{limit}次，请稍后再试")


def field_error(field: str, code: str, detail) -> dict:
    """What is wrong with one item or circumstance; never what was answered."""
    return {"field": field, "code": code, "detail": str(detail)}
