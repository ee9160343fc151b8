"""An officer with a tablet and no scripts registers several telephones and contacts, and takes one away again."""

import pytest

from residents.registry.models import Resident
from residents.registry.services import masked_facts_of
from sojourn.core.identifiers import sample_identity
from tests.factories.residents import BORN
from tests.journeys.test_officer import officer, sign_in  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET = {"width": 820, "height": 1180}
LEAST = 40


def test_rows_open_one_by_one_and_an_emptied_one_is_left_out(visit, officer):  # noqa: F811
    page = visit("/admin/registry/resident/register/", viewport=TABLET, scripts=False)
    sign_in(page, officer[1])
    page.get_by_label("姓名", exact=False).first.fill("单雪雁")
    page.get_by_label("身份证号码").fill(sample_identity(4, BORN))
    page.get_by_label("第1个号码").fill("10055500041")
    page.get_by_text("第2个号码").click()
    page.get_by_label("第2个号码").fill("10055500042")
    for n, (relation, name, phone) in enumerate(
        [("子女", "仇归林", "10055500043"), ("配偶", "区冼秋", "10055500044")], start=1
    ):
        if n > 1:
            page.get_by_text(f"第{n}位联系人").click()
        row = page.get_by_role("group", name=f"第{n}位联系人")
        row.get_by_label("与老年人的关系").select_option(relation)
        row.get_by_label("姓名").fill(name)
        row.get_by_label("电话").fill(phone)
        first, last = (row.get_by_label(label).bounding_box() for label in ("与老年人的关系", "电话"))
        assert (first["y"], last["height"] >= LEAST) == (last["y"], True)
    assert page.locator(".verb-rows summary").first.bounding_box()["height"] >= LEAST
    page.get_by_label("第2个号码").fill("")

    page.get_by_role("button", name="登记老年人").click()

    facts = {field.value: fact.plain for field, fact in masked_facts_of(Resident.objects.get()).items()}
    assert facts["phone"] == "10055500041"
    assert facts["contact_name"] == "仇归林（子女）、区冼秋（配偶）"
    assert facts["contact_phone"] == "10055500043、10055500044"
