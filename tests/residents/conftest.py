"""What tests of residents stand on."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def own_keyring(keyring_folder, tmp_path, monkeypatch) -> Path:
    """The run's keys in a folder of this test alone, so that what it destroys is destroyed for nobody else."""
    folder = tmp_path / "keyring"
    shutil.copytree(keyring_folder, folder)
    (folder / "destroyed").unlink(missing_ok=True)
    monkeypatch.setattr(settings, "KEYRING", str(folder))
    return folder


@pytest.fixture
def logged(caplog) -> Callable[[], str]:
    """Every line of every log so far with all that stands in it, those of this test's fixtures among them."""
    caplog.set_level(logging.DEBUG)
    return lambda: " ".join(
        str(vars(line)) for phase in ("setup", "call") for line in caplog.get_records(phase)
    )
