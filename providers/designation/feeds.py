"""What the room shares with every member: schemes, published lists and the bases on them."""

from django.utils.translation import gettext_lazy as _

from providers.designation.models import Base, Batch, Scheme
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Key, Resource
from sojourn.sharing.states import Sensitivity

GROUND = _("政务数据共享条例：无条件共享；认定名单依法公布")
REASON = _("评定方案和认定名单已向社会公布，各成员互认时都要使用，不含个人信息")
AT_ONCE = _("变更后随即发布")


def _of_a_stage() -> list[Key]:
    return [
        Key("code", _("环节代码"), Sensitivity.IMPERSONAL),
        Key("name", _("环节名称"), Sensitivity.IMPERSONAL),
    ]


catalogue.register(
    Resource(
        name="schemes",
        label=_("评定方案"),
        model=Scheme,
        facts=("member", "name", "edition", "issued_on", "stages", "source"),
        ground=GROUND,
        reason=REASON,
        schedule=AT_ONCE,
        sensitivity=Sensitivity.IMPERSONAL,
        inside={"stages[]": _of_a_stage},
    )
)
catalogue.register(
    Resource(
        name="batches",
        label=_("认定批次"),
        model=Batch,
        facts=(
            "scheme",
            "member",
            "ordinal",
            "announced_on",
            "plaques_on",
            "announced_by",
            "source",
        ),
        ground=GROUND,
        reason=REASON,
        schedule=AT_ONCE,
        sensitivity=Sensitivity.IMPERSONAL,
    )
)
catalogue.register(
    Resource(
        name="bases",
        label=_("示范基地"),
        model=Base,
        facts=(
            "number",
            "facility",
            "scheme",
            "batch",
            "listed_number",
            "listed_name",
            "plaque_number",
            "designated_on",
            "valid_to",
            "status",
            "ended_on",
            "withdrawal_reason",
        ),
        counter="designation_base_number",
        ground=GROUND,
        reason=REASON,
        schedule=AT_ONCE,
        sensitivity=Sensitivity.IMPERSONAL,
    )
)
