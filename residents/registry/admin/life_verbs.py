"""The verbs of a registration's life, as they stand on the page of a resident."""

from django.utils.translation import gettext_lazy as _

from residents.registry import forms, policy, services
from residents.registry.models import Resident
from residents.registry.states import RESIDENT_FLOW, ResidentStatus
from sojourn.core.actors import Actor
from sojourn.web.verbs import Verb


def _may_erase(actor: Actor, row: Resident) -> bool:
    return row.status in RESIDENT_FLOW.sources("erase") and policy.can_change(actor, row)


def _unless_erased(actor: Actor, row: Resident) -> bool:
    return row.status != ResidentStatus.ERASED and policy.can_change(actor, row)


def _may_merge(actor: Actor, row: Resident) -> bool:
    return row.status in RESIDENT_FLOW.sources("merge") and policy.can_change(actor, row)


def _may_transfer(actor: Actor, row: Resident) -> bool:
    return row.status in RESIDENT_FLOW.sources("transfer") and policy.can_change(actor, row)


def may_change(actor: Actor, row: Resident) -> bool:
    """Whether she puts right what is registered: of one who stands here, not only in the records."""
    gone = {ResidentStatus.ERASED, ResidentStatus.MERGED, ResidentStatus.MOVED_OUT}
    return row.status not in gone and policy.can_change(actor, row)


def _may_protect(actor: Actor, row: Resident) -> bool:
    return row.whereabouts_protected is False and may_change(actor, row)


def _may_answer(actor: Actor, row: Resident) -> bool:
    return row.whereabouts_protected is None and may_change(actor, row)


def _may_unprotect(actor: Actor, row: Resident) -> bool:
    return row.whereabouts_protected is True and may_change(actor, row)


LIFE_VERBS = (
    Verb(
        name="set-hold",
        label=_("设定依法留存"),
        service=services.set_hold,
        allowed=_unless_erased,
        done=_("已设定依法留存。"),
        form=forms.SetHoldForm,
        id_argument="resident_id",
        help_text=_("留存期间不能删除或者清除这位老年人的信息。"),
    ),
    Verb(
        name="transfer-out",
        label=_("移出户籍"),
        service=services.transfer_out,
        allowed=_may_transfer,
        done=_("已移出，等待迁入地接收。"),
        form=forms.TransferOutForm,
        id_argument="resident_id",
        arguments=forms.TransferOutForm.arguments,
        help_text=_(
            "迁入地接收之前可以取消。接收之后由迁入地管理，编号和历史不变；"
            "迁往其他节点的省份，由对方另行编号登记，本省的登记只保存、不再更改。"
        ),
    ),
    Verb(
        name="answer-whereabouts",
        label=_("登记行踪保护的回答"),
        service=services.answer_whereabouts,
        allowed=_may_answer,
        done=_("已登记本人的回答。"),
        form=forms.AnswerForm,
        id_argument="resident_id",
        arguments=forms.AnswerForm.arguments,
        help_text=_("还没有问过本人，现在按受保护处理：列表、页面和共享信息都不显示所在市县。"),
    ),
    Verb(
        name="correct-home",
        label=_("更正户籍所在地区"),
        service=services.correct_home,
        allowed=may_change,
        done=_("户籍所在地区已更正，原来的留在变更记录里。"),
        form=forms.CorrectHomeForm,
        id_argument="resident_id",
        help_text=_("只用于登记时登错的地区，两地都须在您的辖区内。户口是后来迁走的，请移出户籍。"),
    ),
    Verb(
        name="protect",
        label=_("设定行踪保护"),
        service=services.protect_whereabouts,
        allowed=_may_protect,
        done=_("已设定行踪保护。"),
        form=forms.ReasonForm,
        id_argument="resident_id",
        help_text=_("列表和页面上不再显示所在市县。"),
    ),
    Verb(
        name="unprotect",
        label=_("解除行踪保护"),
        service=services.unprotect_whereabouts,
        allowed=_may_unprotect,
        done=_("已解除行踪保护。"),
        form=forms.ReasonForm,
        id_argument="resident_id",
    ),
    Verb(
        name="propose-merge",
        label=_("提请合并登记"),
        service=services.propose_merge,
        allowed=_may_merge,
        done=_("已提请，等待另一位经办人复核。"),
        form=forms.ProposeMergeForm,
        id_argument="resident_id",
        help_text=_("这份登记并入另一份，访问授权、查看记录等随同转移。合并可以撤销。"),
    ),
    Verb(
        name="propose-erasure",
        label=_("提请删除个人信息"),
        service=services.propose_erasure,
        allowed=_may_erase,
        done=_("已提请，等待另一位经办人复核。"),
        form=forms.ProposeErasureForm,
        id_argument="resident_id",
        help_text=_("复核同意后立即删除，不能恢复，备份中的也不再读得出。"),
    ),
)
