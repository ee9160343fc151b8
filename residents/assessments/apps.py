from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from residents.assessments import naming
from residents.registry import following, retention
from residents.registry.following import Following
from residents.registry.retention import Kept
from sojourn.accounts import holders
from sojourn.accounts.holders import HolderKind
from sojourn.core import numbers, rotations, scopes
from sojourn.desk import queues
from sojourn.desk.queues import Queue
from sojourn.messages.topics import name_topics

ROOM = "residents.assessments"
MERGING = f"{ROOM}.services.merging"
PURGING = f"{ROOM}.services.purging"


class AssessmentsConfig(AppConfig):
    name = ROOM
    verbose_name = _("能力评估")

    def ready(self) -> None:
        import_string(f"{ROOM}.services.reading.tell_from_now_on")()
        following.register(
            Following("assessments.review", f"{MERGING}.move_reviews", f"{MERGING}.give_back_reviews")
        )
        _keep_for_a_time()
        _tell_families()
        import_string(f"{ROOM}.services.importing.register_kind")()
        rotations.register_beneath(
            ROOM, ("assessments.assessment.findings_cipher", "assessments.review.grounds_cipher")
        )
        scopes.register("assessments.read", _("读取本机构承办的能力评估"))
        scopes.register("assessments.write", _("填写本机构承办的能力评估"))
        holders.register(HolderKind(naming.BODY_HOLDER, _("评估机构"), f"{ROOM}.holders.body_numbered"))
        for prefix, label in {
            naming.BODY_PREFIX: _("评估机构"),
            naming.ASSESSOR_PREFIX: _("评估人员"),
            naming.ASSESSMENT_PREFIX: _("能力评估"),
            naming.REVIEW_PREFIX: _("评估复核"),
            naming.RECOGNITION_PREFIX: _("评估结果互认"),
        }.items():
            numbers.register(prefix, label)
        for code, label in {
            "assessment_objections": _("能力评估异议"),
            "assessment_rechecks": _("能力评估抽查"),
        }.items():
            queues.register(
                Queue(
                    code=code,
                    label=label,
                    outcomes={
                        "kept": _("维持原结果"),
                        "replaced": _("以复核结果为准"),
                        "withdrawn_objection": _("异议已撤回"),
                    },
                    rule="assessment_review_days",
                    where=f"{ROOM}.places.review_page",
                    title=f"{ROOM}.places.review_title",
                )
            )


def _keep_for_a_time() -> None:
    """Results and what others' results counted for are purged when their period is over."""
    for code, label, ended in (
        ("assessment", _("失效的能力评估"), "ended_assessments"),
        ("recognition", _("失效的评估结果互认"), "ended_recognitions"),
    ):
        kept = Kept(
            code, label, "retention_years_assessments", f"{PURGING}.{ended}", f"{PURGING}.purge_{code}"
        )
        retention.register(kept)


def _tell_families() -> None:
    """A person's page has a section of results, and the outbox knows what she is told of them."""
    section = import_string("residents.registry.my.Section")
    import_string("residents.registry.my.add_section")(
        section(label=_("评估结果"), url_name="my_assessments", order=15)
    )
    name_topics(
        {
            "assessment_concluded": _("告知本人：评估已有结果"),
            "assessment_ending": _("告知本人：评估即将到期"),
            "assessment_review_decided": _("告知本人：评估复核已有决定"),
            "assessment_entered": _("告知本人：评估结果已补录"),
            "assessment_entry_undone": _("告知本人：补录的评估结果已撤销"),
        }
    )
