"""What is refused to families and to those who look after their links; none tells of a person."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


class NoSuchLink(NotVisible):
    title = _("没有找到这项亲属关系")


class NoSuchRequest(NotVisible):
    title = _("没有找到这件申请")


class FamiliesOnly(NotPermitted):
    code = "families_only"
    title = _("这项申请由老年人或家属本人登录后提出")


class NotYourLink(NotPermitted):
    code = "not_your_link"
    title = _("您不能办理这项亲属关系")


class OwnLink(NotPermitted):
    code = "own_link"
    title = _("与自己有关的亲属关系须由他人办理")


class RequestHeld(Refusal):
    code, status = "request_held", 409
    title = _("您已经为这位老人提交过申请，正在核实")


class TooManyRequests(Refusal):
    code, status = "too_many_requests", 409
    title = _("最多同时有{limit}件申请等待核实，请等办完再提")


class ProofUnfit(Invalid):
    code = "proof_unfit"
    title = _("这种材料不能证明所选的关系")


class PersonDiffers(Refusal):
    """Said to officers only."""

    code, status = "person_differs", 409
    title = _("辖区内没有身份证号码和姓名都一致的老年人登记")


class AlreadyLinked(Refusal):
    code, status = "already_linked", 409
    title = _("这位老年人已登记过同样的关系")


class EndOutOfRange(Invalid):
    code = "end_out_of_range"
    title = _("截止日期应在今天以后，最长{years}年")
