"""What sharing refuses."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, NotVisible, Refusal


class NoSuchFeed(NotVisible):
    title = _("没有这条数据流")


class NoSuchPeer(NotVisible):
    title = _("没有这个节点")


class NoSuchEntry(NotVisible):
    title = _("没有这条隔离条目")


class NotForYou(NotPermitted):
    code = "sharing_not_permitted"
    title = _("只有省级以上工作人员可以处理节点间的数据共享")


class SharingNotSetUp(Refusal):
    code, status = "sharing_not_set_up", 409
    title = _("本节点还没有配置成员名册或密钥")


class SharingRefused(Refusal):
    """A request of another node breaks the protocol; the code is the protocol's reason."""

    status = 403
    title = _("请求未通过节点间协议的检查")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.code = reason


class PageNotThere(NotVisible):
    code = "page_not_there"
    title = _("没有这一页")


class PageGone(Refusal):
    """The page was kept for its time and is no more: a snapshot takes its place."""

    code, status = "page_gone", 410
    title = _("这一页已过保存期，请从快照重新引导")


class FeedMovedOn(Refusal):
    code, status = "feed_moved_on", 409
    title = _("数据流已有新的页，请稍后再对账")


# --- access -------------------------------------------------------------------------------------------
class NoSuchApplication(NotVisible):
    title = _("没有这件数据申请")


class NoSuchGrant(NotVisible):
    title = _("没有这项数据授权")


class NotYourAccess(NotPermitted):
    code = "not_your_access"
    title = _("只有数据归属省份的省级经办人可以决定是否提供")


class NotYourApplication(NotPermitted):
    code = "not_your_application"
    title = _("只有申请省份或归属省份的省级经办人可以登记申请")


class OwnApplication(NotPermitted):
    code = "own_application"
    title = _("登记申请的人不能由自己决定是否提供")


class NoSuchResource(Invalid):
    code = "no_such_resource"
    title = _("数据目录中没有这项资源")


class ResourceNotShared(Refusal):
    code, status = "resource_not_shared", 409
    title = _("这项资源不予共享")


class OwnerElsewhere(Invalid):
    code = "owner_elsewhere"
    title = _("归属省份由其他节点承载，请向该省提出申请")


class OwnFacts(Invalid):
    code = "own_facts"
    title = _("申请省份就是归属省份，不需要申请")


class UnknownFields(Invalid):
    code = "unknown_fields"
    title = _("所列字段不在这项资源的数据目录中")


class ExpiryWrong(Invalid):
    code = "expiry_wrong"
    title = _("使用期限须晚于今日，最长 {days} 天")


class AlreadyApplied(Refusal):
    code, status = "already_applied", 409
    title = _("相同用途的申请正在办理")


class AlreadyGranted(Refusal):
    code, status = "already_granted", 409
    title = _("相同用途的授权仍然有效，请先撤销再重新同意")


class WhyMissing(Invalid):
    code = "why_missing"
    title = _("请写明原因")


# --- looking after ------------------------------------------------------------------------------------
class NoSuchDeparture(NotVisible):
    title = _("没有这份退出记录")


class SecondPersonSettles(NotPermitted):
    code = "second_person_settles"
    title = _("登记退出的人不能由自己确认数据的交还或清除")


class AlreadySettled(Refusal):
    code, status = "already_settled", 409
    title = _("这一事项已经处理过")


class CopiesInUse(Refusal):
    code, status = "copies_in_use", 409
    title = _("本节点的数据仍引用这些副本，不能清除")


class BackAgain(Refusal):
    code, status = "back_again", 409
    title = _("这些成员已重新加入，其副本不能清除")


class NotListed(Refusal):
    code, status = "not_listed", 409
    title = _("现行成员名册没有列出这个节点")


class StillRecovering(Refusal):
    code, status = "still_recovering", 409
    title = _("还没有查明所有节点都没有这些已签数据，暂不能开始新纪元")


class NoSuchAlarm(NotVisible):
    title = _("没有这条告警")


class NothingToExport(Refusal):
    code, status = "nothing_to_export", 409
    title = _("没有可以导出的记录")


class SnapshotNotReady(Refusal):
    code, status = "snapshot_not_ready", 503
    title = _("快照正在生成，请稍后再来取")
