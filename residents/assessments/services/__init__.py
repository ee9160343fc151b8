"""The verbs of assessments; nothing else writes a body, an assessor, an assessment, a review or a recognition."""

from residents.assessments.services.appointing import (
    declare_interest,
    link_account,
    register_assessor,
    register_body,
    reinstate_assessor,
    reinstate_body,
    renew_assessor,
    renew_body,
    suspend_assessor,
    suspend_body,
)
from residents.assessments.services.assessing import (
    assign_assessment,
    discard_assessment,
    keep_answers,
    return_assessment,
    sign_assessment,
)
from residents.assessments.services.checking import differing, standing_level
from residents.assessments.services.ending import ended, ending_soon, is_due, reassess, tell_endings
from residents.assessments.services.entering import (
    ElsewhereResult,
    enter_result,
    enter_results,
    enter_sample_results,
)
from residents.assessments.services.reading import (
    findings_of,
    read_grounds,
    read_items,
    read_level,
    read_recognised_level,
    read_recognitions,
    read_results,
    readings_of,
)
from residents.assessments.services.rechecking import draw_due_rechecks, draw_rechecks
from residents.assessments.services.recognising import add_crosswalk, recognise_result
from residents.assessments.services.reviewing import (
    assign_review,
    decide_review,
    due_of,
    object_to_result,
    withdraw_objection,
)
from residents.assessments.services.telling import objection_until, tell_entries_due

__all__ = [
    "ElsewhereResult",
    "add_crosswalk",
    "assign_assessment",
    "assign_review",
    "decide_review",
    "declare_interest",
    "differing",
    "discard_assessment",
    "draw_due_rechecks",
    "draw_rechecks",
    "due_of",
    "ended",
    "ending_soon",
    "enter_result",
    "enter_results",
    "enter_sample_results",
    "findings_of",
    "is_due",
    "keep_answers",
    "link_account",
    "object_to_result",
    "objection_until",
    "read_grounds",
    "read_items",
    "read_level",
    "read_recognised_level",
    "read_recognitions",
    "read_results",
    "readings_of",
    "reassess",
    "recognise_result",
    "register_assessor",
    "register_body",
    "reinstate_assessor",
    "reinstate_body",
    "renew_assessor",
    "renew_body",
    "return_assessment",
    "sign_assessment",
    "standing_level",
    "suspend_assessor",
    "suspend_body",
    "tell_endings",
    "tell_entries_due",
    "withdraw_objection",
]
