"""A download: an attachment in a sandbox, for those who may read it, and not found for all others."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from sojourn.files import owners, services
from sojourn.files.owners import Owner, OwnerKind
from sojourn.files.services import Upload
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.files import PDF, picture
from tests.web.signing_in import sign_in
from tests.web.sweeping import ROLES, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def reader():
    """An officer whose paper it is."""
    return MembershipFactory(role=Role.OFFICER, division_code="440106").user


@pytest.fixture
def paper(reader):
    """A file that its reader may read in a session with a second factor, and nobody else."""

    def hers(actor, _owner_id) -> bool:
        return actor.user_id == reader.pk and actor.second_factor

    owners.register(OwnerKind("test_of_one", "测试", hers, lambda *_: True))

    def keep(content: bytes = PDF):
        return services.keep_file(
            owner=Owner("test_of_one", uuid4()),
            member="440000",
            upload=Upload("x", content),
            actor=owners_actor(reader),
        )

    return keep


def owners_actor(user):
    from_user = MembershipFactory._meta.model.objects.get(user=user)
    return services.Actor(Role.OFFICER, (from_user.division_code,), user_id=user.pk, second_factor=True)


@pytest.mark.parametrize(("content", "media"), [(PDF, "application/pdf"), (picture("PNG"), "image/png")])
def test_it_comes_as_an_attachment_that_runs_nothing(reader, paper, content, media):
    row = paper(content)

    answer = sign_in(reader).get(reverse("file", args=[row.pk]))

    assert (answer.status_code, answer["Content-Type"]) == (200, media)
    assert answer["Content-Disposition"] == f'attachment; filename="{row.download_name}"'
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Frame-Options"] == "DENY"


def test_the_trail_says_who_downloaded_it(reader, paper):
    row = paper()

    sign_in(reader).get(reverse("file", args=[row.pk]))

    assert AuditEntry.objects.get(action="file.read", subject_id=str(row.pk)).actor_user_id == reader.pk


@pytest.mark.parametrize("role", ROLES)
def test_to_everybody_else_it_is_not_found(role, paper):
    row = paper()
    client = client_of(role)

    there, nowhere = (client.get(reverse("file", args=[each])) for each in (row.pk, uuid4()))

    expected = 302 if role in {"stranger", "program"} else 404
    assert (there.status_code, nowhere.status_code) == (expected, expected)
    assert not AuditEntry.objects.filter(action="file.read").exists()


def test_without_the_second_factor_it_is_not_found(reader, paper):
    row = paper()

    answer = sign_in(reader, second_factor=False).get(reverse("file", args=[row.pk]))

    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
def test_it_is_only_got(reader, paper, method):
    answer = getattr(sign_in(reader), method)(reverse("file", args=[paper().pk]))

    assert answer.status_code == 405


@pytest.mark.parametrize("wrong", ["0", "..%2f..%2fetc%2fpasswd", "%00", "x" * 300])
def test_an_address_that_is_no_id_is_not_found(wrong):
    answer = sign_in(UserFactory()).get(f"/files/{wrong}/")

    assert answer.status_code in {400, 404}


def test_an_erased_file_says_so_to_who_could_read_it(reader, paper):
    row = paper()
    services.erase_file(file_id=row.pk, actor=owners_actor(reader))

    assert sign_in(reader).get(reverse("file", args=[row.pk])).status_code == 409


def test_whoever_has_not_signed_in_is_asked_to(paper):
    answer = Client().get(reverse("file", args=[paper().pk]))

    assert answer["Location"].startswith("/accounts/sign-in/")
