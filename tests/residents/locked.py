"""One of everything that a key of a node's keyring locks, and what each of them says when it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from residents.consents import envelopes
from residents.consents.models import Extract
from residents.registry import services
from residents.registry.models import ImportBatch, LinkRequest, Resident
from residents.registry.services import apply_import, confirm_import, find_by_identity, masked_facts_of
from residents.registry.services.asking_links import matching
from residents.registry.states import PrivateField
from sojourn.accounts.services import ask_code, open_by_code, open_family_account, phone_of
from sojourn.accounts.services.families import asked_phone
from sojourn.accounts.states import CodeWay
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.core.identifiers import sample_identity
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload, read_file
from sojourn.messages.models import Message
from sojourn.messages.services import put_message
from tests.accounts.telephone import last_code, words_of
from tests.factories.consents import a_consent
from tests.factories.files import PDF
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.registry.families import family_member, proven
from tests.residents.spreadsheets import checked, person, states

NAME, PHONE, WORDS = "单雪雁", "0000-0000210", "明天上午十点请来一趟。"


@dataclass
class Household:
    """A resident, who asks to be linked to her with a scan, a code, a message, a sheet and a sharing that wait."""

    seed: int
    resident: Resident = field(init=False)
    request: LinkRequest = field(init=False)
    batch: ImportBatch = field(init=False)

    def __post_init__(self) -> None:
        phone = f"1001{self.seed:07d}"
        self.identity, self.phone = sample_identity(self.seed, BORN), phone
        self.officer, self.daughter = staff("44"), family_member(phone)
        self.resident = ResidentFactory(identity_number=self.identity, name=NAME, phone=PHONE)
        said = proven("child", reference="簿7")
        self.request = services.ask_link(
            name=NAME,
            identity_number=self.identity,
            proven=said,
            scan=Upload("a.pdf", PDF),
            actor=self.daughter,
        )
        self.batch = checked([person(self.seed + 2 * n) for n in range(1, 4)], self.officer)
        self.extract = a_consent(self.resident).pk
        self.message = put_message(
            kind="text", topic="request_decided", recipient=phone, body=WORDS, expires_at=now() + timedelta(1)
        )
        self.code_id = ask_code(phone=phone, way=CodeWay.TEXT, address="").code_id
        self.code = last_code(phone)

    def readings(self) -> dict[str, tuple[Callable[[], object], object]]:
        """What each thing says now, and what it should."""
        return {
            "identity": (lambda: _plain(self.resident, PrivateField.IDENTITY_NUMBER), self.identity),
            "found": (lambda: _found(self), True),
            "account": (
                lambda: (
                    phone_of(self.daughter.user_id),
                    open_family_account(phone=self.phone, actor=SYSTEM).pk,
                ),
                (self.phone, self.daughter.user_id),
            ),
            "request": (lambda: _matching(self), self.resident.pk),
            "scan": (lambda: _scan(self), PDF),
            "shared": (lambda: _shared(self), {"name": NAME, "identity_number": self.identity}),
            "message": (lambda: words_of(Message.objects.get(pk=self.message.pk)), WORDS),
            "code": (lambda: asked_phone(self.code_id), self.phone),
        }

    def differing(self) -> dict[str, object]:
        """What does not say what it should; empty where all of it does."""
        found = {name: read() for name, (read, _should) in self.readings().items()}
        return {name: said for name, said in found.items() if said != self.readings()[name][1]}

    def finished(self) -> bool:
        """Whether what waited can still be ended: she signs in by her code, and her sheet is written."""
        user = open_by_code(code_id=self.code_id, code=self.code, address="")
        confirm_import(batch_id=self.batch.pk, actor=self.officer)
        apply_import(batch_id=self.batch.pk)
        return user.pk == self.daughter.user_id and set(states(self.batch).values()) == {"registered"}


def _plain(resident: Resident, private: PrivateField) -> str:
    return masked_facts_of(Resident.objects.get(pk=resident.pk))[private].plain


def _found(household: Household) -> bool:
    return find_by_identity(identity_number=household.identity, actor=household.officer) is not None


def _matching(household: Household):
    return matching(LinkRequest.objects.get(pk=household.request.pk), household.officer).pk


def _scan(household: Household) -> bytes:
    row = StoredFile.objects.get(owner_id=household.request.pk)
    return read_file(file_id=row.pk, actor=household.officer)[1]


def _shared(household: Household) -> dict[str, str]:
    row = Extract.objects.get(pk=household.extract)
    return envelopes.opened(row, ["name", "identity_number"])
