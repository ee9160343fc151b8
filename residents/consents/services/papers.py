"""The scan of a paper stands beside what was said by it."""

from residents.consents import scans
from residents.consents.errors import ScanMissing
from residents.consents.models import Consent, Mandate
from residents.consents.services.terms import Saying
from residents.consents.states import Channel
from sojourn.core.actors import Actor
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload, keep_file, replace_file


def refuse_unscanned(saying: Saying, scan: Upload | None, kind: str) -> None:
    """What is shown at the counter is there to be scanned."""
    if scan is None and saying.channel == Channel.COUNTER:
        raise ScanMissing(paper=scans.CALLED[kind])


def keep_paper(row: Mandate | Consent, scan: Upload, actor: Actor) -> None:
    """The scan is kept with its row; one that stood there before is destroyed for it."""
    paper = scans.paper_of(row)
    before = StoredFile.objects.of(paper.kind, paper.id).kept().first()
    if before is not None:
        replace_file(file_id=before.pk, upload=scan, actor=actor)
    else:
        keep_file(owner=paper, member=row.owner, upload=scan, actor=actor)
