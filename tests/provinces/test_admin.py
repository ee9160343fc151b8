import pytest
from django.urls import reverse

from sojourn.core.actors import Role
from sojourn.provinces import models
from tests.factories.accounts import MembershipFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
SHOWN = [
    models.Division,
    models.DivisionSuccession,
    models.Member,
    models.Agreement,
    models.AgreedItem,
    models.CalendarYear,
    models.Holiday,
    models.ClimatePlace,
    models.Rule,
    models.ReferenceEdition,
]


@pytest.fixture
def officer():
    return sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)


def address(model, page: str, *args) -> str:
    return reverse(f"admin:provinces_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", SHOWN)
def test_an_officer_reads_lists_and_rows_and_changes_none(officer, model):
    row = model.objects.order_by("pk").first()

    assert officer.get(address(model, "changelist")).status_code == 200
    shown = officer.get(address(model, "change", row.pk))
    assert shown.status_code == 200
    assert 'name="_save"' not in shown.content.decode()
    assert officer.post(address(model, "change", row.pk), {"name": "x"}).status_code == 403
    assert officer.get(address(model, "add")).status_code == 403
    assert officer.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("q", ["440106", "天河", "tianhe", "thq", "天河區"])
def test_a_division_is_found_by_code_name_and_pinyin(officer, q):
    page = officer.get(address(models.Division, "changelist"), {"q": q}).content.decode()

    assert address(models.Division, "change", "440106") in page


def test_the_rules_show_value_source_period_and_how_well_they_are_known(officer):
    page = officer.get(
        address(models.Rule, "changelist"), {"q": "listing_publicity_months_most"}
    ).content.decode()

    assert all(word in page for word in ["36", "国家发展改革委令第36号", "2026年4月1日", "已核原文"])


def test_an_agreement_shows_parties_and_items(officer):
    row = models.Agreement.objects.get(code="sichuan_chongqing_civil_affairs")

    page = officer.get(address(models.Agreement, "change", row.pk)).content.decode()

    assert "四川省" in page
    assert "养老机构设立备案川渝通办" in page
