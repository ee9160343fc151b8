"""Several telephones and contacts of one person: typed, registered, found, shown, corrected, moved and erased."""

from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from residents.registry import services
from residents.registry.contacts import first_of, parts, spoken
from residents.registry.errors import FactsInvalid
from residents.registry.facts import checked
from residents.registry.models import Resident
from residents.registry.models.life import Duplicate
from residents.registry.safe import MASKS, index_of
from residents.registry.services.enrolling import RESIDENTS
from residents.registry.states import ContactRelation, PrivateField
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import today
from sojourn.core.identifiers import sample_identity
from sojourn.messages.models import Message
from sojourn.messages.sealing import RECIPIENT, opened
from tests.accounts.telephone import sign_in_by_phone
from tests.factories.accounts import MembershipFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.residents.merging import merged, undone
from tests.residents.registry.families import family_member, linked
from tests.residents.spreadsheets import checked as sheet_checked
from tests.residents.spreadsheets import states
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
OTHER_DAY = date(1949, 5, 4)
FIRST, SECOND, THIRD = "10055500041", "075526540042", "10055500043"
CHILD_PHONE, FRIEND_PHONE = "10055500044", "075526540045"
NAMES, PHONES = "仇归林（子女）、冼秋水（邻居或朋友）", f"{CHILD_PHONE}、{FRIEND_PHONE}"
KEPT = "仇归林（child）、冼秋水（neighbour_or_friend）"
KNOWN = {"name": "安一", "birth_on": BORN, "sex": "female"}
NUMBERS = (FIRST, SECOND, THIRD, CHILD_PHONE, FRIEND_PHONE)


@pytest.fixture
def resident(own_keyring) -> Resident:
    return ResidentFactory(
        name="单雪雁", phone=f"{FIRST}、{SECOND}", contact_name=NAMES, contact_phone=PHONES
    )


@pytest.fixture
def officer() -> Client:
    return sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)


def found_by(phone: str) -> list[Resident]:
    return services.find_by_phone(phone=phone, actor=staff("440106"))


def shown(resident: Resident) -> dict[str, str]:
    fields = ["phone", "contact_name", "contact_phone"]
    return dict(
        services.disclose(
            resident_id=resident.pk, fields=fields, purpose="check_in", case="W-1", actor=staff("440106")
        )
    )


def text(answer) -> str:
    return answer.content.decode()


def page_of(resident: Resident, name: str = "change") -> str:
    return reverse(f"admin:registry_resident_{name}", args=[resident.pk])


# --- one text -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fact", "typed", "kept"),
    [
        ("phone", "0755-26540042", SECOND),
        ("phone", f"{FIRST}/0755 2654 0042;{FIRST}", f"{FIRST}、{SECOND}"),
        ("phone", f"、{FIRST}，\n{SECOND}；{THIRD}、", f"{FIRST}、{SECOND}、{THIRD}"),
        ("phone", " 、 ", None),
        ("contact_phone", f"、{FRIEND_PHONE}、", f"、{FRIEND_PHONE}"),
        ("contact_name", "仇归林", "仇归林"),
        ("contact_name", NAMES, KEPT),
        ("contact_name", KEPT, KEPT),
        ("contact_name", "仇归林(村（居）委会)", "仇归林（committee）"),
        ("contact_name", "、（其他）", "、（other）"),
    ],
)
def test_several_values_have_one_written_form(fact, typed, kept):
    assert checked({fact: typed}, known=KNOWN, on=today()) == {fact: kept}


@pytest.mark.parametrize(
    ("fact", "typed", "code"),
    [
        ("phone", f"{FIRST}、12", "phone_unreadable"),
        ("phone", "、".join(NUMBERS[:4]), "too_many"),
        ("contact_phone", f"{FIRST}、12", "phone_unreadable"),
        ("contact_phone", "、".join([FIRST] * 6), "too_many"),
        ("contact_name", "仇归林、冼3", "name_unreadable"),
        ("contact_name", "仇归林（师傅）", "relation_unknown"),
        ("contact_name", "、".join(["仇归林"] * 6), "too_many"),
    ],
)
def test_what_is_wrong_with_one_of_them_is_told_at_its_fact_and_repeats_nothing(fact, typed, code):
    with pytest.raises(FactsInvalid) as refused:
        checked({fact: typed}, known=KNOWN, on=today())

    [error] = refused.value.errors
    assert (error["field"], error["code"]) == (fact, code)
    assert not {part for part in parts(typed) if part and part in str(error["detail"])}


def test_they_are_read_in_the_readers_words_and_masked_one_by_one():
    assert spoken(KEPT) == NAMES
    assert spoken(f"、{FRIEND_PHONE}") == f"未报告、{FRIEND_PHONE}"
    assert first_of(f"、{FRIEND_PHONE}") == FRIEND_PHONE
    assert MASKS[PrivateField.CONTACT_NAME](KEPT) == "仇**（子女）、冼**（邻居或朋友）"
    assert MASKS[PrivateField.CONTACT_PHONE](f"、{FRIEND_PHONE}") == "未报告、075*******45"
    with override("en"):
        assert checked({"contact_name": NAMES}, known=KNOWN, on=today()) == {"contact_name": KEPT}


def test_the_guide_of_the_template_names_every_relation():
    assert [
        one.label for one in ContactRelation if str(one.label) not in RESIDENTS.guide["contact_name"]
    ] == []


# --- registered, found, shown ---------------------------------------------------------------------
def test_each_of_her_own_numbers_finds_her_and_those_of_her_contacts_do_not(resident):
    assert [found_by(phone) for phone in NUMBERS] == [[resident], [resident], [], [], []]
    assert resident.phone_indexes == [index_of(PrivateField.PHONE, phone) for phone in (FIRST, SECOND)]


def test_the_look_up_by_telephone_asks_an_index(resident):
    rows = Resident.objects.filter(phone_indexes__overlap=resident.phone_indexes[1:])

    with connection.cursor() as cursor:  # of a few rows nobody reads an index, unless all else is dear
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.explain()

    assert "Bitmap Index Scan on resident_by_phone" in plan


def test_they_stand_masked_and_are_disclosed_together(resident):
    masked = {field.value: str(fact) for field, fact in services.masked_facts_of(resident).items()}

    assert (masked["phone"], masked["contact_name"], masked["contact_phone"]) == (
        "100******41、075*******42",
        "仇**（子女）、冼**（邻居或朋友）",
        "100******44、075*******45",
    )
    assert shown(resident) == {
        "phone": f"{FIRST}、{SECOND}",
        "contact_name": NAMES,
        "contact_phone": PHONES,
    }


def test_no_number_and_no_name_of_them_stands_in_a_copy_of_the_database(resident):
    services.correct_resident(resident_id=resident.pk, facts={"phone": f"{THIRD}、{FIRST}"}, actor=SYSTEM)
    shown(resident)

    everything = dump()

    forms = [form for number in NUMBERS for form in (number, number.encode().hex())]
    assert [form for form in (*forms, "仇归林", "冼秋水") if form in everything] == []


@pytest.mark.parametrize(
    ("facts", "number", "kind"),
    [
        ({"phone": f"{SECOND}、{FIRST}"}, SECOND, "voice"),
        ({"phone": f"{FIRST}、{SECOND}"}, FIRST, "text"),
        ({"phone": None, "contact_phone": f"、{FRIEND_PHONE}、{CHILD_PHONE}"}, FRIEND_PHONE, "voice"),
    ],
)
def test_a_message_goes_to_the_first_number_alone(facts, number, kind):
    linked(family_member(), ResidentFactory(**facts))

    [message] = Message.objects.all()
    assert message.kind == kind
    assert opened(message.recipient_cipher, message_id=message.pk, column=RECIPIENT) == number


# --- corrected, found twice, merged, erased ---------------------------------------------------------
def test_what_is_given_anew_stands_for_all_and_what_stood_before_is_in_the_history(resident):
    before = resident.phone_cipher

    services.correct_resident(resident_id=resident.pk, facts={"phone": f"{SECOND}、{THIRD}"}, actor=SYSTEM)

    assert [found_by(phone) for phone in (FIRST, SECOND, THIRD)] == [[], [resident], [resident]]
    events = next(iter(Resident.pgh_event_models.values())).objects.filter(pgh_obj_id=resident.pk)
    assert set(events.values_list("phone_cipher", flat=True)) > {before}
    assert shown(resident)["contact_name"] == NAMES


def test_a_family_asks_for_several_and_the_officer_reads_them_in_words(resident):
    guardian, officer = family_member(), staff("440106")
    linked(guardian, resident)
    request = services.ask_correction(
        resident_id=resident.pk, field="contact_name", value="冼秋水（配偶）、仇归林", actor=guardian
    )

    told = services.reveal_wanted(request_id=request.pk, purpose="verification", case="GZ-7", actor=officer)
    services.grant_correction(request_id=request.pk, actor=officer)

    assert (told.registered, told.wanted) == (NAMES, "冼秋水（配偶）、仇归林")
    assert shown(resident)["contact_name"] == "冼秋水（配偶）、仇归林"


def test_two_who_share_any_of_their_numbers_are_alike(resident):
    other = ResidentFactory(
        name="单雪雁", phone=f"{THIRD}、{SECOND}", identity_number=sample_identity(8, OTHER_DAY)
    )

    services.find_duplicates()

    pair = Duplicate.objects.get()
    assert {pair.first_id, pair.second_id} == {resident.pk, other.pk}
    assert pair.reasons == ["same_phone", "same_name"]


def test_merged_she_is_found_by_the_numbers_of_both_and_undone_each_by_her_own(resident):
    stays = ResidentFactory(name="单雪雁", phone=THIRD, contact_name=None, contact_phone=None)

    merge = merged(resident, stays)
    together = [found_by(phone) for phone in (FIRST, SECOND, THIRD)]
    undone(merge)

    assert together == [[stays], [stays], [stays]]
    assert [found_by(phone) for phone in (FIRST, SECOND, THIRD)] == [[resident], [resident], [stays]]
    assert shown(resident)["contact_name"] == NAMES


def test_erased_none_of_them_is_left_here_or_in_her_history(resident):
    services.correct_resident(resident_id=resident.pk, facts={"phone": f"{SECOND}、{THIRD}"}, actor=SYSTEM)
    indexes = [index_of(PrivateField.PHONE, number).hex() for number in (FIRST, SECOND, THIRD)]
    assert all(index in dump() for index in indexes)

    services.erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("44"))

    everything = dump()
    assert [index for index in indexes if index in everything] == []
    assert found_by(SECOND) == []
    columns = ("phone_cipher", "phone_indexes", "contact_name_cipher", "contact_phone_cipher")
    events = next(iter(Resident.pgh_event_models.values())).objects.filter(pgh_obj_id=resident.pk)
    assert set(events.values_list(*columns[:1], *columns[2:])) == {(None, None, None)}
    assert all(event.phone_indexes is None for event in events)


# --- on pages and from a spreadsheet -------------------------------------------------------------------
def test_her_page_among_the_staffs_shows_all_of_them_masked(officer, resident):
    page = text(officer.get(page_of(resident)))

    assert "100******41、075*******42" in page
    assert "仇**（子女）、冼**（邻居或朋友）" in page
    assert not [number for number in NUMBERS if number in page]


def test_a_spreadsheet_brings_several_in_one_cell():
    officer = staff("440106")
    headings = ["姓名", "身份证号码", "户籍所在地区", "本人电话", "联系人姓名", "联系人电话"]
    lines = [
        [
            "单雪雁",
            sample_identity(4, BORN),
            "天河区",
            f"{FIRST}/{SECOND}",
            NAMES,
            f"{CHILD_PHONE}、{FRIEND_PHONE}",
        ],
        ["安一", sample_identity(6, BORN), "天河区", "、".join(NUMBERS), "仇归林（师傅）", "1"],
    ]

    batch = sheet_checked(lines, officer, headings)
    services.confirm_import(batch_id=batch.pk, actor=officer)
    services.apply_import(batch_id=batch.pk)

    assert states(batch) == {2: "registered", 3: "bad"}
    assert {(one["column"], one["code"]) for one in batch.rows.get(number=3).reasons} == {
        ("phone", "too_many"),
        ("contact_name", "relation_unknown"),
        ("contact_phone", "phone_unreadable"),
    }
    [her] = found_by(SECOND)
    assert shown(her) == {"phone": f"{FIRST}、{SECOND}", "contact_name": NAMES, "contact_phone": PHONES}


def test_her_family_reads_all_of_them_masked_and_in_full_by_asking(client, resident):
    sign_in_by_phone(client)
    linked(family_member("10012345678"), resident)
    asked = {"fields_asked": ["phone", "contact_name"], "purpose": "check_in", "case": "办理入住手续"}

    page = text(client.get(f"/my/people/{resident.pk}/"))
    answer = text(client.post(f"/my/people/{resident.pk}/see/", asked))

    assert "100******41、075*******42" in page
    assert "仇**（子女）、冼**（邻居或朋友）" in page
    assert not [number for number in NUMBERS if number in page]
    assert f"{FIRST}、{SECOND}" in answer
    assert NAMES in answer


# --- what stood before -------------------------------------------------------------------------------
def test_one_number_becomes_a_list_of_one_and_back_without_a_key():
    migration = import_module("residents.registry.migrations.0013_phones")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE registry_before (phone_index bytea)")
        cursor.execute("INSERT INTO registry_before VALUES ('x'), (NULL)")
        cursor.execute(migration.SEVERAL.format(table="registry_before"))
        cursor.execute("SELECT phone_indexes FROM registry_before")
        several = cursor.fetchall()
        cursor.execute(migration.ONE.format(table="registry_before"))
        cursor.execute("SELECT phone_index FROM registry_before")
        one = cursor.fetchall()

    assert several == [([b"x"],), (None,)]
    assert one == [(b"x",), (None,)]
