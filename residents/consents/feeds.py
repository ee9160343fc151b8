"""What this room shares, each with the one member it is for: extracts of residents, who looked, stands twice, arrives."""

from django.utils.translation import gettext_lazy as _

from residents.consents import facts
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
from residents.registry.models import Resident
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Derived, Key, Resource
from sojourn.sharing.forms import in_words
from sojourn.sharing.states import Sensitivity, ShareClass

# How facts are spelt under their locks that are no column of the registry, or are spelt otherwise than it.
SPELT = {
    "diets": "codes parted by commas",
    "assessment": "JSON object",
    "assessment_items": "JSON object",
    "whereabouts_protected": "`yes`",
}


def _of_a_resident() -> list[Key]:
    """What may be sealed in an extract; what of it needs a consent of its own, the list of facts knows."""
    columns = {field.name: field for field in Resident._meta.fields}
    keys = []
    for fact in facts.known():
        spelt = SPELT.get(fact.code) or (in_words(columns[fact.code]) if fact.code in columns else "string")
        level = Sensitivity.SENSITIVE if fact.is_sensitive else Sensitivity.PERSONAL
        keys.append(Key(fact.code, fact.label, level, f"sealed: {spelt}"))
    return keys


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
        reason=_("含老年人个人信息，其中有敏感个人信息：只向有依据的一个成员，为所列用途，在期限之内提供"),
        schedule=_("变更后随即发布，撤回后随即撤下"),
        sensitivity=Sensitivity.PERSONAL,
        inside={"sealed": _of_a_resident},
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
        reason=_("本人有权知道谁看过：户籍省份无需申请即应收到，只发给该省份"),
        schedule=_("查看后随即发布"),
        sensitivity=Sensitivity.PERSONAL,
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
        reason=_("标记由身份证号码算出，只能用于双方查找重复登记，须先取得授权"),
        schedule=_("变更后随即发布"),
        sensitivity=Sensitivity.PERSONAL,
        otherwise={"mark": Sensitivity.SENSITIVE},
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
        reason=_("双方标记相同才会产生，对方须据此核实自己的登记：只发给对方，无需另行申请"),
        schedule=_("核实后随即发布"),
        sensitivity=Sensitivity.PERSONAL,
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
        reason=_("原户籍省份须知道结果才能办结迁出：只发给该省份，无需另行申请"),
        schedule=_("办理后随即发布"),
        sensitivity=Sensitivity.PERSONAL,
        addressed_by="home",
    )
)
