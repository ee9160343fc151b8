"""Rules, instruments and divisions beside the loaded ones, for tests that need another."""

from datetime import date
from uuid import uuid4

import factory

from sojourn.provinces.models import Agreement, Division, Holiday, Member, Party, Rule
from sojourn.provinces.states import (
    AgreementKind,
    AgreementStatus,
    DatePrecision,
    DivisionKind,
    DivisionLevel,
    HolidayKind,
    PartyKind,
    RuleFlag,
)


class DivisionFactory(factory.django.DjangoModelFactory):
    """A county of 广州 that the code table does not know."""

    class Meta:
        model = Division

    code = factory.Sequence(lambda n: f"4401{50 + n % 30}")
    level = DivisionLevel.COUNTY
    kind = DivisionKind.UNIT
    name = factory.Sequence(lambda n: f"样例{n}区")
    short_name = factory.Sequence(lambda n: f"样例{n}")
    parent_id = "440100"
    province_code = "440000"
    city_code = "440100"
    edition = "2024-03"


class MemberFactory(factory.django.DjangoModelFactory):
    """湖北, which is no member, as a twelfth one."""

    class Meta:
        model = Member

    code = "420000"
    division_id = factory.SelfAttribute("code")
    name = "湖北省"
    short = "鄂"
    position = 12


class AgreementFactory(factory.django.DjangoModelFactory):
    """An instrument signed on a day; traits for dates that are known less well."""

    class Meta:
        model = Agreement

    class Params:
        undated = factory.Trait(signed_on=None, signed_precision=DatePrecision.NOT_REPORTED)

    id = factory.LazyFunction(uuid4)
    code = factory.Sequence(lambda n: f"sample_{n}")
    name = factory.Sequence(lambda n: f"样例协议{n}")
    kind = AgreementKind.AGREEMENT
    status = AgreementStatus.SIGNED
    signed_on = date(2021, 11, 15)
    signed_precision = DatePrecision.DAY
    source = "样例"


class PartyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Party

    agreement = factory.SubFactory(AgreementFactory)
    division_id = "440000"
    kind = PartyKind.BUREAU
    position = 1


class HolidayFactory(factory.django.DjangoModelFactory):
    """A day off of 2027, whose notice nobody has seen."""

    class Meta:
        model = Holiday

    day = date(2027, 2, 8)
    calendar_id = 2027
    kind = HolidayKind.OFF
    festival = "春节"


class RuleFactory(factory.django.DjangoModelFactory):
    """A general rule without limits of time; give it a member, an agreement, a period."""

    class Meta:
        model = Rule

    key = "sample_days"
    label = "样例期限"
    value = 10
    unit = "个工作日"
    source = "样例"
    edition = "2026"
    flag = RuleFlag.ASSUMED
