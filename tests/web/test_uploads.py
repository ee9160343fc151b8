import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory


@pytest.fixture
def no_disk(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a file that was sent went to disk")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)


def received(*contents: bytes):
    files = {f"file{n}": SimpleUploadedFile("../a/名单.xlsx", content) for n, content in enumerate(contents)}
    return RequestFactory().post("/", files).FILES


def test_a_file_is_held_in_memory_under_its_bare_name(no_disk):
    file = received(b"a" * 4_000_000)["file0"]

    assert (file.name, file.size, file.read()) == ("名单.xlsx", 4_000_000, b"a" * 4_000_000)


def test_of_what_is_too_large_only_the_size_is_known(no_disk, settings):
    settings.MOST_UPLOADED_BYTES = 100_000

    files = received(b"a" * 60_000, b"b" * 60_000)

    assert files["file0"].read() == b"a" * 60_000
    assert (files["file1"].size, files["file1"].read()) == (60_000, b"")


def test_no_view_of_ours_asks_for_another_way(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["sojourn.web.uploads.MemoryOnly"]
