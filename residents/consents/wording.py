"""What is opened of a resident, in sentences that she and the officers read alike."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from providers.facilities.models import Facility
from residents.consents import facts
from residents.consents.models import Basis, Consent, Mandate
from residents.consents.states import AgentAct, ConsentStatus, ReceiverKind
from residents.registry.states import Purpose
from sojourn.accounts.models import SignInPhone, User
from sojourn.accounts.services import masked_phone
from sojourn.core.clock import local
from sojourn.core.masking import mask_name
from sojourn.provinces.models import Member
from sojourn.web.templatetags.shown import listed, written_day

# A facility's name and whether it is a sample; None where there is none.
Named = tuple[str | None, bool | None]


def receivers_of(bases: Iterable[Basis], *, places_hidden: bool) -> dict[object, str]:
    """What the receiver of each basis is called, by the id of the basis; a person's account has no name here.

    With places hidden no facility has one either (decision 0064).
    """
    bases = list(bases)
    named = [
        each.receiver_id
        for each in bases
        if each.receiver_kind == ReceiverKind.FACILITY and each.receiver_id and not places_hidden
    ]
    rows = Facility.objects.filter(pk__in=named).values_list("pk", "listed_name", "is_sample")
    facilities: dict[object, Named] = {pk: (name, is_sample) for pk, name, is_sample in rows}
    members = dict(Member.objects.values_list("pk", "division__name"))
    return {
        each.pk: receiver_in_words(
            each, facilities.get(each.receiver_id, (None, None)), members.get(each.receiver_member)
        )
        for each in bases
    }


def receiver_in_words(basis: Basis, facility: Named, member: str | None) -> str:
    """The receiver by its kind: a facility's name with its mark, a member's; None where there is no such row."""
    match basis.receiver_kind:
        case ReceiverKind.FACILITY:
            name, is_sample = facility
            marked = _("{name}（样例）").format(name=name) if is_sample else name
            return marked or _("一家养老机构")
        case ReceiverKind.MEMBER:
            return _("{province}民政部门").format(province=member or basis.receiver_member)
    return _("一个个人账号")


def sentence_of(basis: Basis, receiver: str) -> str:
    """Who may see what, for what and until when."""
    return _("{receiver}可以查看{fields}，用途：{purpose}，到{day}为止").format(
        receiver=receiver,
        fields=facts.labels(basis.fields),
        purpose=Purpose(basis.purpose).label,
        day=written_day(local(basis.expires_at)),
    )


def over_in_words(consent: Consent, receiver: str) -> str:
    """Who could see what, for what, and how and when that ended."""
    assert consent.ended_at is not None
    return _("{receiver}曾可以查看{fields}，用途：{purpose}。{status}，{day}").format(
        receiver=receiver,
        fields=facts.labels(consent.fields),
        purpose=Purpose(consent.purpose).label,
        status=ConsentStatus(consent.status).label,
        day=written_day(local(consent.ended_at or consent.expires_at)),
    )


def agent_called(agent: User) -> str:
    """An agent as the staff read her: the ends of her telephone, or of her name where she signs in otherwise."""
    kept: SignInPhone | None = getattr(agent, "phone", None)
    return masked_phone(kept) if kept is not None else mask_name(agent.name) or agent.username


def agent_with(user_id: str) -> str:
    """The same, by the id of her account."""
    return agent_called(User.objects.select_related("phone").get(pk=user_id))


def mandate_between(mandate: Mandate) -> str:
    """Who lets whom act for her, both masked."""
    principal = mask_name(mandate.resident.name) or mandate.resident.number
    return _("{principal}委托{agent}").format(principal=principal, agent=agent_called(mandate.agent))


def mandate_in_words(mandate: Mandate) -> str:
    """How far a mandate goes and until when; the agent has no name here."""
    return _("一位代理人可以{acts}，可查看{fields}，到{day}为止").format(
        acts=listed([AgentAct(act).label for act in mandate.may_do]),
        fields=facts.labels(mandate.may_see) or _("基本登记情况"),
        day=written_day(local(mandate.expires_at)),
    )
