"""The field: a camera or a file, one of the two, and its own word about each thing that is wrong."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from sojourn.files.forms import ScanField
from sojourn.files.services import Upload
from tests.factories.files import PDF, picture

pytestmark = pytest.mark.django_db


class PaperForm(forms.Form):
    scan = ScanField(label="扫描件")


class OptionalForm(forms.Form):
    scan = ScanField(label="扫描件", required=False)


def sent(content: bytes, name: str = "x.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def posted(**files) -> PaperForm:
    """The form as a browser's request fills it, through the upload handler of the settings."""
    request = RequestFactory().post("/", {name.replace("_", "-"): file for name, file in files.items()})
    return PaperForm(request.POST, request.FILES)


@pytest.mark.parametrize("name", ["scan", "scan_photo"])
def test_a_file_and_a_photograph_both_come_in(name):
    form = posted(**{name: sent(PDF)})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["scan"] == Upload("x.pdf", PDF)


def test_a_file_of_three_megabytes_stays_off_the_disk(monkeypatch):
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_, **__: pytest.fail("on the disk"))
    content = PDF + b"\0" * 3_000_000 + b"%%EOF"

    form = posted(scan=sent(content))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["scan"].content == content


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "required"),
        ({"scan": sent(b"")}, "file_empty"),
        ({"scan": sent(PDF + b"\0" * 20_971_520)}, "file_too_large"),
        ({"scan": sent(PDF + b"\0" * 23_000_000)}, "file_too_large"),
        ({"scan": sent(b"<html>", "x.pdf")}, "file_type_not_taken"),
        ({"scan": sent(PDF), "scan_photo": sent(picture())}, "two_files"),
    ],
)
def test_each_trouble_has_its_own_word(files, code):
    form = posted(**files)

    assert [error.code for error in form.errors.as_data()["scan"]] == [code]
    assert "x.pdf" not in str(form.errors)


def test_a_path_that_a_browser_sends_is_cut_to_its_name_and_one_that_is_left_is_refused():
    cut = posted(scan=sent(PDF, "x.pdf"))
    assert cut.is_valid()

    file = sent(PDF)
    file._name = "..\\x.pdf"  # past the framework, which reduces what comes by HTTP
    form = PaperForm({}, {"scan": file})

    assert [error.code for error in form.errors.as_data()["scan"]] == ["name_holds_path"]


def test_what_is_not_needed_may_be_left_out():
    form = OptionalForm({}, {})

    assert form.is_valid()
    assert form.cleaned_data["scan"] is None


def test_on_a_phone_it_opens_the_camera_without_a_script():
    page = str(PaperForm()["scan"])

    assert 'capture="environment"' in page
    assert 'accept="application/pdf,image/jpeg,image/png,image/webp"' in page
    assert 'name="scan-photo"' in page
    assert "<script" not in page
    assert "required" not in page
    assert PaperForm().is_multipart()
