from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from providers.designation.models import Base, Batch, Scheme
from sojourn.core.actors import Role
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.designation import BaseFactory, BatchFactory
from tests.factories.facilities import FacilityFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
LIST_VERBS = [("scheme", "register"), ("batch", "announce"), ("base", "designate")]


def officer_of(division_code: str) -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code=division_code)
    return sign_in(user)


@pytest.fixture
def officer() -> Client:
    return officer_of("440000")


def verb(model: str, name: str, base: Base | None = None) -> str:
    return reverse(f"admin:designation_{model}_{name}", args=[base.pk] if base else [])


def test_an_officer_lists_the_bases_of_her_reach(officer):
    base, elsewhere = BaseFactory(), BaseFactory(facility=FacilityFactory(open=True, division_id="230103"))

    page = officer.get(reverse("admin:designation_base_changelist")).content.decode()

    assert "樵晋老龄家园" in page
    assert base.number in page
    assert elsewhere.number not in page


def test_she_finds_a_base_by_initials(officer):
    page = officer.get(reverse("admin:designation_base_changelist"), {"q": "qjlljy"}).content.decode()

    assert "樵晋老龄家园" in page
    assert "揭阳市聚龙湾护理院" not in page


@pytest.mark.parametrize("model", ["scheme", "batch", "base", "reportedcount"])
def test_every_list_and_page_of_the_room_stands(officer, model):
    changelist = officer.get(reverse(f"admin:designation_{model}_changelist"))
    row = changelist.context["cl"].queryset.first()

    page = officer.get(reverse(f"admin:designation_{model}_change", args=[row.pk]))

    assert changelist.status_code == page.status_code == 200


@pytest.mark.parametrize(("model", "name"), LIST_VERBS)
def test_the_verbs_are_the_provincial_bureaus(officer, model, name):
    county = officer_of("440106")

    assert officer.get(verb(model, name)).status_code == 200
    assert county.get(verb(model, name)).status_code == 403
    assert (
        verb(model, name) not in county.get(reverse(f"admin:designation_{model}_changelist")).content.decode()
    )


def test_a_scheme_a_list_and_a_base_are_put_on_record_by_form(officer):
    facility = FacilityFactory(open=True)
    officer.post(
        verb("scheme", "register"),
        {"member": "440000", "name": "样例方案", "edition": "2026", "source": "样例"},
    )
    scheme = Scheme.objects.get(name="样例方案")
    officer.post(
        verb("batch", "announce"),
        {
            "scheme": scheme.pk,
            "ordinal": 1,
            "announced_on": "2026-06-30",
            "announced_by": "样例民政厅",
            "source": "样例",
        },
    )
    batch = Batch.objects.get(scheme=scheme)

    answer = officer.post(
        verb("base", "designate"),
        {
            "facility": facility.number,
            "batch": batch.pk,
            "listed_number": 1,
            "listed_name": "汀鹭颐养院",
            "designated_on": "2026-06-30",
        },
    )

    base = Base.objects.get(facility=facility)
    assert answer.url == reverse("admin:designation_base_change", args=[base.pk])
    assert (base.batch, base.listed_name, base.plaque_number, base.valid_to) == (
        batch,
        "汀鹭颐养院",
        None,
        None,
    )


def test_a_refused_designation_is_printed_and_leaves_nothing(officer):
    live = BaseFactory()
    batch = BatchFactory(scheme=live.scheme)

    answer = officer.post(
        verb("base", "designate"),
        {
            "facility": live.facility.number,
            "batch": batch.pk,
            "listed_number": 1,
            "listed_name": "汀鹭颐养院",
            "designated_on": "2026-06-30",
        },
    )

    assert "已是示范基地" in answer.content.decode()
    assert Base.objects.filter(facility=live.facility).count() == 1


def test_a_base_is_withdrawn_by_form_with_its_reason(officer):
    base = BaseFactory()

    officer.post(verb("base", "withdraw", base), {"reason": "停业"})

    kept = Base.objects.get(pk=base.pk)
    assert (kept.status, kept.withdrawal_reason) == ("withdrawn", "停业")
    page = officer.get(reverse("admin:designation_base_change", args=[base.pk])).content.decode()
    assert verb("base", "withdraw", base) not in page


def test_a_validity_that_ran_out_is_expired_by_form(officer):
    base, open_ended = BaseFactory(valid_to=date(2026, 6, 30)), BaseFactory()

    officer.post(verb("base", "expire", base))

    assert Base.objects.get(pk=base.pk).status == "expired"
    assert officer.post(verb("base", "expire", open_ended)).status_code == 403
