"""Facilities in the shape of the Open Referral Human Services Data Specification (HSDS) 3.0.

Pure shaping: rows in, mappings out. What was not reported is left out, or an empty text where the standard
demands one. A facility is one service at one location, so service, location and their link bear its id; what
hangs on them bears an id drawn from it. Standard: Open Referral, https://docs.openreferral.org, CC BY-SA 4.0.
"""

from collections.abc import Iterable
from datetime import UTC, date
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.designation.models import Base
from providers.facilities.features import BY_CODE, LANGUAGES
from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.states import AbilityLevel, Answer, FacilityStatus
from providers.search.places import name_of, place_of
from providers.search.sheet import label_of
from sojourn.core.clock import today
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionKind, DivisionLevel
from sojourn.web.templatetags.shown import listed, yuan

VERSION = "3.0"
CURRENCY = "CNY"
COUNTRY = "CN"
TAXONOMY = "sojourn"
# Of the states in which everyone finds a facility.
STATUSES = {FacilityStatus.OPEN: "active", FacilityStatus.PAUSED: "temporarily closed"}
# ISO 639-3; the speech of the north-east, the south-west and Shaanxi is Mandarin.
LANGUAGE_CODES = {
    "cantonese": "yue",
    "hakka": "hak",
    "teochew": "nan",
    "xiang": "hsn",
    "gan": "gan",
    "zhuang": "zha",
    "korean": "kor",
}
MANDARIN = "cmn"
BEDS = ("filed_beds", "operating_beds", "nursing_beds")
FEES = {
    "bed_fee_fen": gettext_lazy("床位费"),
    "care_fee_fen": gettext_lazy("照料护理费"),
    "meal_fee_fen": gettext_lazy("餐费"),
    "deposit_fen": gettext_lazy("押金"),
}
# Of the terms of our taxonomy, whose identifiers are drawn from it.
TERMS = UUID("5d1b6c1e-6f0a-4f5e-9b39-7d1f3f5c2a11")


def drawn(owner: UUID, *words: str) -> str:
    """The identifier of what hangs on a row, the same every time."""
    return str(uuid5(owner, " ".join(words)))


def organization(operator: Operator) -> dict:
    """An operator, without what hangs on it."""
    registration = operator.get_registration_type_display()
    parts = [
        _sample_note(operator),
        _("经营养老机构的单位"),
        registration and _("登记类型：{type}").format(type=registration),
    ]
    return {
        "id": str(operator.pk),
        "name": operator.name,
        "description": _sentences(parts),
        **({"legal_status": registration} if registration else {}),
    }


def organization_in_full(operator: Operator, facilities: Iterable[Facility]) -> dict:
    """An operator with its identifiers, and the places and services of its facilities."""
    sites = list(facilities)
    identifiers = [(_("编号"), operator.number), (_("统一社会信用代码"), operator.credit_code)]
    return {
        **organization(operator),
        "organization_identifiers": [
            {
                "id": drawn(operator.pk, "identifier", number),
                "organization_id": str(operator.pk),
                "identifier_type": kind,
                "identifier": number,
            }
            for kind, number in identifiers
            if number
        ],
        "locations": [location(site) for site in sites],
        "services": [_service_alone(site, ()) for site in sites],
    }


def service(facility: Facility, designations: Iterable[Base]) -> dict:
    """What a facility offers to sojourners, with who runs it."""
    told = _service_alone(facility, designations)
    if facility.operator is not None:
        told |= {
            "organization_id": str(facility.operator_id),
            "organization": organization(facility.operator),
        }
    return told


def service_in_full(facility: Facility, designations: Iterable[Base]) -> dict:
    return {
        **service(facility, designations),
        "phones": _phones(facility),
        "languages": _languages(facility),
        "cost_options": _cost_options(facility),
        "service_at_locations": [
            {"id": str(facility.pk), "service_id": str(facility.pk), "location": location_in_full(facility)}
        ],
        "attributes": _attributes(facility),
    }


def location(facility: Facility) -> dict:
    """Where a facility is; the point is as exact as its description says."""
    point = facility.get_place_precision_display() if facility.lng is not None else ""
    told: dict[str, object] = {
        "id": str(facility.pk),
        "location_type": "physical",
        "name": facility.listed_name,
        "description": _sentences([_sample_note(facility), place_of(facility.division), point]),
        "external_identifier": facility.number,
        "external_identifier_type": _("旅居养老平台编号"),
    }
    if facility.operator_id is not None:
        told["organization_id"] = str(facility.operator_id)
    if facility.lng is not None and facility.lat is not None:
        told |= {"latitude": float(facility.lat), "longitude": float(facility.lng)}
    return told


def location_in_full(facility: Facility) -> dict:
    return {
        **location(facility),
        "addresses": [_address(facility)],
        "phones": _phones(facility),
        "languages": _languages(facility),
        "accessibility": [
            {
                "id": drawn(facility.pk, "accessibility", report.feature),
                "location_id": str(facility.pk),
                "description": str(BY_CODE[report.feature].label),
                "details": _("{answer}（{day}申报）").format(
                    answer=report.get_answer_display(), day=_day(report.as_of)
                ),
            }
            for report in _answers(facility)
            if BY_CODE[report.feature].group == "barrier_free"
        ],
    }


def service_at_location(facility: Facility, designations: Iterable[Base]) -> dict:
    return {
        "id": str(facility.pk),
        "service_id": str(facility.pk),
        "location_id": str(facility.pk),
        "service": service(facility, designations),
        "location": location(facility),
    }


def service_at_location_in_full(facility: Facility, designations: Iterable[Base]) -> dict:
    whole = service_in_full(facility, designations)
    del whole["service_at_locations"]
    return service_at_location(facility, ()) | {"service": whole, "location": location_in_full(facility)}


def _service_alone(facility: Facility, designations: Iterable[Base]) -> dict:
    texts = {
        "description": _sentences([facility.get_kind_display(), _("接待异地旅居的老年人")]),
        "fees_description": _fees(facility),
        "eligibility_description": _eligibility(facility),
        "accreditations": _accreditations(facility, designations),
        "alert": _sample_note(facility),
    }
    return {
        "id": str(facility.pk),
        "name": facility.listed_name,
        "status": STATUSES[FacilityStatus(facility.status)],
        "last_modified": facility.changed_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        **{name: text for name, text in texts.items() if text},
    }


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _sample_note(row: Facility | Operator) -> str:
    return _("样例数据，不是真实单位") if row.is_sample else ""


def _sentences(parts: Iterable[str | None]) -> str:
    return "".join(_("{sentence}。").format(sentence=part) for part in parts if part)


def _fees(facility: Facility) -> str:
    monthly = facility.monthly_fee_fen
    if monthly is None:
        return ""
    return _("每月{sum}（床位费、照料护理费与餐费），{day}的价格。").format(
        sum=yuan(monthly), day=_day(facility.prices_as_of)
    )


def _eligibility(facility: Facility) -> str:
    levels = [AbilityLevel(level).label for level in facility.levels_taken or ()]
    return _("接收的能力等级：{levels}。").format(levels=listed(levels)) if levels else ""


def _accreditations(facility: Facility, designations: Iterable[Base]) -> str:
    """A grade that holds and live designations."""
    said = []
    if facility.grade_on(today()) is not None:
        said.append(
            _("养老机构等级{grade}，有效至{day}").format(
                grade=facility.get_grade_display(), day=_day(facility.graded_until)
            )
        )
    said += [
        _("{member}旅居养老示范基地，{day}认定").format(
            member=base.batch.member.name, day=_day(base.designated_on)
        )
        for base in designations
    ]
    return _sentences(said)


def _address(facility: Facility) -> dict:
    """The address as it was reported, else the division; a postal code is not known of any."""
    lines = _lines_of(facility.division)
    city = lines.get(DivisionLevel.CITY) or lines[DivisionLevel.PROVINCE]
    return {
        "id": drawn(facility.pk, "address"),
        "location_id": str(facility.pk),
        "address_1": facility.address or place_of(facility.division),
        "city": city,
        **({"region": lines[DivisionLevel.COUNTY]} if DivisionLevel.COUNTY in lines else {}),
        "state_province": lines[DivisionLevel.PROVINCE],
        "postal_code": "",
        "country": COUNTRY,
        "address_type": "physical",
    }


def _lines_of(division: Division) -> dict[str, str]:
    """The names of a division and of those above it, by level."""
    lines: dict[str, str] = {}
    current: Division | None = division
    while current is not None:
        if current.kind != DivisionKind.PSEUDO:
            lines[current.level] = name_of(current)
        current = current.parent
    return lines


def _phones(facility: Facility) -> list[dict]:
    if not facility.telephone:
        return []
    hours = {"description": facility.telephone_hours} if facility.telephone_hours else {}
    return [{"id": drawn(facility.pk, "phone"), "number": facility.telephone, "type": "voice", **hours}]


def _languages(facility: Facility) -> list[dict]:
    return [
        {
            "id": drawn(facility.pk, "language", code),
            "name": str(LANGUAGES.get(code, code)),
            "code": LANGUAGE_CODES.get(code, MANDARIN),
        }
        for code in facility.languages or ()
    ]


def _cost_options(facility: Facility) -> list[dict]:
    """The three parts of the month's fee, and the deposit."""
    return [
        {
            "id": drawn(facility.pk, "cost", name),
            "service_id": str(facility.pk),
            "valid_from": _day(facility.prices_as_of),
            "option": str(label),
            "currency": CURRENCY,
            "amount": getattr(facility, name) / 100,
            "amount_description": _("一次") if name == "deposit_fen" else _("每月"),
        }
        for name, label in FEES.items()
        if getattr(facility, name) is not None
    ]


def _answers(facility: Facility) -> list[FeatureReport]:
    """Its answers of yes and no, in the order of the catalogue."""
    told = {
        report.feature: report for report in facility.feature_reports.all() if report.answer != Answer.UNKNOWN
    }
    return [told[code] for code in BY_CODE if code in told]


def _attributes(facility: Facility) -> list[dict]:
    """Beds and answers about features, as values of terms of our own taxonomy."""
    beds = [
        (name, label_of(Facility, name), str(getattr(facility, name)), facility.beds_as_of)
        for name in BEDS
        if getattr(facility, name) is not None
    ]
    answers = [(one.feature, BY_CODE[one.feature].label, one.answer, one.as_of) for one in _answers(facility)]
    return [
        {
            "id": drawn(facility.pk, "attribute", code),
            "link_id": str(facility.pk),
            "link_entity": "service",
            "value": value,
            "taxonomy_term": {
                "id": drawn(TERMS, code),
                "code": code,
                "name": str(label),
                "description": _("{label}，{day}申报").format(label=label, day=_day(day)),
                "taxonomy": TAXONOMY,
            },
        }
        for code, label, value, day in [*beds, *answers]
    ]
