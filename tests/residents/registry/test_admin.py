import re
from datetime import date
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from residents.registry.admin import about
from residents.registry.models import Disclosure, Resident
from residents.registry.services import correct_resident, erase_resident, record_death
from sojourn.accounts.models import Session
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from sojourn.web import discreet
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import final
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.web.signing_in import sign_in
from tests.web.sweeping import ROLES, client_of

pytestmark = pytest.mark.django_db
NUMBER = sample_identity(60, BORN)
LIST = "admin:registry_resident_changelist"
VERBS = ("reveal", "correct", "record-death")
SENSITIVE = ("软食", "清真", "长期卧床", "特困人员")


def client(role: Role = Role.OFFICER, division: str = "440106", *, second_factor: bool = True) -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=role, division_code=division)
    return sign_in(user, second_factor=second_factor)


@pytest.fixture
def officer() -> Client:
    return client()


@pytest.fixture
def resident() -> Resident:
    return ResidentFactory(
        name="单雪雁",
        identity_number=NUMBER,
        phone="0000-0000001",
        diets=["soft", "halal"],
        mobility="bedridden",
        benefit_category="destitute",
    )


def page_of(resident: Resident, name: str = "change") -> str:
    return reverse(f"admin:registry_resident_{name}", args=[resident.pk])


def text(answer) -> str:
    return answer.content.decode()


def test_her_list_shows_masked_names_and_no_number_of_anybody(officer, resident):
    elsewhere = ResidentFactory(home_division_code="440300", name="白岭")

    with frozen(date(2026, 11, 22)):
        page = text(officer.get(reverse(LIST)))

    assert "单**" in page
    assert "78岁" in page
    assert "天河区" in page
    assert resident.number in page
    assert elsewhere.number not in page
    for hidden in ("单雪雁", "1948", NUMBER, "00000000001"):
        assert hidden not in page


def test_her_page_leads_to_the_lists_about_her_and_to_what_is_begun_there(officer, resident):
    final(resident)
    final()

    page = text(officer.get(page_of(resident)))

    narrowed = f"{reverse('admin:assessments_assessment_changelist')}?q={resident.number}"
    assert f'<a href="{narrowed}">能力评估</a> <strong>1</strong>' in page
    begun = f"{reverse('admin:consents_consent_give')}?resident_number={resident.number}"
    assert f'<a href="{begun}">登记同意</a>' in page
    assert text(officer.get(narrowed)).count(resident.number)
    assert f'value="{resident.number}"' in text(officer.get(begun))


def test_nothing_is_begun_about_one_who_died(officer, resident):
    record_death(resident_id=resident.pk, died_on=date(2026, 1, 2), actor=SYSTEM)

    page = text(officer.get(page_of(resident)))

    assert "有关记录" in page
    assert reverse("admin:consents_consent_give") not in page


@pytest.mark.parametrize("model", about._lists, ids=lambda model: model.__name__)
def test_every_list_to_which_a_resident_leads_is_searched_by_her_number(model):
    searched = admin.site._registry[model].search_fields

    assert {"=resident__number", "=resident__merged_into__number"} <= set(searched)


@pytest.mark.parametrize("q", ["单雪", "shanxue", "sxy"])
def test_she_finds_a_resident_by_name_pinyin_initials(officer, resident, q):
    other = ResidentFactory(name="白岭")

    page = text(officer.post(reverse(LIST), {"q": q}))

    assert resident.number in page
    assert other.number not in page


def test_she_finds_a_resident_by_our_number(officer, resident):
    other = ResidentFactory(name="白岭")

    page = text(officer.post(reverse(LIST), {"q": resident.number}))

    assert "单**" in page
    assert other.number not in page


def test_what_is_typed_into_the_search_stands_in_no_address(officer, resident):
    ResidentFactory(name="单雪燕", sex="male", identity_number=sample_identity(61, BORN))

    found = officer.post(reverse(LIST) + "?sex__exact=female&o=1", {"q": "单雪"})
    named = officer.get(reverse(LIST), {"q": "单雪", "sex__exact": "female"})
    workbench = text(officer.get(reverse("admin:index")))

    links = re.findall('(?:href|action)="([^"]*)"', text(found))
    assert resident.number in text(found)
    assert "共 1 条" in text(found)
    assert not [link for link in links if "单" in unquote(link) or "q=" in link]
    assert named.status_code == 302
    assert named.url == reverse(LIST) + "?sex__exact=female"
    assert re.search(f'method="post" action="{reverse(LIST)}" role="search"', workbench)


def test_a_search_that_finds_many_shows_the_first_and_says_so(officer, monkeypatch):
    monkeypatch.setattr(discreet, "FOUND_AT_MOST", 2)
    ResidentFactory.create_batch(3)

    page = text(officer.post(reverse(LIST), {"q": "单雪"}))

    assert page.count("单**") == 2
    assert "只显示前 2 条" in page


def test_her_form_offers_the_counties_of_her_reach_by_name():
    county = text(client().get(reverse("admin:registry_resident_register")))
    province = text(client(division="440000").get(reverse("admin:registry_resident_register")))

    assert '<option value="440106">天河区</option>' in county
    assert county.count('<option value="44') == 1
    assert '<optgroup label="广东省广州市">' in province
    assert '<option value="441900">东莞市</option>' in province
    assert 'value="440100"' not in province
    assert 'value="230103"' not in province


def test_the_page_of_a_resident_is_masked(officer, resident):
    page = text(officer.get(page_of(resident)))

    for shown in (
        "单**",
        "1948-**-**",
        NUMBER[:3] + "*" * 13 + NUMBER[-2:],
        "000******01",
        "仇**",
    ):
        assert shown in page
    assert page.count("（受保护）") == 3
    for hidden in ("单雪雁", "1948-03-09", NUMBER, "00000000001", "仇归林", "v1.", *SENSITIVE):
        assert hidden not in page
    for name in VERBS:
        assert page_of(resident, name) in page


def test_a_name_is_shown_in_its_own_characters_in_traditional_script_too(officer, resident):
    officer.cookies["language"] = "zh-hant"

    page = text(officer.get(reverse(LIST)))

    assert "單**" not in page
    assert '<span translate="no">单**</span>' in page
    assert "戶籍所在地區" in page


@pytest.mark.parametrize("answer", [True, None], ids=["protected", "never asked"])
def test_protected_whereabouts_stand_on_no_page(answer):
    resident, officer = ResidentFactory(whereabouts_protected=answer), client(division="440000")

    for page in (text(officer.get(reverse(LIST))), text(officer.get(page_of(resident)))):
        assert resident.number in page
        assert "（受保护）" in page
        assert "天河区" not in page


def test_whoever_was_never_asked_is_found_by_the_list_and_her_answer_written_down_in_one_step(officer):
    asked, never = ResidentFactory(), ResidentFactory(whereabouts_protected=None)
    ResidentFactory(whereabouts_protected=None, home_division_code="440103")

    listed = text(officer.get(reverse(LIST), {"asked": "never"}))
    page = text(officer.get(page_of(never)))
    answer = officer.post(page_of(never, "answer-whereabouts"), {"answer": "false"})

    assert (never.number in listed, asked.number in listed) == (True, False)
    assert listed.count('class="field-number"') == 1
    assert page_of(never, "answer-whereabouts") in page
    assert "尚未询问，按受保护处理" in page
    assert answer.url == page_of(never)
    assert "天河区" in text(officer.get(page_of(never)))
    assert page_of(never, "answer-whereabouts") not in text(officer.get(page_of(never)))
    assert never.number not in text(officer.get(reverse(LIST), {"asked": "never"}))


def test_who_is_registered_without_an_answer_was_not_asked(officer):
    officer.post(
        reverse("admin:registry_resident_register"),
        {
            "name": "单雪雁",
            "identity_number": NUMBER,
            "home_division": "440106",
            "whereabouts_protected": "unknown",
        },
    )

    resident = Resident.objects.get()
    assert (resident.whereabouts_protected, resident.is_protected) == (None, True)


def test_a_resident_is_registered_by_form(officer):
    answer = officer.post(
        reverse("admin:registry_resident_register"),
        {
            "name": "库尔班·尼亚孜",
            "identity_number": NUMBER,
            "home_division": "440106",
            "phone": "0000-0000009",
            "diets": ["halal"],
            "mobility": "wheelchair",
            "whereabouts_protected": "true",
        },
    )

    resident = Resident.objects.get()
    assert answer.url == page_of(resident)
    assert (resident.name, resident.sex, resident.diets, resident.mobility) == (
        "库尔班·尼亚孜",
        "female",
        ["halal"],
        "wheelchair",
    )
    assert resident.whereabouts_protected


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"identity_number": NUMBER[:-1]}, "应为18位"),
        ({"identity_number": "", "birth_on": "2015-01-01", "sex": "male"}, "未满18周岁"),
        ({"identity_number": "", "birth_on": "1948-02-30"}, None),
        ({"name": "张3"}, "间隔号"),
        ({"phone": "1"}, "座机号码"),
        ({"home_division": "440305"}, "在所列选项中选择"),
        ({"home_division": "999999"}, "在所列选项中选择"),
        ({"mobility": "flies"}, None),
        ({"name": "a\x00b"}, None),
    ],
)
def test_a_form_that_is_wrong_says_so_and_registers_nobody(officer, wrong, says):
    filled = {"name": "安一", "identity_number": NUMBER, "home_division": "440106"}

    answer = officer.post(reverse("admin:registry_resident_register"), filled | wrong)

    assert answer.status_code == 200
    assert "没有办成" in text(answer)
    assert says is None or says in text(answer)
    assert not Resident.objects.exists()


def test_a_known_person_is_refused_with_her_number_only_where_the_officer_may_see_her(officer, resident):
    filled = {"name": "安一", "identity_number": NUMBER}
    elsewhere = client(division="230103")

    seen = officer.post(reverse("admin:registry_resident_register"), filled | {"home_division": "440106"})
    unseen = elsewhere.post(reverse("admin:registry_resident_register"), filled | {"home_division": "230103"})

    assert "已经登记" in text(seen)
    assert resident.number in text(seen)
    assert "已经登记" in text(unseen)
    assert resident.number not in text(unseen)


def test_a_reveal_shows_the_values_once_and_is_listed_on_her_page(officer, resident):
    asked = {"fields_asked": ["identity_number", "name"], "purpose": "check_in", "case": "粤天河15号"}

    answer = officer.post(page_of(resident, "reveal"), asked)

    assert answer.status_code == 200
    assert NUMBER in text(answer)
    assert "单雪雁" in text(answer)
    assert "00000000001" not in text(answer)
    assert "no-store" in answer["Cache-Control"]
    page = text(officer.get(page_of(resident)))
    assert "广东省广州市天河区经办人于" in page
    assert "查看了姓名、身份证号码，用途：入住交接，事由：粤天河15号" in page
    assert NUMBER not in page
    assert NUMBER not in str([session.get_decoded() for session in Session.objects.all()])


@pytest.mark.parametrize(
    "asked",
    [
        {"purpose": "check_in", "case": "1"},
        {"fields_asked": ["phone"], "case": "1"},
        {"fields_asked": ["phone"], "purpose": "curiosity", "case": "1"},
        {"fields_asked": ["phone"], "purpose": "check_in", "case": " "},
        {"fields_asked": ["health"], "purpose": "check_in", "case": "1"},
    ],
)
def test_a_reveal_without_fields_purpose_or_case_shows_the_form_again(officer, resident, asked):
    answer = officer.post(page_of(resident, "reveal"), asked)

    assert answer.status_code == 200
    assert "没有办成" in text(answer)
    assert "00000000001" not in text(answer)
    assert not Disclosure.objects.exists()


def test_a_session_without_second_factor_comes_to_none_of_it(resident):
    passphrase_only = client(second_factor=False)
    asked = {"fields_asked": ["phone"], "purpose": "check_in", "case": "1"}

    for answer in (
        passphrase_only.get(reverse(LIST)),
        passphrase_only.get(page_of(resident)),
        passphrase_only.post(page_of(resident, "reveal"), asked),
        passphrase_only.post(reverse("admin:registry_resident_register"), {"name": "安一"}),
    ):
        assert answer.status_code == 302
        assert answer.url.startswith("/admin/login/")
    assert not Disclosure.objects.exists()


def test_an_auditor_reads_and_has_no_verbs(resident):
    auditor = client(Role.AUDITOR, "440000")
    asked = {"fields_asked": ["phone"], "purpose": "check_in", "case": "1"}

    page = text(auditor.get(page_of(resident)))

    assert "单**" in page
    for name in VERBS:
        assert page_of(resident, name) not in page
        assert auditor.post(page_of(resident, name), asked).status_code == 403
    assert not Disclosure.objects.exists()


def test_a_resident_is_looked_up_by_her_number_without_its_standing_in_an_address(officer, resident):
    found = officer.post(reverse("admin:registry_resident_look-up"), {"identity_number": NUMBER})
    missed = officer.post(
        reverse("admin:registry_resident_look-up"), {"identity_number": sample_identity(62, BORN)}
    )

    assert found.url == page_of(resident)
    assert "没有找到这位老年人" in text(missed)
    assert AuditEntry.objects.filter(action="resident.looked_up").count() == 2


def test_what_is_typed_into_the_correction_is_corrected_and_what_is_left_empty_stays(officer, resident):
    form = text(officer.get(page_of(resident, "correct")))

    answer = officer.post(
        page_of(resident, "correct"),
        {"seen_version": 1, "sex": "female", "name": "单雪燕", "mobility": "walks"},
    )

    corrected = Resident.objects.get()
    assert "单雪雁" not in form
    assert answer.url == page_of(resident)
    assert (corrected.name, corrected.birth_on, corrected.mobility) == ("单雪燕", BORN, "walks")
    assert corrected.phone_cipher == resident.phone_cipher
    assert (corrected.diets, corrected.benefit_category) == (["soft", "halal"], "destitute")


def test_the_form_of_a_correction_tells_nothing_sensitive_and_takes_it_back_by_a_word(officer, resident):
    form = text(officer.get(page_of(resident, "correct")))
    told = re.findall(r'<(?:option|input)[^>]*value="(\w+)"[^>]*(?:selected|checked)', form)

    officer.post(
        page_of(resident, "correct"),
        {
            "seen_version": 1,
            "sex": "female",
            "whereabouts_protected": "false",
            "not_reported": ["diets", "mobility"],
        },
    )

    corrected = Resident.objects.get()
    assert told == ["female", "false"]  # and that she answered where she is may be known
    assert (corrected.diets, corrected.mobility) == (None, None)
    assert corrected.benefit_category == "destitute"


def test_sensitive_facts_are_opened_by_the_same_verb_and_she_reads_of_it(officer, resident):
    asked = {"fields_asked": ["diets", "mobility", "benefit_category"], "purpose": "check_in", "case": "1"}

    page = text(officer.post(page_of(resident, "reveal"), asked))

    for shown in ("软食、清真", "长期卧床", "特困人员"):
        assert shown in page
    assert "查看了饮食要求、行动情况、救助优抚类别" in text(officer.get(page_of(resident)))
    assert Disclosure.objects.get().fields == ["diets", "mobility", "benefit_category"]


@pytest.mark.parametrize(
    "words", ["mobility__exact=bedridden", "benefit_category__exact=destitute", "diets__contains=soft"]
)
def test_no_address_narrows_a_list_by_what_is_hidden(officer, resident, words):
    page = text(officer.get(reverse(LIST)))
    answer = officer.get(reverse(LIST) + "?" + words)

    assert "长期卧床" not in page
    assert "特困人员" not in page
    assert answer.status_code == 400


def test_of_several_who_share_a_phone_the_list_is_the_answer(officer, resident):
    other = ResidentFactory(name="白岭", phone="0000-0000001")
    look_up = reverse("admin:registry_resident_look-up")

    answer = officer.post(look_up, {"phone": "00000000001"})
    both = text(officer.post(look_up, {"phone": "00000000001", "identity_number": NUMBER}))

    assert "no-store" in answer["Cache-Control"]
    for row, name in ((resident, "单**"), (other, "白*")):
        assert page_of(row) in text(answer)
        assert name in text(answer)
    assert "00000000001" not in text(answer)
    assert "只填一项" in both


def test_one_who_is_found_by_phone_is_gone_to(officer, resident):
    found = officer.post(reverse("admin:registry_resident_look-up"), {"phone": "00000000001"})

    assert found.url == page_of(resident)


def test_another_identity_number_may_say_another_sex(officer, resident):
    officer.post(
        page_of(resident, "correct"),
        {"seen_version": 1, "sex": "female", "identity_number": sample_identity(61, BORN)},
    )

    assert Resident.objects.get().sex == "male"


def test_a_death_is_recorded_by_form_once(officer, resident):
    officer.post(page_of(resident, "record-death"), {"died_on": "2026-11-01"})

    assert Resident.objects.get().status == "died"
    assert page_of(resident, "record-death") not in text(officer.get(page_of(resident)))
    assert officer.post(page_of(resident, "record-death"), {"died_on": "2026-11-02"}).status_code == 403


def test_the_past_of_a_resident_says_that_protected_facts_changed_and_not_what_they_were(officer, resident):
    correct_resident(
        resident_id=resident.pk,
        facts={"name": "单雪燕", "phone": "0000-0000002", "mobility": "walks", "dialect": "mandarin"},
        actor=SYSTEM,
    )

    page = text(officer.get(page_of(resident, "history")))

    assert "更正登记信息" in page
    assert "（受保护）" in page
    assert "普通话" in page
    for hidden in (
        "独立行走",
        *SENSITIVE,
        "单雪雁",
        "单雪燕",
        "xueyan",
        "1948",
        "v1.",
        "00000000002",
        "盲索引",
    ):
        assert hidden not in page


def test_of_an_erased_resident_the_number_is_left(resident):
    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)
    officer = client(division="440000")

    page = text(officer.get(page_of(resident)))

    assert resident.number in page
    assert "已删除个人信息" in page
    for name in VERBS:
        assert page_of(resident, name) not in page
    assert resident.number in text(officer.get(reverse(LIST)))


@pytest.mark.parametrize("role", ROLES)
def test_nobody_comes_to_a_resident_beyond_her_reach(role):
    foreign = ResidentFactory(home_division_code="230103", name="金丝雀雀")
    AccessFactory(resident=foreign)
    someone = client_of(role)
    pages = [page_of(foreign, name) for name in ("change", "history", *VERBS)] + [reverse(LIST)]
    asked = {"fields_asked": ["phone"], "purpose": "check_in", "case": "1", "died_on": "2026-01-01"}

    answers = [someone.get(page) for page in pages] + [someone.post(page, asked) for page in pages]

    for answer in answers:
        assert answer.status_code in {200, 302, 403}
        assert foreign.number not in text(answer)
        assert "金" not in text(answer)
    assert not Disclosure.objects.exists()
    assert Resident.objects.get().version == 1
