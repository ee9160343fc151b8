"""What the room shares with every member: operators, and facilities with what they reported."""

from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from providers.facilities import naming
from providers.facilities.models import Facility, FeatureReport, Operator
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Derived, Part, Resource
from sojourn.sharing.states import Sensitivity

GROUND = _("政务数据共享条例：无条件共享；养老机构信息依法公开")
REASON = _("机构信息依法公开，各成员办理旅居、比对和互认都要使用，不含个人信息")
AT_ONCE = _("变更后随即发布")
FINDABLE = ("name_normal", "pinyin", "initials", "sort_key")


# A name is spelt once: it changes less often than what is reported under it.
_remembered = lru_cache(maxsize=50_000)(naming.search_columns)
# One longer than the column is not stored in the end; it is not worked on, nor remembered, at length.
_LONGEST = 200


def _spelt(name: str) -> dict:
    return _remembered(name[:_LONGEST])


def _from_name(body: dict) -> dict:
    return _spelt(body["name"])


def _from_listed_name(body: dict) -> dict:
    name = body["listed_name"]
    return {**_spelt(name), "picture_seed": naming.picture_seed(name)}


catalogue.register(
    Resource(
        name="operators",
        label=_("运营主体"),
        model=Operator,
        facts=("number", "name", "credit_code", "registration_type", "division", "standing", "is_sample"),
        derived=Derived(FINDABLE, _from_name),
        counter="facilities_operator_number",
        ground=GROUND,
        reason=REASON,
        schedule=AT_ONCE,
        sensitivity=Sensitivity.IMPERSONAL,
    )
)
catalogue.register(
    Resource(
        name="facilities",
        label=_("养老机构"),
        model=Facility,
        facts=(
            "number",
            "listed_name",
            "operator",
            "kind",
            "status",
            "standing",
            "is_sample",
            "division",
            "address",
            "lng",
            "lat",
            "place_precision",
            "telephone",
            "telephone_hours",
            "levels_taken",
            "languages",
            "diets",
            "shortest_stay_nights",
            "features_reported_at",
            "filed_beds",
            "operating_beds",
            "nursing_beds",
            "beds_as_of",
            "filing_state",
            "filing_number",
            "grade",
            "graded_on",
            "graded_until",
            "medical_care",
            "contracted_hospital",
            "hospital_km",
            "medical_as_of",
            "bed_fee_fen",
            "care_fee_fen",
            "meal_fee_fen",
            "deposit_fen",
            "prices_as_of",
        ),
        parts=(
            Part(
                name="features",
                model=FeatureReport,
                belongs_to="facility",
                key=("feature",),
                facts=("feature", "answer", "as_of", "reported_by"),
            ),
        ),
        derived=Derived((*FINDABLE, "picture_seed"), _from_listed_name),
        counter="facilities_facility_number",
        ground=GROUND,
        reason=REASON,
        schedule=AT_ONCE,
        sensitivity=Sensitivity.IMPERSONAL,
    )
)
