"""The room's own resource: heartbeats."""

from django.utils.translation import gettext_lazy as _

from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import Heartbeat
from sojourn.sharing.states import Sensitivity

catalogue.register(
    Resource(
        name="heartbeats",
        label=_("心跳"),
        model=Heartbeat,
        facts=("beaten_at",),
        ground=_("成员之间证明数据流畅通"),
        reason=_("不含业务数据，每个成员都要据此判断数据流是否畅通"),
        schedule=_("每小时"),
        sensitivity=Sensitivity.IMPERSONAL,
    )
)
