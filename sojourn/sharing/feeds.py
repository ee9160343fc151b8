"""The room's own resource: heartbeats."""

from django.utils.translation import gettext_lazy as _

from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import Heartbeat

catalogue.register(
    Resource(
        name="heartbeats",
        label=_("心跳"),
        model=Heartbeat,
        facts=("beaten_at",),
        ground=_("成员之间证明数据流畅通"),
        schedule=_("每小时"),
    )
)
