"""What the room shares with every member: schemes, published lists and the bases on them."""

from django.utils.translation import gettext_lazy as _

from providers.designation.models import Base, Batch, Scheme
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource

GROUND = _("政务数据共享条例：无条件共享；认定名单依法公布")
AT_ONCE = _("变更后随即发布")

catalogue.register(
    Resource(
        name="schemes",
        label=_("评定方案"),
        model=Scheme,
        facts=("member", "name", "edition", "issued_on", "stages", "source"),
        ground=GROUND,
        schedule=AT_ONCE,
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
        schedule=AT_ONCE,
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
        schedule=AT_ONCE,
    )
)
