"""What the desk refuses."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


def field_error(field: str, refusal: type[Refusal]) -> dict:
    """One line of a refusal's ``errors``: what is wrong with one field."""
    return {"field": field, "code": refusal.code, "detail": refusal.title}


# --- work items -----------------------------------------------------------------------------------
class NoSuchItem(NotVisible):
    title = _("没有找到这件待办事项")


class NotYourDesk(NotPermitted):
    code = "not_your_desk"
    title = _("这件事项不由您的单位办理")


class ItemTaken(Refusal):
    code, status = "item_taken", 409
    title = _("这件事项已由他人受理")


class HandlerUnfit(Refusal):
    code, status = "handler_unfit", 409
    title = _("接办人不是该辖区的在任经办人")


class SecondPersonNeeded(Refusal):
    code, status = "second_person_needed", 409
    title = _("这类事项须由受理人以外的第二人办结")


class DecidedElsewhere(Refusal):
    code, status = "decided_elsewhere", 409
    title = _("这类事项随业务决定自动办结，不能在待办中直接办结")


class OutcomeUnknown(Invalid):
    code = "outcome_unknown"
    title = _("没有这种办理结果")


class SubjectAtDesk(Refusal):
    code, status = "subject_at_desk", 409
    title = _("同一事项已有一件正在办理，不能重新办理这一件")


# --- decisions of two -----------------------------------------------------------------------------
class NoSuchProposal(NotVisible):
    title = _("没有找到这件复核事项")


class MayNotPropose(NotPermitted):
    code = "may_not_propose"
    title = _("您没有提出这类事项的权限")


class MayNotDecide(NotPermitted):
    code = "may_not_decide"
    title = _("您没有复核这件事项的权限")


class SelfApproval(NotPermitted):
    code = "self_approval"
    title = _("提出人不能复核自己提出的事项，也不能委托他人代为复核")


class NotYourProposal(NotPermitted):
    code = "not_your_proposal"
    title = _("只有提出人可以收回提议")


class AlreadyProposed(Refusal):
    code, status = "already_proposed", 409
    title = _("同一事项已有一件提议在等待复核")


class ProposalOverdue(Refusal):
    code, status = "proposal_overdue", 409
    title = _("提议已过复核期限，请重新提出")


class ReasonMissing(Invalid):
    code = "reason_missing"
    title = _("请写明原因")


# --- delegation -----------------------------------------------------------------------------------
class NoSuchDelegation(NotVisible):
    title = _("没有找到这项复核委托")


class MayNotDelegate(NotPermitted):
    code = "may_not_delegate"
    title = _("只有经办人可以委托复核")


class DelegateUnfit(Invalid):
    code = "delegate_unfit"
    title = _("受托人须是本人以外的在任经办人")


class DelegationPeriodWrong(Invalid):
    code = "delegation_period_wrong"
    title = _("委托须自今日或以后开始，有截止日期，且不超过 {days} 天")


class DelegationEnded(Refusal):
    code, status = "delegation_ended", 409
    title = _("这项委托已经终止")
