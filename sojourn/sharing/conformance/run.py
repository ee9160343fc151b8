"""The whole visit: every step in its order, none kept from being taken by another's failure."""

from sojourn.sharing.conformance import feed_steps, registry_steps, request_steps, snapshot_steps
from sojourn.sharing.conformance.door import Failed
from sojourn.sharing.conformance.visit import NotNow, Outcome, Report, Step, Taken, Visit

STEPS: tuple[Step, ...] = (
    registry_steps.registry_is_served,
    registry_steps.registry_is_signed_and_live,
    registry_steps.registry_names_both,
    request_steps.unsigned_is_refused,
    request_steps.unknown_key_is_refused,
    request_steps.forged_key_is_refused,
    request_steps.wrong_target_is_refused,
    request_steps.wrong_time_is_refused,
    request_steps.wrong_body_is_refused,
    request_steps.wrong_path_is_refused,
    request_steps.replay_is_refused,
    request_steps.oversized_request_is_refused,
    request_steps.malformed_heads_are_refused,
    request_steps.ping_is_answered,
    registry_steps.registry_is_stable,
    feed_steps.heads_are_exchanged,
    feed_steps.heads_are_signed,
    feed_steps.shown_heads_come_back,
    feed_steps.pages_hold,
    feed_steps.pages_stay_the_same,
    feed_steps.pages_come_together,
    feed_steps.page_beyond_the_head_is_not_there,
    feed_steps.foreign_feeds_are_refused,
    snapshot_steps.snapshots_hold,
    snapshot_steps.figures_agree,
)


def run(visit: Visit, steps: tuple[Step, ...] = STEPS) -> Report:
    """How the node under test did, step by step."""
    report = Report(visit.door.address, visit.node)
    for step in steps:
        report.steps.append(_taken(step, visit))
    return report


def _taken(step: Step, visit: Visit) -> Taken:
    try:
        return Taken(step.__name__, Outcome.PASSED, step(visit))
    except Failed as failure:
        return Taken(step.__name__, Outcome.FAILED, str(failure))
    except NotNow as missing:
        return Taken(step.__name__, Outcome.SKIPPED, str(missing))
