"""What this room shares, each with the one member it is for: extracts of residents, who looked, stands twice, arrives."""

from django.utils.translation import gettext_lazy as _

from residents.consents.envelopes import taken_in
from residents.consents.models import (
    ARRIVALS,
    EXTRACTS,
    MARKS,
    MATCHES,
    READINGS,
    Arrival,
    Extract,
    Mark,
    Match,
    Reading,
)
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Derived, Resource
from sojourn.sharing.states import ShareClass

catalogue.register(
    Resource(
        name=EXTRACTS,
        label=_("老年人信息（按同意或法定依据）"),
        model=Extract,
        facts=(
            "receiver",
            "facility",
            "place",
            "resident",
            "resident_number",
            "is_sample",
            "purpose",
            "ground",
            "article",
            "expires_at",
            "sealed",
        ),
        share_class=ShareClass.CONDITIONAL,
        ground=_("政务数据共享条例：有条件共享；每人每项另须取得同意或有法定依据"),
        schedule=_("变更后随即发布，撤回后随即撤下"),
        derived=Derived(columns=("wrapped",), of=taken_in),
        addressed_by="receiver",
    )
)
catalogue.register(
    Resource(
        name=READINGS,
        label=_("老年人信息查看记录"),
        model=Reading,
        facts=(
            "home",
            "extract",
            "resident",
            "at",
            "fields",
            "purpose",
            "case",
            "role",
            "reach",
            "facility",
        ),
        ground=_("个人信息保护法第四十四条、第四十五条：本人的知情权和查阅权"),
        schedule=_("查看后随即发布"),
        addressed_by="home",
    )
)
catalogue.register(
    Resource(
        name=MARKS,
        label=_("重复登记比对标记"),
        model=Mark,
        facts=("other", "key", "mark"),
        share_class=ShareClass.CONDITIONAL,
        ground=_("政务数据共享条例：有条件共享；履行老年人登记法定职责"),
        schedule=_("变更后随即发布"),
        addressed_by="other",
    )
)
catalogue.register(
    Resource(
        name=MATCHES,
        label=_("疑似跨省重复登记核实结果"),
        model=Match,
        facts=("other", "ours", "theirs", "found_at", "disposition", "disposed_at"),
        ground=_("政务数据共享条例：数据校核"),
        schedule=_("核实后随即发布"),
        addressed_by="other",
    )
)
catalogue.register(
    Resource(
        name=ARRIVALS,
        label=_("户籍迁入办理结果"),
        model=Arrival,
        facts=("home", "status", "opinion", "decided_at"),
        ground=_("政务数据共享条例：履行老年人登记法定职责"),
        schedule=_("办理后随即发布"),
        addressed_by="home",
    )
)
