"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


class NoSuchBase(NotVisible):
    title = _("没有找到这个示范基地")


class NoSuchBatch(NotVisible):
    title = _("没有找到这一认定批次")


class NoSuchScheme(NotVisible):
    title = _("没有找到这个评定方案")


class NotYourMember(NotPermitted):
    code = "not_your_member"
    title = _("示范基地由所在成员省份的省级民政部门认定")


class FacilityOutsideMember(Refusal):
    code, status = "facility_outside_member", 409
    title = _("机构不在该批次所属的成员省份内")


class FacilityNotOperating(Refusal):
    code, status = "facility_not_operating", 409
    title = _("机构已关闭，不能认定为示范基地")


class FacilityBarred(Refusal):
    code, status = "facility_barred", 409
    title = _("机构或其运营主体处于准入限制期，不能认定为示范基地")


class AlreadyDesignated(Refusal):
    code, status = "already_designated", 409
    title = _("机构在该评定方案下已是示范基地")


class PlaceInListTaken(Refusal):
    code, status = "place_in_list_taken", 409
    title = _("公布名单中的第{listed_number}号已登记")


class SchemeKnown(Refusal):
    code, status = "scheme_known", 409
    title = _("这一版评定方案已登记")


class BatchKnown(Refusal):
    code, status = "batch_known", 409
    title = _("该评定方案的第{ordinal}批已登记")


class DesignationInvalid(Invalid):
    code = "designation_invalid"
    title = _("认定信息有误，请逐项核对")


class NotYetExpired(Refusal):
    code, status = "not_yet_expired", 409
    title = _("认定有效期未满或未报告，不能作到期处理")
