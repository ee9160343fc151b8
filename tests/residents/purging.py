"""What is due is purged as officers purge it: listed, proposed by one, approved by another, done by the job."""

from residents.registry.models.life import PurgeReport
from residents.registry.services import prepare_purge, propose_purge, purge
from sojourn.desk import services as desk
from tests.residents.actors import staff


def prepared(owner: str = "440000") -> PurgeReport:
    return prepare_purge(owner=owner, actor=staff(owner[:2]))


def approved(report: PurgeReport) -> PurgeReport:
    proposal = propose_purge(report_id=report.pk, reason="保存期满", actor=staff(report.owner[:2]))
    desk.approve(proposal_id=proposal.pk, actor=staff(report.owner[:2]))
    report.refresh_from_db()
    return report


def purged(owner: str = "440000") -> PurgeReport:
    """A report of what is due today, carried out."""
    report = approved(prepared(owner))
    purge()
    report.refresh_from_db()
    return report


def due(report: PurgeReport) -> dict[str, tuple[int, int]]:
    """How many of each class are due and how many held, of the classes that have any."""
    return {
        code: (count["due"], count["held"])
        for code, count in report.counts.items()
        if count["due"] or count["held"]
    }
