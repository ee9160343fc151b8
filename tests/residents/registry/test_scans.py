"""Pictures of what proves a link: the request's until it is decided, then the link's, and gone with either."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from residents.registry import scans, services
from residents.registry.models import Link, LinkRequest
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.identifiers import sample_identity
from sojourn.core.refusals import NotVisible
from sojourn.files.errors import FileRefused
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload, read_file
from tests.accounts.telephone import sign_in_by_phone
from tests.factories.accounts import MembershipFactory
from tests.factories.files import PDF, picture, with_exif
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.registry.families import family_member, proven
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
NUMBER = sample_identity(9_300_001, BORN)
FORM = {"relation": "child", "name": "单雪雁", "proof": "household_register", "reference": "簿7"}


@pytest.fixture
def father():
    return ResidentFactory(identity_number=NUMBER, name="单雪雁")


@pytest.fixture
def daughter():
    return family_member()


@pytest.fixture
def request_with_picture(father, daughter):
    return services.ask_link(
        name="单雪雁",
        identity_number=NUMBER,
        proven=proven("child"),
        scan=Upload("IMG.jpg", with_exif()),
        actor=daughter,
    )


def kept(kind: str) -> list[StoredFile]:
    return list(StoredFile.objects.filter(owner_kind=kind).kept())


def test_until_it_is_decided_who_sent_it_and_the_officers_it_waits_for_see_it(request_with_picture, daughter):
    (photo,) = kept(scans.REQUEST)

    assert photo.member == "440000"
    for actor in (daughter, staff("440106"), staff("44")):
        content = read_file(file_id=photo.pk, actor=actor)[1]
        assert content.startswith(b"\xff\xd8")
        assert b"canary-in-exif" not in content
    for stranger in (
        family_member(),
        staff("440300"),
        staff("440106", second_factor=False),
        staff("440106", role=Role.AUDITOR),
    ):
        with pytest.raises(NotVisible):
            read_file(file_id=photo.pk, actor=stranger)


def test_granted_it_belongs_to_the_link_and_only_to_the_officers(request_with_picture, daughter):
    (photo,) = kept(scans.REQUEST)

    services.grant_request(request_id=request_with_picture.pk, actor=staff("440106"))

    assert kept(scans.REQUEST) == []
    assert [row.pk for row in kept(scans.LINK)] == [photo.pk]
    assert StoredFile.objects.get().owner_id == Link.objects.get().pk
    assert read_file(file_id=photo.pk, actor=staff("440106"))
    with pytest.raises(NotVisible):
        read_file(file_id=photo.pk, actor=daughter)


def test_the_resident_reads_who_downloaded_it(request_with_picture, father):
    (photo,) = kept(scans.REQUEST)
    read_file(file_id=photo.pk, actor=staff("440106"))
    assert services.disclosures_of(father, SYSTEM) == []

    services.grant_request(request_id=request_with_picture.pk, actor=staff("440106"))

    (sentence,) = services.disclosures_of(father, SYSTEM)
    assert sentence.endswith("下载了亲属关系的证明材料")


@pytest.mark.parametrize("how", ["refused", "withdrawn"])
def test_not_granted_it_is_destroyed(request_with_picture, daughter, how):
    pk = request_with_picture.pk

    if how == "refused":
        services.refuse_request(request_id=pk, reason="proof_insufficient", actor=staff("440106"))
    else:
        services.withdraw_request(request_id=pk, actor=daughter)

    row = StoredFile.objects.get()
    assert (row.status, row.wrapped_key, row.place) == ("erased", "", None)


def test_with_the_resident_the_proofs_of_her_links_are_destroyed(request_with_picture, father, own_keyring):
    services.grant_request(request_id=request_with_picture.pk, actor=staff("440106"))

    services.erase_resident(resident_id=father.pk, ground="period_over", actor=SYSTEM)

    assert set(StoredFile.objects.values_list("status", "wrapped_key")) == {("erased", "")}


def test_a_picture_that_is_none_leaves_no_request(father, daughter):
    with pytest.raises(FileRefused):
        services.ask_link(
            name="单雪雁",
            identity_number=NUMBER,
            proven=proven("child"),
            scan=Upload("x.jpg", picture()[:200]),
            actor=daughter,
        )

    assert not LinkRequest.objects.exists()
    assert not StoredFile.objects.exists()


# --- as a browser does it -------------------------------------------------------------------------
@pytest.fixture
def browser():
    client = Client(raise_request_exception=False)
    sign_in_by_phone(client)
    return client


def test_she_photographs_the_proof_and_the_officer_sees_it_on_the_requests_page(browser, father):
    officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)
    photo = SimpleUploadedFile("户口簿.jpg", picture())

    answer = browser.post("/my/links/new/", FORM | {"identity_number": NUMBER, "file-photo": photo})
    request, (row,) = LinkRequest.objects.get(), kept(scans.REQUEST)
    page = officer.get(f"/admin/registry/linkrequest/{request.pk}/change/").content.decode()

    assert answer.status_code == 302
    assert f"/files/{row.pk}/" in page
    assert officer.get(f"/files/{row.pk}/").status_code == 200
    assert "户口簿.jpg" not in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>" + PDF, "只收PDF、JPEG、PNG和WebP文件"),
        (picture()[:300], "文件不完整或已损坏"),
        (PDF + b"\0" * 21_000_000, "文件超过20MB"),
    ],
    ids=["polyglot", "broken", "too large"],
)
def test_what_is_wrong_is_told_and_she_types_nothing_again(browser, father, content, words):
    said = FORM | {"identity_number": NUMBER, "file": SimpleUploadedFile("x.jpg", content)}

    page = browser.post("/my/links/new/", said).content.decode()

    assert words in page
    assert "请重新拍照或选择" in page
    assert all(f'value="{typed}"' in page for typed in ("单雪雁", NUMBER, "簿7"))
    assert '<option value="household_register" selected>' in page
    assert not LinkRequest.objects.exists()


def test_an_officer_links_at_the_counter_with_a_scan(father):
    officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)
    said = {
        "phone": "10077701234",
        "phone_again": "10077701234",
        "relation": "self",
        "proof": "identity_card",
    }

    officer.post(
        f"/admin/registry/resident/{father.pk}/link/", said | {"file": SimpleUploadedFile("x.pdf", PDF)}
    )
    page = officer.get(f"/admin/registry/link/{Link.objects.get().pk}/change/").content.decode()

    assert f"/files/{kept(scans.LINK)[0].pk}/" in page
