"""What this room refuses; no refusal holds anything of the person it is about."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


class NoSuchConsent(NotVisible):
    title = _("没有找到这份同意")


class NoSuchLog(NotVisible):
    title = _("没有找到这份查看记录")


class NoSuchLegalShare(NotVisible):
    title = _("没有找到这项依法共享")


class NoSuchMandate(NotVisible):
    title = _("没有找到这份委托书")


class NotYourConsent(NotPermitted):
    code = "not_your_consent"
    title = _("您不能办理这位老年人的同意或委托")


class OutOfRegister(Refusal):
    code, status = "out_of_register", 409
    title = _("这位老年人的登记已终结，不能再办理同意或委托")


class PurposeUnknown(Invalid):
    code = "purpose_unknown"
    title = _("请选择用途")


class FactsUnknown(Invalid):
    code = "facts_unknown"
    title = _("请选择要共享的项目")


class SeparateConsentMissing(Invalid):
    """Sensitive facts need a yes of their own (Personal Information Protection Law, article 29)."""

    code = "separate_consent_missing"
    title = _("所选项目中有敏感个人信息，须逐项单独同意")


class ReceiverUnknown(Invalid):
    code = "receiver_unknown"
    title = _("请选择接收方")


class ReceiverIsHome(Invalid):
    code = "receiver_is_home"
    title = _("接收方就是户籍所在省份，不需要同意")


class ExpiryWrong(Invalid):
    code = "consent_expiry_wrong"
    title = _("截止日期须晚于今日，最长{days}天")


class ProofMissing(Invalid):
    code = "proof_missing"
    title = _("请填写签字文件或录音的编号")


class ScanMissing(Invalid):
    """A paper that was shown at the counter is there to be scanned."""

    code = "scan_missing"
    title = _("窗口办理须附{paper}扫描件或照片")

    def __init__(self, **facts) -> None:
        super().__init__(**facts)
        self.errors = [field_error("file", self.code, self)]


class NoPaper(Refusal):
    """What was said on a page was never on paper."""

    code, status = "no_paper", 409
    title = _("这份同意是在网上给出的，没有纸质文件")


class ReasonMissing(Invalid):
    code = "reason_missing"
    title = _("请写明理由")


class NoticeMissing(Invalid):
    """The person is told of a sharing that needs no consent of hers."""

    code = "notice_missing"
    title = _("请填写告知老年人本人的方式和编号")


class GroundUnknown(Invalid):
    code = "ground_unknown"
    title = _("所选法律依据不适用于这一用途或这些项目")


class AlreadyGiven(Refusal):
    code, status = "already_given", 409
    title = _("同一接收方、同一用途的同意仍然有效，请先撤回")


class AlreadyShared(Refusal):
    code, status = "already_shared", 409
    title = _("同一接收方、同一用途的依法共享仍在进行")


class EndsWithTheMove(Refusal):
    code, status = "ends_with_the_move", 409
    title = _("这项共享用于户籍迁移，请在户籍迁移中取消移出")


class NotReceivable(Refusal):
    """The new home's member may not have anything of residents, or belongs to no cooperation."""

    code, status = "not_receivable", 409
    title = _("迁入地所在省份没有获准接收本省老年人信息，请先办理数据共享授权")


class NoSuchArrival(NotVisible):
    title = _("没有找到这项外省迁入")


class ArrivalOver(Refusal):
    code, status = "arrival_over", 409
    title = _("原户籍地已收回或期限已过，不能再接收")


class WithdrawalStands(Refusal):
    """What she took back is shared all the same only by the decision of two people."""

    code, status = "withdrawal_stands", 409
    title = _("老年人已撤回同意，依法共享须经第二人批准")


class NothingWithdrawn(Refusal):
    code, status = "nothing_withdrawn", 409
    title = _("这份同意没有被撤回，不需要第二人批准")


class NoSuchExtract(NotVisible):
    title = _("没有找到这份共享信息")


class FactsNotOpen(NotPermitted):
    code = "facts_not_open"
    title = _("所选项目不在共享范围内")


class CaseMissing(Invalid):
    code = "case_missing"
    title = _("请填写事由编号")


class ReadingsSpent(Refusal):
    code, status = "disclosures_spent", 429
    title = _("一小时内最多查看{limit}次，请稍后再试")


class NotReadable(Refusal):
    """The key is not here yet, or what came does not open with it."""

    code, status = "not_readable", 503
    title = _("这份共享信息暂时无法解密，请联系系统管理员")


class NoSuchMatch(NotVisible):
    title = _("没有找到这条疑似跨省重复登记")


class AlreadySettled(Refusal):
    code, status = "match_settled", 409
    title = _("双方的核实结果已经一致，不再更改")


class HealthNotForAgents(Invalid):
    code = "health_not_for_agents"
    title = _("健康信息不能向代理人开放")


class ActsUnknown(Invalid):
    code = "acts_unknown"
    title = _("请选择委托事项")


class AlreadyMandated(Refusal):
    code, status = "already_mandated", 409
    title = _("这位代理人的委托书仍然有效，请先撤销")


def field_error(field: str, code: str, detail) -> dict:
    """What is wrong with one field, as a refusal lists it."""
    return {"field": field, "code": code, "detail": str(detail)}
