"""The papers of mandates and consents: kept with what they say, shown to who may see that, destroyed with her."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.templatetags.static import static
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from residents.consents import scans, services
from residents.consents.errors import NoPaper, NotYourConsent, ScanMissing
from residents.consents.models import Consent, Mandate
from residents.consents.services import Saying
from residents.registry.models import Access, Resident
from residents.registry.services import disclosures_of, erase_resident, record_death
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import frozen, today
from sojourn.core.refusals import NotVisible
from sojourn.files.errors import FileErased, FileRefused
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload, read_file
from tests.accounts.telephone import sign_in_by_phone, user_of
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.consents import (
    AT_COUNTER,
    BY_TELEPHONE,
    a_consent,
    a_mandate,
    terms,
)
from tests.factories.files import PDF, picture
from tests.factories.residents import ResidentFactory
from tests.residents.actors import family, staff
from tests.residents.merging import merged
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
PHP = b"<?php echo 1; ?>"


def scan_of(row: Mandate | Consent) -> StoredFile:
    paper = scans.paper_of(row)
    return StoredFile.objects.of(paper.kind, paper.id).kept().get()


def at_the_counter(resident: Resident, **more) -> dict:
    """What an officer types."""
    said = {
        "resident_number": resident.number,
        "phone": "10012345678",
        "phone_again": "10012345678",
        "may_see": ["name"],
        "may_do": ["book"],
    }
    paper = {"expires_on": today().replace(year=today().year + 1).isoformat(), "channel": "counter"}
    return said | paper | {"proof": "柜2", "file": SimpleUploadedFile("x.pdf", PDF)} | more


@pytest.fixture
def officer():
    return sign_in(MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code="440106").user)


def test_the_paper_is_recorded_with_the_mandate_under_its_provinces_key():
    mandate = a_mandate(family())

    kept = scan_of(mandate)
    assert (kept.member, kept.size) == ("440000", len(PDF))
    assert read_file(file_id=kept.pk, actor=staff("440106"))[1] == PDF


def test_at_the_counter_there_is_no_mandate_without_its_paper():
    resident = ResidentFactory()
    paper = services.Paper("10012345678", [], ["book"], today().replace(year=today().year + 1))
    said = {"resident_id": resident.pk, "paper": paper, "actor": SYSTEM}

    with pytest.raises(ScanMissing) as refused:
        services.give_mandate(saying=AT_COUNTER, **said)

    assert refused.value.errors[0]["field"] == "file"
    assert not Mandate.objects.exists()
    assert services.give_mandate(saying=BY_TELEPHONE, **said)


def test_a_scan_that_is_none_leaves_no_mandate_and_opens_nothing():
    resident = ResidentFactory()
    paper = services.Paper("10012345678", ["name"], ["book"], today().replace(year=today().year + 1))

    with pytest.raises(FileRefused):
        services.give_mandate(
            resident_id=resident.pk,
            paper=paper,
            saying=AT_COUNTER,
            scan=Upload("x.jpg", picture()[:200]),
            actor=SYSTEM,
        )

    assert not Mandate.objects.exists()
    assert not Access.objects.exists()
    assert not StoredFile.objects.exists()


def test_who_may_see_the_mandate_may_see_its_paper():
    agent = family()
    kept = scan_of(a_mandate(agent))

    for actor in (agent, staff("44"), staff("440106", role=Role.AUDITOR)):
        assert read_file(file_id=kept.pk, actor=actor)[1] == PDF


@pytest.mark.parametrize(
    "stranger",
    [
        lambda: staff("440300"),
        lambda: staff("440106", second_factor=False),
        lambda: staff("440106", role=Role.ADMIN),
        family,
        lambda: Actor(Role.PUBLIC),
    ],
)
def test_for_everybody_else_there_is_none(stranger):
    kept = scan_of(a_mandate(family()))

    with pytest.raises(NotVisible):
        read_file(file_id=kept.pk, actor=stranger())


def test_an_agent_reads_the_paper_no_longer_than_she_is_one():
    agent = family()
    mandate = a_mandate(agent)
    kept = scan_of(mandate)

    services.withdraw_mandate(mandate_id=mandate.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    with pytest.raises(NotVisible):
        read_file(file_id=kept.pk, actor=agent)
    assert read_file(file_id=kept.pk, actor=staff("440106"))


def test_a_better_scan_takes_the_place_of_the_first_whose_bytes_are_destroyed():
    mandate = a_mandate(family())
    first = scan_of(mandate)

    services.scan_mandate(mandate_id=mandate.pk, scan=Upload("", picture("PNG")), actor=staff("440106"))

    assert scan_of(mandate).file_type == "png"
    first.refresh_from_db()
    assert (first.status, first.wrapped_key, first.replaced_by_id) == ("erased", "", scan_of(mandate).pk)


def test_an_agent_changes_no_paper():
    agent = family()
    mandate = a_mandate(agent)

    with pytest.raises(NotYourConsent):
        services.scan_mandate(mandate_id=mandate.pk, scan=Upload("", PDF), actor=agent)

    assert StoredFile.objects.count() == 1


def test_with_the_resident_the_papers_of_her_mandates_are_destroyed(own_keyring):
    resident = ResidentFactory()
    kept, others = scan_of(a_mandate(family(), resident)), scan_of(a_mandate(family()))

    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    kept.refresh_from_db()
    assert (kept.status, kept.wrapped_key, kept.place) == ("erased", "", None)
    with pytest.raises(FileErased):
        read_file(file_id=kept.pk, actor=SYSTEM)
    assert read_file(file_id=others.pk, actor=SYSTEM)[1] == PDF


def test_the_resident_reads_who_downloaded_it():
    resident = ResidentFactory()
    kept = scan_of(a_mandate(family(), resident))

    read_file(file_id=kept.pk, actor=staff("440106"))

    (sentence,) = disclosures_of(resident, SYSTEM)
    assert sentence.startswith("广东省广州市天河区经办人于")
    assert sentence.endswith("下载了委托书")


# --- as an officer and an agent do it -------------------------------------------------------------
def test_an_officer_records_a_mandate_with_a_photograph_and_finds_it_on_its_page(officer):
    resident = ResidentFactory()
    photo = SimpleUploadedFile("IMG_1.jpg", picture())
    said = at_the_counter(resident)
    del said["file"]

    officer.post(reverse("admin:consents_mandate_give"), said | {"file-photo": photo})
    mandate = Mandate.objects.get()
    page = officer.get(reverse("admin:consents_mandate_change", args=[mandate.pk])).content.decode()
    answer = officer.get(reverse("file", args=[scan_of(mandate).pk]))

    assert reverse("file", args=[scan_of(mandate).pk]) in page
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "窗口办理须附委托书扫描件或照片"),
        (PHP + PDF, "只收PDF、JPEG、PNG和WebP文件"),
        (picture()[:300] + PHP, "文件不完整或已损坏"),
        (PDF + b"\0" * 21_000_000, "文件超过20MB"),
    ],
    ids=["none", "polyglot", "broken", "too large"],
)
def test_what_is_wrong_with_a_scan_stands_at_its_field_and_nothing_typed_is_lost(officer, content, words):
    resident = ResidentFactory()
    said = at_the_counter(resident, file=SimpleUploadedFile("张三.pdf", content or b"x"))
    if content is None:
        del said["file"]

    answer = officer.post(reverse("admin:consents_mandate_give"), said)
    page = answer.content.decode()

    assert words in page
    assert all(f'value="{typed}"' in page for typed in (resident.number, "10012345678", "柜2"))
    assert ("请重新拍照或选择" in page) == (content is not None)
    assert "张三" not in page
    assert not Mandate.objects.exists()


def test_its_field_looks_alike_for_officers_and_families_by_one_sheet_of_its_own(client, officer):
    mandate, sheet = a_mandate(family()), f'href="{static("web/scan.css")}"'
    sign_in_by_phone(client)

    pages = [
        officer.get(reverse("admin:consents_mandate_scan", args=[mandate.pk])),
        client.get("/my/links/new/"),
    ]
    others = [
        officer.get(reverse("admin:consents_mandate_withdraw", args=[mandate.pk])),
        client.get("/my/links/"),
    ]

    for page in pages:
        assert page.text.count(sheet) == 1
        assert "style-src 'self'" in page["Content-Security-Policy"]
    assert not any(sheet in page.text for page in others)
    sheets = (settings.ROOT / "sojourn" / "web" / "static" / "web").glob("*.css")
    assert [each.name for each in sheets if ".scan-" in each.read_text("utf-8")] == ["scan.css"]


def test_to_what_is_known_of_the_dead_no_paper_is_added(officer):
    mandate = a_mandate(family())
    with frozen(today()):
        record_death(resident_id=mandate.resident_id, died_on=today(), actor=SYSTEM)

    answer = officer.get(reverse("admin:consents_mandate_scan", args=[mandate.pk]))

    assert answer.status_code == 403


def test_an_agent_finds_the_paper_on_her_page(client):
    sign_in_by_phone(client)
    resident = ResidentFactory()
    mandate = a_mandate(Actor(Role.FAMILY, user_id=user_of().pk), resident)

    page = client.get(reverse("my_consents", args=[resident.pk])).content.decode()
    answer = client.get(reverse("file", args=[scan_of(mandate).pk]))

    assert reverse("file", args=[scan_of(mandate).pk]) in page
    assert b"".join(answer) == PDF


# --- the papers of consents -----------------------------------------------------------------------
def on_paper(resident: Resident | None = None) -> Consent:
    return a_consent(resident, saying=AT_COUNTER)


def written_down(resident: Resident, **more) -> dict:
    """What an officer types of a consent that was signed at the counter."""
    said = {"resident_number": resident.number, "purpose": "check_in", "fields_asked": ["name"]}
    receiver = {"receiver_kind": "member", "member": "500000"}
    paper = {"expires_on": (today() + timedelta(days=30)).isoformat(), "channel": "counter", "proof": "柜9"}
    return said | receiver | paper | {"by": "resident"} | more


def test_the_paper_of_a_consent_is_kept_with_it_under_its_provinces_key():
    kept = scan_of(on_paper())

    assert (kept.owner_kind, kept.member, kept.size) == ("consents.consent", "440000", len(PDF))
    for actor in (staff("440106"), staff("44", role=Role.AUDITOR)):
        assert read_file(file_id=kept.pk, actor=actor)[1] == PDF


def test_at_the_counter_nobody_consents_without_the_paper():
    resident = ResidentFactory()
    said = {"resident_id": resident.pk, "terms": terms(), "actor": SYSTEM}

    with pytest.raises(ScanMissing) as refused:
        services.give_consent(saying=AT_COUNTER, **said)

    assert str(refused.value) == "窗口办理须附同意书扫描件或照片"
    assert not Consent.objects.exists()
    assert services.give_consent(saying=BY_TELEPHONE, **said)


def test_a_scan_that_is_none_leaves_no_consent():
    broken = Upload("x.jpg", picture()[:200])
    said = {"terms": terms(), "saying": AT_COUNTER, "scan": broken, "actor": SYSTEM}

    with pytest.raises(FileRefused):
        services.give_consent(resident_id=ResidentFactory().pk, **said)

    assert not Consent.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "stranger",
    [
        lambda resident: staff("440300"),
        lambda resident: staff("440106", second_factor=False),
        lambda resident: staff("440106", role=Role.ADMIN),
        lambda resident: family(),
        lambda resident: a_mandate(booker := family(), resident, may_do=["book"]) and booker,
        lambda resident: Actor(Role.PUBLIC),
    ],
)
def test_who_may_not_see_the_consent_finds_no_paper_of_it(stranger):
    resident = ResidentFactory()
    kept = scan_of(on_paper(resident))

    with pytest.raises(NotVisible):
        read_file(file_id=kept.pk, actor=stranger(resident))


def test_who_speaks_for_her_reads_its_paper():
    resident, agent, guardian = ResidentFactory(), family(), family_member()
    kept = scan_of(on_paper(resident))
    a_mandate(agent, resident, may_do=["consent"])
    linked(guardian, resident)

    for actor in (agent, guardian):
        assert read_file(file_id=kept.pk, actor=actor)[1] == PDF


@pytest.mark.parametrize(("relation", "reads"), [("self", True), ("guardian", False)])
def test_its_paper_names_a_facility_and_is_for_herself_alone_while_she_is_protected(relation, reads):
    resident, reader = ResidentFactory(whereabouts_protected=True), family_member()
    kept = scan_of(on_paper(resident))
    linked(reader, resident, relation)
    browser = sign_in(User.objects.get(pk=reader.user_id), second_factor=False)

    page = browser.get(f"/my/people/{resident.pk}/consents/").content.decode()

    assert ("下载同意书" in page) is reads
    if reads:
        assert read_file(file_id=kept.pk, actor=reader)[1] == PDF
    else:
        with pytest.raises(NotVisible):
            read_file(file_id=kept.pk, actor=reader)
    assert read_file(file_id=kept.pk, actor=staff("440106"))[1] == PDF


def test_what_protects_her_holds_for_papers_of_a_registration_that_went_into_hers():
    goes, stays, guardian = ResidentFactory(), ResidentFactory(), family_member()
    consent = on_paper(goes)
    kept = scan_of(consent)
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    merged(goes, stays)
    linked(guardian, stays)
    assert read_file(file_id=kept.pk, actor=guardian)[1] == PDF

    Resident.objects.filter(pk=stays.pk).update(whereabouts_protected=True)

    with pytest.raises(NotVisible):
        read_file(file_id=kept.pk, actor=guardian)


def test_said_by_telephone_its_paper_is_added_later_and_replaced_by_a_better_one():
    consent = a_consent(saying=BY_TELEPHONE)

    services.scan_consent(consent_id=consent.pk, scan=Upload("", PDF), actor=staff("440106"))
    first = scan_of(consent)
    services.scan_consent(consent_id=consent.pk, scan=Upload("", picture("PNG")), actor=staff("440106"))

    assert scan_of(consent).file_type == "png"
    first.refresh_from_db()
    assert (first.status, first.wrapped_key) == ("erased", "")


def test_what_was_said_on_a_page_has_no_paper():
    resident, agent = ResidentFactory(), family()
    a_mandate(agent, resident)
    consent = a_consent(resident, agent, Saying("online", "会话", "agent"))

    with pytest.raises(NoPaper):
        services.scan_consent(consent_id=consent.pk, scan=Upload("", PDF), actor=staff("440106"))
    with pytest.raises(NotYourConsent):
        services.scan_consent(consent_id=consent.pk, scan=Upload("", PDF), actor=agent)

    assert not StoredFile.objects.filter(owner_kind=scans.CONSENT).exists()


def test_with_the_resident_the_papers_of_her_consents_are_destroyed(own_keyring):
    resident = ResidentFactory()
    kept, others = scan_of(on_paper(resident)), scan_of(on_paper())

    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    kept.refresh_from_db()
    assert (kept.status, kept.wrapped_key, kept.place) == ("erased", "", None)
    assert read_file(file_id=others.pk, actor=SYSTEM)[1] == PDF


def test_she_reads_who_downloaded_the_paper_of_her_consent():
    resident = ResidentFactory()
    kept = scan_of(on_paper(resident))

    read_file(file_id=kept.pk, actor=staff("440106"))

    (sentence,) = disclosures_of(resident, SYSTEM)
    assert sentence.endswith("下载了同意书")


def test_an_officer_records_a_consent_with_its_paper_and_finds_it_there_after_it_was_withdrawn(officer):
    resident = ResidentFactory()
    address, pdf = reverse("admin:consents_consent_give"), SimpleUploadedFile("x.pdf", PDF)

    refused = officer.post(address, written_down(resident)).content.decode()
    officer.post(address, written_down(resident, file=pdf))
    consent = Consent.objects.get()
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    page = officer.get(reverse("admin:consents_consent_change", args=[consent.pk])).content.decode()

    assert "窗口办理须附同意书扫描件或照片" in refused
    assert reverse("file", args=[scan_of(consent).pk]) in page
    assert reverse("admin:consents_consent_scan", args=[consent.pk]) in page


def test_she_finds_the_papers_on_her_page_at_the_cost_of_one(client):
    sign_in_by_phone(client)
    resident = ResidentFactory()
    a_mandate(Actor(Role.FAMILY, user_id=user_of().pk), resident, may_do=["consent"])
    address, kept = reverse("my_consents", args=[resident.pk]), [scan_of(on_paper(resident))]
    client.get(address)
    with CaptureQueriesContext(connection) as of_one:
        client.get(address)
    kept += [
        scan_of(a_consent(resident, saying=AT_COUNTER, purpose=end)) for end in ("assessment", "emergency")
    ]

    with CaptureQueriesContext(connection) as of_three:
        page = client.get(address).content.decode()

    assert all(reverse("file", args=[each.pk]) in page for each in kept)
    assert page.count("下载同意书") == 3
    assert len(of_three) == len(of_one)
