"""Published weights, whose hash is the first digits of a SHA-256."""

import hashlib

import pytest

from cnnviz.data.download import RemoteFile, fetch_weights
from cnnviz.errors import UserError

WEIGHTS = bytes(range(256)) * 900


def published(base, data=WEIGHTS, digits=8):
    return RemoteFile(
        "net-12345678.pth",
        len(WEIGHTS) + 500,
        "",
        (f"{base}net.pth",),
        sha256=hashlib.sha256(data).hexdigest()[:digits],
    )


def test_weights_arrive_whole_and_are_counted_on_the_way(server, tmp_path):
    folder, base = server
    (folder / "net.pth").write_bytes(WEIGHTS)
    seen = []
    path = fetch_weights(published(base), tmp_path / "hub", seen.append)
    assert path == tmp_path / "hub" / "net-12345678.pth"
    assert path.read_bytes() == WEIGHTS
    assert sum(seen) == len(WEIGHTS)
    assert len(seen) > 2


@pytest.mark.parametrize(
    ("sent", "key"), [(WEIGHTS[:-1], "weights_download"), (WEIGHTS * 2, "weights_download"), (None, "weights_offline")]
)
def test_what_is_not_the_published_file_of_weights_leaves_nothing(server, tmp_path, sent, key):
    folder, base = server
    if sent is not None:
        (folder / "net.pth").write_bytes(sent)
    with pytest.raises(UserError) as error:
        fetch_weights(published(base), tmp_path / "hub")
    assert error.value.key == key
    assert base in str(error.value)
    assert not any((tmp_path / "hub").iterdir())


def test_a_file_without_any_published_hash_is_never_whole(server, tmp_path):
    folder, base = server
    (folder / "net.pth").write_bytes(WEIGHTS)
    with pytest.raises(UserError, match="not the published file"):
        fetch_weights(published(base, digits=0), tmp_path / "hub")


def test_a_download_that_is_cancelled_leaves_nothing(server, tmp_path):
    folder, base = server
    (folder / "net.pth").write_bytes(WEIGHTS)

    class Cancelled(BaseException):
        pass

    def cancel(number):
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch_weights(published(base), tmp_path / "hub", cancel)
    assert not any((tmp_path / "hub").iterdir())


def test_a_folder_for_weights_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "hub").write_text("a file")
    with pytest.raises(UserError) as error:
        fetch_weights(published("http://127.0.0.1:9/"), tmp_path / "hub")
    assert error.value.key == "weights_folder"
