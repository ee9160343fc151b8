"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


class NoSuchFacility(NotVisible):
    title = _("没有找到这家养老机构")


class NoSuchOperator(NotVisible):
    title = _("没有找到这个运营主体")


class NotYourFacility(NotPermitted):
    code = "not_your_facility"
    title = _("您不能办理这家养老机构的这项事务")


class NotYourDivision(NotPermitted):
    code = "not_your_division"
    title = _("所选地区不在您的管辖范围内")


class FactsInvalid(Invalid):
    code = "facts_invalid"
    title = _("所填内容有误，请逐项核对")


class CreditCodeTaken(Refusal):
    code, status = "credit_code_taken", 409
    title = _("这个统一社会信用代码已经登记")


class FacilityAlreadyRegistered(Refusal):
    code, status = "facility_already_registered", 409
    title = _("该地区已登记同名机构")


class ReasonMissing(Invalid):
    code = "reason_missing"
    title = _("请填写原因")


def field_error(field: str, code: str, detail) -> dict:
    """What is wrong with one field, as a refusal lists it."""
    return {"field": field, "code": code, "detail": str(detail)}
