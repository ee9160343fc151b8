"""Counter and telephone: officers write down what residents said."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from residents.consents import services
from residents.consents.models import Consent, Extract, LegalShare, Mandate, Match, Reading
from residents.consents.services import Receiver
from residents.registry.models import Resident
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import local, now, today
from sojourn.desk.models import Proposal
from tests.accounts.telephone import user_of
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.consents import BY_TELEPHONE, a_consent, a_legal_share, a_mandate
from tests.factories.facilities import FacilityFactory
from tests.factories.files import PDF
from tests.factories.residents import ResidentFactory
from tests.residents.actors import family
from tests.residents.consents.exchange import a_grant
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
DAY = (today() + timedelta(days=30)).isoformat()


@pytest.fixture
def officer():
    return sign_in(MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code="440106").user)


def test_a_consent_said_by_telephone_is_written_down_with_each_sensitive_fact_by_itself(officer):
    resident = ResidentFactory()
    said = {
        "resident_number": resident.number,
        "purpose": "check_in",
        "fields_asked": ["name", "mobility"],
        "receiver_kind": "member",
        "member": "500000",
        "expires_on": DAY,
        "channel": "telephone",
        "proof": "录音1",
        "by": "resident",
    }
    address = reverse("admin:consents_consent_give")

    refused = officer.post(address, said)
    answer = officer.post(address, {**said, "separate": ["mobility"]})

    assert "行动情况" in refused.content.decode()
    assert answer.status_code == 302
    assert Consent.objects.get().separate_fields == ["mobility"]


@pytest.mark.parametrize("form", ["consent_give", "legalshare_share", "mandate_give"])
def test_nothing_is_chosen_beforehand_for_the_officer_at_the_counter(officer, form):
    page = officer.get(reverse(f"admin:consents_{form}")).content.decode().partition('id="content-main"')[2]

    chosen = re.findall(r"<option value=\"([^\"]*)\" selected", page)
    lists = re.findall(r"<select.*?</select>", page, re.DOTALL)

    assert lists
    assert all('<option value="">请选择</option>' in each or 'value="" selected' in each for each in lists)
    assert not any(chosen)


def test_provinces_are_picked_by_name_and_laws_told_apart_by_what_they_are_for(officer):
    given = officer.get(reverse("admin:consents_consent_give")).content.decode()
    shared = officer.get(reverse("admin:consents_legalshare_share")).content.decode()

    for page in (given, shared):
        assert '<option value="500000">重庆市</option>' in page
    laws = re.findall(r"<option value=\"\w+_duty\">(.+?)</option>", shared)
    assert len(set(laws)) == len(laws) == 2


def test_what_she_was_told_of_is_named_in_the_trail_of_her_registration(officer):
    consent = a_consent(ResidentFactory(phone="10055500077"))

    trail = officer.get(reverse("admin:registry_resident_history", args=[consent.resident_id]))

    assert "告知本人：同意已登记" in trail.content.decode()
    assert "consent_given" not in trail.content.decode()


def test_a_consent_is_withdrawn_at_the_counter_without_a_reason(officer):
    consent = a_consent()

    page = officer.get(reverse("admin:consents_consent_change", args=[consent.pk])).content.decode()
    answer = officer.post(
        reverse("admin:consents_consent_withdraw", args=[consent.pk]), {"channel": "counter", "proof": "柜1"}
    )

    assert "撤回同意" in page
    assert "重庆市民政部门" in page
    assert answer.status_code == 302
    assert Consent.objects.get().status == "withdrawn"


def test_a_withdrawal_is_overridden_by_a_proposal_alone(officer):
    consent = a_consent(purpose="emergency", fields=("name",), separate=())
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    answer = officer.post(
        reverse("admin:consents_consent_override", args=[consent.pk]),
        {"ground": "emergency", "reason": "走失", "notice": "短信1", "expires_on": DAY},
    )

    assert answer.status_code == 302
    assert Proposal.objects.get().reason == "走失"
    assert not LegalShare.objects.exists()


def test_a_sharing_by_law_and_a_mandate_are_written_down(officer):
    resident = ResidentFactory()
    officer.post(
        reverse("admin:consents_legalshare_share"),
        {
            "resident_number": resident.number,
            "purpose": "emergency",
            "fields_asked": ["name"],
            "receiver_kind": "member",
            "member": "500000",
            "expires_on": DAY,
            "ground": "emergency",
            "reason": "走失",
            "notice": "短信1",
        },
    )
    officer.post(
        reverse("admin:consents_mandate_give"),
        {
            "resident_number": resident.number,
            "phone": "100 1234 5678",
            "phone_again": "10012345678",
            "may_see": ["name"],
            "may_do": ["book"],
            "expires_on": DAY,
            "channel": "counter",
            "proof": "柜2",
            "file": SimpleUploadedFile("x.pdf", PDF),
        },
    )

    assert LegalShare.objects.get().status == "live"
    assert Mandate.objects.get().agent == user_of("10012345678")


@pytest.mark.parametrize("make", [a_consent, a_legal_share, lambda: a_mandate(family())])
def test_another_countys_officer_finds_nothing(make):
    row = make()
    client = sign_in(MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code="500112").user)
    name = f"admin:consents_{row._meta.model_name}"

    listed = client.get(reverse(f"{name}_changelist")).content.decode()
    answer = client.get(reverse(f"{name}_change", args=[row.pk]))

    assert row.resident.number not in listed
    assert answer.status_code == 302


@pytest.mark.parametrize("make", [a_consent, a_legal_share, lambda: a_mandate(family())])
def test_lists_rows_and_their_past_open(officer, make):
    row = make()
    name = f"admin:consents_{row._meta.model_name}"

    for address in (
        reverse(f"{name}_changelist"),
        reverse(f"{name}_change", args=[row.pk]),
        reverse(f"{name}_history", args=[row.pk]),
    ):
        page = officer.get(address)
        assert page.status_code == 200
        assert row.resident.name not in page.content.decode()


@pytest.mark.parametrize("make", [a_consent, a_legal_share, lambda: a_mandate(family())])
def test_of_the_end_the_day_is_told_and_no_hour_at_which_nothing_happens(officer, make):
    row = make()
    last = local(row.expires_at)

    page = officer.get(reverse(f"admin:consents_{row._meta.model_name}_change", args=[row.pk]))

    assert f"{last.year}年{last.month}月{last.day}日</" in re.sub(r"\s", "", page.content.decode())


def an_extract():
    """What 渝 shared of a resident with 粤, under a grant."""
    a_grant("500000", "440000")
    resident = ResidentFactory(home_division_code="500112")
    consent = a_consent(resident, receiver=Receiver("member", "440000"))
    return Extract.objects.get(pk=consent.pk)


def officer_of(division: str, role: Role = Role.OFFICER):
    return sign_in(MembershipFactory(user=UserFactory(), role=role, division_code=division).user)


@pytest.mark.django_db(transaction=True)
def test_an_extract_stands_masked_and_is_read_by_the_verb_that_tells_her_home():
    extract, client = an_extract(), officer_of("440000")
    name = "admin:consents_extract"

    listed = client.get(reverse(f"{name}_changelist")).content.decode()
    page = client.get(reverse(f"{name}_change", args=[extract.pk])).content.decode()
    answer = client.post(
        reverse(f"{name}_read", args=[extract.pk]), {"fields_asked": ["name"], "case": "粤1"}
    )

    assert extract.resident_number in listed
    assert "单**" in page
    assert "单雪雁" not in page + listed
    assert "单雪雁" in answer.content.decode()
    assert "样例数据" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert Reading.objects.get().home == "500000"


def test_a_county_of_the_receiving_member_has_no_extracts_that_are_for_the_whole():
    extract, client = an_extract(), officer_of("440106")

    answer = client.get(reverse("admin:consents_extract_change", args=[extract.pk]))

    assert answer.status_code == 302


def test_auditors_see_who_of_their_member_looked():
    client = officer_of("440000", Role.AUDITOR)

    assert client.get(reverse("admin:consents_reading_changelist")).status_code == 200


@pytest.mark.parametrize("make", [a_consent, a_legal_share, lambda: a_mandate(family())])
def test_what_stands_about_an_invented_person_says_so(officer, make):
    row = make()
    name = f"admin:consents_{row._meta.model_name}"

    listed = officer.get(reverse(f"{name}_changelist")).content.decode()
    page = officer.get(reverse(f"{name}_change", args=[row.pk])).content.decode()

    assert row.resident.is_sample
    assert re.search(r'field-of_sample[^>]*><img[^>]*alt="True"', listed)
    assert "样例数据" in page


def a_match(disposition: str = "open") -> Match:
    """A pair of marks as 粤 sees it, of which 渝 said something."""
    ours, theirs, at = uuid4(), uuid4(), now()
    said = {"found_at": at, "disposition": disposition, "disposed_at": None if disposition == "open" else at}
    Match.objects.create(owner="500000", other="440000", ours=theirs, theirs=ours, **said)
    resident = ResidentFactory().pk
    return Match.objects.create(
        owner="440000", other="500000", ours=ours, theirs=theirs, found_at=at, resident=resident
    )


def test_a_match_tells_both_sides_and_costs_the_same_alone_and_among_many():
    client, address = officer_of("440000"), reverse("admin:consents_match_changelist")
    found = a_match("same_person")
    client.get(address)
    with CaptureQueriesContext(connection) as alone:
        page = client.get(address).content.decode()
    for _ in range(9):
        a_match()

    with CaptureQueriesContext(connection) as among_many:
        client.get(address)

    assert "核实为同一人" in page
    assert 'field-of_sample"><img' in page
    ours = Resident.objects.get(pk=found.resident).number
    one = client.get(reverse("admin:consents_match_change", args=[found.pk])).content.decode()
    assert f"{ours} – 重庆市" in one
    assert len(among_many) == len(alone)


@pytest.mark.parametrize("make", [a_consent, a_legal_share])
def test_a_list_costs_the_same_however_many_receivers_it_names(make):
    client = officer_of("440000")

    def one_more(number: int) -> None:
        facility = FacilityFactory(division_id="440106", listed_name=f"松鹤{number}院", is_sample=True)
        make(receiver=Receiver("facility", id=facility.pk))
        make()

    one_more(0)
    address = reverse(f"admin:consents_{make()._meta.model_name}_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as of_few:
        client.get(address)
    for number in range(1, 6):
        one_more(number)

    with CaptureQueriesContext(connection) as of_many:
        page = client.get(address).content.decode()

    assert all(f"松鹤{number}院（样例）" in page for number in range(6))
    assert page.count("重庆市民政部门") == 7
    assert len(of_many) == len(of_few)


@pytest.mark.django_db(transaction=True)
def test_of_an_extract_only_what_it_holds_is_offered_to_be_read():
    extract, client = an_extract(), officer_of("440000")
    address = reverse("admin:consents_extract_read", args=[extract.pk])

    form = client.get(address).context["form"]
    answer = client.post(address, {"fields_asked": ["diets"], "case": "粤1"})

    offered = [code for code, _label in form.fields["fields_asked"].choices]
    assert offered == ["name", "identity_number", "phone"]
    assert answer.context["form"].errors.keys() == {"fields_asked"}
    assert not Reading.objects.exists()


def test_the_pages_of_a_mandate_say_who_lets_whom_act_both_masked(officer):
    mandate = a_mandate(family(), ResidentFactory(name="单雪雁"), phone="10012345678")
    name = "admin:consents_mandate"

    pages = [
        officer.get(reverse(f"{name}_{page}", args=[mandate.pk])).content.decode()
        for page in ("change", "history", "withdraw")
    ]

    for page in pages:
        assert "单**委托100******78" in page.partition("</title>")[0]
        assert "单**委托100******78" in page.partition("</title>")[2]
        assert "单雪雁" not in page
        assert "10012345678" not in page
        assert mandate.agent.username not in page


def test_the_list_of_mandates_costs_the_same_however_many_agents_it_names(officer):
    address = reverse("admin:consents_mandate_changelist")
    a_mandate(family()), a_mandate(family())
    officer.get(address)
    with CaptureQueriesContext(connection) as of_two:
        officer.get(address)
    for _ in range(10):
        a_mandate(family())

    with CaptureQueriesContext(connection) as of_twelve:
        page = officer.get(address).content.decode()

    assert page.count("100******") == 12
    assert len(of_twelve) == len(of_two)
