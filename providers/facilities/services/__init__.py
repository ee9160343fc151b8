"""The verbs of facilities; nothing else writes an operator, a facility or a feature report."""

from providers.facilities.services.deciding import (
    close_facility,
    open_facilities_to_sojourners,
    open_facility_to_sojourners,
    pause_facility,
    set_operator_standing,
    set_standing,
)
from providers.facilities.services.grading import report_grade
from providers.facilities.services.registering import (
    NewFacility,
    NewOperator,
    register_facilities,
    register_facility,
    register_operator,
    register_operators,
)
from providers.facilities.services.reporting import (
    amend_facility,
    report_beds,
    report_features,
    report_prices,
)

__all__ = [
    "NewFacility",
    "NewOperator",
    "amend_facility",
    "close_facility",
    "open_facilities_to_sojourners",
    "open_facility_to_sojourners",
    "pause_facility",
    "register_facilities",
    "register_facility",
    "register_operator",
    "register_operators",
    "report_beds",
    "report_features",
    "report_grade",
    "report_prices",
    "set_operator_standing",
    "set_standing",
]
