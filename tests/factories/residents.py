"""Residents and what was opened of them; invented, their identity numbers of the range that was never issued."""

from datetime import date, datetime
from uuid import uuid4

import factory

from residents.registry.facts import ResidentFacts
from residents.registry.models import Access, Resident
from residents.registry.services import register_resident
from residents.registry.states import Ground, HolderKind, PrivateField
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import SHANGHAI
from sojourn.core.identifiers import sample_identity

BORN = date(1948, 3, 9)
FACTS = {
    "name",
    "identity_number",
    "birth_on",
    "sex",
    "phone",
    "contact_name",
    "contact_phone",
    "dialect",
    "diets",
    "mobility",
    "benefit_category",
    "whereabouts_protected",
}


class ResidentFactory(factory.django.DjangoModelFactory):
    """A woman at home in a county of Guangzhou, with everything that is private about her.

    She is registered by the verb: there is no other way to a key of her own.
    """

    class Meta:
        model = Resident

    home_division_code = "440106"
    name = "单雪雁"
    identity_number = factory.Sequence(lambda n: sample_identity(2 * n, BORN))
    phone = factory.Sequence(lambda n: f"0000{n:07d}")
    contact_name = "仇归林"
    contact_phone = factory.Sequence(lambda n: f"0009{n:07d}")
    is_sample = True
    whereabouts_protected = False

    @classmethod
    def _create(cls, model_class, *args, **kwargs) -> Resident:
        facts = ResidentFacts(**{name: kwargs.pop(name) for name in FACTS & set(kwargs)})
        return register_resident(facts=facts, actor=SYSTEM, **kwargs)


class AccessFactory(factory.django.DjangoModelFactory):
    """A facility may be shown name and phone for half a year, by consent."""

    class Meta:
        model = Access

    class Params:
        to_user = factory.Trait(holder_kind=HolderKind.USER)
        over = factory.Trait(ends_at=datetime(2026, 2, 1, tzinfo=SHANGHAI))

    resident = factory.SubFactory(ResidentFactory)
    holder_kind = HolderKind.FACILITY
    holder_id = factory.LazyFunction(uuid4)
    fields = factory.LazyFunction(lambda: [PrivateField.NAME, PrivateField.PHONE])
    ground = Ground.CONSENT
    article = "个人信息保护法第十三条第一款第（一）项"
    opens_at = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    ends_at = datetime(2100, 1, 1, tzinfo=SHANGHAI)
