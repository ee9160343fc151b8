from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from residents.consents import matters
from residents.registry import retention
from residents.registry.retention import Kept

PURGING = "residents.consents.services.purging"
ENDED_PAPERS = (
    Kept(
        "mandate_paper",
        _("已终止委托的委托书扫描件"),
        "retention_years_proofs",
        f"{PURGING}.ended_mandates",
        f"{PURGING}.purge_mandate_paper",
    ),
    Kept(
        "consent_paper",
        _("已终止同意的同意书扫描件"),
        "retention_years_proofs",
        f"{PURGING}.ended_consents",
        f"{PURGING}.purge_consent_paper",
    ),
)


class ConsentsConfig(AppConfig):
    name = "residents.consents"
    verbose_name = _("同意与委托")

    def ready(self) -> None:
        """The desk knows what this room brings to it, and residents read who looked at them elsewhere."""
        matters.register()
        add_section = import_string("residents.registry.my.add_section")
        section = import_string("residents.registry.my.Section")
        may_read_log = import_string("residents.consents.policy.can_read_log")
        add_section(section(_("谁看过"), url_name="my_access_log", order=20, open_to=may_read_log))
        add_section(section(label=_("同意与委托"), url_name="my_consents", order=60))
        add_paper = import_string("residents.registry.my.add_paper")
        blank = import_string("residents.registry.my.BlankPaper")
        add_paper(blank(_("空白委托书"), url_name="blank_mandate"))
        add_paper(blank(_("空白同意书"), url_name="blank_consent"))
        import_string("residents.registry.my.add_ways_out")(
            import_string("residents.consents.pages.ways_out")
        )
        import_string("residents.registry.services.let_speak")(
            import_string("residents.consents.policy.speaks")
        )
        import_string("residents.consents.services.telling.tell_from_now_on")()
        import_string("residents.consents.scans.register")()
        for papers in ENDED_PAPERS:
            retention.register(papers)
        import_string("residents.consents.assessed.tell_from_now_on")()
        import_string("residents.consents.services.rotating.register_rotations")()
