"""The storage port: whole or not at all, under names that say nothing, and gone when deleted."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from onboarding.ports import storage
from onboarding.ports.storage import FileStorage, NotStored


@pytest.fixture
def box(tmp_path):
    return FileStorage(tmp_path / "papers")


def test_what_was_put_comes_back(box):
    key = storage.new_key()

    box.put(key, b"sealed")

    assert box.get(key) == b"sealed"


def test_a_deleted_object_is_gone_and_deleting_again_is_fine(box, tmp_path):
    key = storage.new_key()
    box.put(key, b"sealed")

    box.delete(key)
    box.delete(key)

    with pytest.raises(NotStored):
        box.get(key)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nobody_else_on_the_machine_may_read(box, tmp_path):
    box.put(storage.new_key(), b"sealed")

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    folders = [path for path in (tmp_path / "papers").rglob("*") if path.is_dir()]

    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600]
    assert [stat.S_IMODE(path.stat().st_mode) for path in folders] == [0o700]


def test_a_write_that_fails_leaves_nothing_and_keeps_what_was_there(box, tmp_path, monkeypatch):
    key = storage.new_key()
    box.put(key, b"before")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("onboarding.ports.storage.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        box.put(key, b"after")

    assert box.get(key) == b"before"
    assert list(tmp_path.rglob("*.part")) == []


@pytest.mark.parametrize("key", ["../../etc/passwd", "A" * 32, "", "a" * 31, "a" * 32 + "/b"])
def test_a_name_that_is_not_a_key_reaches_no_file(box, key):
    with pytest.raises(NotStored):
        box.get(key)
    with pytest.raises(NotStored):
        box.put(key, b"x")


@pytest.mark.parametrize("url", ["s3://bucket", "papers", "file://host/papers", "file:papers"])
def test_an_address_it_does_not_know_is_refused_at_once(settings, url):
    settings.STORAGE_URL = url

    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        storage.default()


def test_a_folder_with_chinese_and_spaces_in_its_name_works(settings, tmp_path):
    settings.STORAGE_URL = f"file://{tmp_path}/%E8%AF%81%E4%BB%B6%20papers"
    key = storage.new_key()

    storage.default().put(key, b"sealed")

    assert (tmp_path / "证件 papers" / key[:2] / key).read_bytes() == b"sealed"
