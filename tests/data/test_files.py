"""Sets that lie in files, on files of the same formats made here."""

import gzip
import hashlib
import io
import pickle
import tarfile
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.data.cifar import CIFAR10_FILES, CifarFiles
from cnnviz.data.download import RemoteFile
from cnnviz.data.folders import cache_folder, search_folders
from cnnviz.data.mnist import FASHION_MNIST, FASHION_MNIST_FILES, MNIST, MNIST_FILES, IdxFiles
from cnnviz.data.record import Dataset
from cnnviz.errors import Refusal


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """No data folder in the environment, and a cache of the test's own."""
    monkeypatch.delenv("CNNVIZ_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))


def idx_bytes(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(extent.to_bytes(4, "big") for extent in array.shape)
    return header + array.tobytes()


def mnist_files(train=12, test=5, seed=0):
    generator = np.random.default_rng(seed)
    files = {}
    for start, number in (("train", train), ("t10k", test)):
        pixels = generator.integers(0, 256, (number, 28, 28), dtype=np.uint8)
        files[f"{start}-images-idx3-ubyte"] = idx_bytes(pixels)
        files[f"{start}-labels-idx1-ubyte"] = idx_bytes((np.arange(number) % 10).astype(np.uint8))
    return files


def write_mnist(root, folder="MNIST", packed=False, **sizes):
    raw = root / folder / "raw"
    raw.mkdir(parents=True)
    for name, data in mnist_files(**sizes).items():
        path = raw / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(data) if packed else data)
    return raw


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("entry", [MNIST, FASHION_MNIST], ids=lambda entry: entry.name)
def test_idx_files_are_read_as_torchvision_reads_them(tmp_path, entry, packed):
    from torchvision import datasets

    folder = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}[entry.name]
    write_mnist(tmp_path / "unpacked", folder)
    write_mnist(tmp_path / "read", folder, packed=packed)
    assert entry.present(tmp_path / "read")
    for split in ("train", "test"):
        theirs = getattr(datasets, folder)(tmp_path / "unpacked", train=split == "train")
        ours = entry.load(split, tmp_path / "read", download=False)
        assert torch.equal(ours.images[:, 0], theirs.data)
        assert torch.equal(ours.labels, theirs.targets)


def test_files_in_a_folder_that_cannot_be_written_are_read_packed(tmp_path):
    raw = write_mnist(tmp_path, packed=True)
    before = sorted(path.name for path in raw.iterdir())
    assert len(MNIST.load("train", tmp_path, download=False)) == 12
    assert sorted(path.name for path in raw.iterdir()) == before


def test_the_environment_names_a_folder_too(tmp_path, monkeypatch):
    write_mnist(tmp_path / "data")
    assert not MNIST.present(None)
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    assert MNIST.present(None)
    assert len(MNIST.load("test", limit=3)) == 3
    assert search_folders(tmp_path / "given") == (tmp_path / "given", tmp_path / "data", cache_folder())


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:3],
        lambda data: b"",
        lambda data: b"plain text, no numbers",
        lambda data: data[:8] + (29).to_bytes(4, "big") + data[12:],
        lambda data: b"\x00\x00\x0d" + data[3:],
    ],
    ids=["cut", "no header", "empty", "text", "29 rows", "floats"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_damaged_idx_file_is_named_in_the_refusal(tmp_path, damage, packed):
    raw = write_mnist(tmp_path, packed=packed)
    name = "train-images-idx3-ubyte"
    data = damage(mnist_files()[name])
    path = raw / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(Refusal) as refusal:
        MNIST.load("train", tmp_path)
    assert refusal.value.key == "data_broken"
    assert str(path) in str(refusal.value)


def test_a_packed_file_cut_short_is_refused(tmp_path):
    path = write_mnist(tmp_path, packed=True) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(Refusal, match="not what it should be"):
        MNIST.load("train", tmp_path)


def test_a_label_that_is_no_class_is_refused(tmp_path):
    raw = write_mnist(tmp_path)
    (raw / "t10k-labels-idx1-ubyte").write_bytes(idx_bytes(np.array([1, 2, 3, 4, 10], np.uint8)))
    with pytest.raises(Refusal, match="t10k-labels"):
        MNIST.load("test", tmp_path)
    (raw / "t10k-labels-idx1-ubyte").write_bytes(idx_bytes(np.array([1, 2], np.uint8)))
    with pytest.raises(Refusal, match="t10k-labels"):
        MNIST.load("test", tmp_path)


# ---- download


def remote(data, name, *bases):
    return RemoteFile(name, len(data), hashlib.md5(data).hexdigest(), tuple(base + name for base in bases))


def served_mnist(folder, *bases):
    files = []
    for name, data in mnist_files().items():
        packed = gzip.compress(data, mtime=0)
        (folder / f"{name}.gz").write_bytes(packed)
        files.append(remote(packed, f"{name}.gz", *bases))
    reader = IdxFiles("mnist", "MNIST", tuple(files))
    return replace(MNIST, read=reader, present=reader.present)


def test_a_missing_set_is_downloaded_into_the_cache_once(server):
    folder, base = server
    entry, seen = served_mnist(folder, base), []
    images = entry.load("train", progress=lambda done, total: seen.append((done, total)))
    assert len(images) == 12
    assert seen[-1][0] == seen[-1][1] == sum(path.stat().st_size for path in folder.iterdir())
    for path in folder.iterdir():
        path.unlink()
    assert entry.present(None)
    assert len(entry.load("test")) == 5
    assert all(path.suffix == ".gz" for path in (cache_folder() / "MNIST" / "raw").iterdir())


def test_a_dead_mirror_is_passed_over(server):
    folder, base = server
    assert len(served_mnist(folder, base + "gone/", base).load("test")) == 5


def test_threads_that_miss_a_set_download_it_once(server):
    folder, base = server
    entry, counts, seen = served_mnist(folder, base), [], []
    threads = [
        threading.Thread(
            target=lambda: counts.append(len(entry.load("train", progress=lambda done, total: seen.append(done))))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [12] * 4
    assert seen == sorted(seen)
    assert seen[-1] == sum(path.stat().st_size for path in folder.iterdir())


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-1], lambda data: data + b"x" * 5000, lambda data: b"<html>"],
    ids=["cut", "longer", "a page"],
)
def test_what_is_not_the_published_file_is_refused_and_not_kept(server, change):
    folder, base = server
    entry = served_mnist(folder, base)
    path = folder / "train-labels-idx1-ubyte.gz"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(Refusal) as refusal:
        entry.load("train")
    assert refusal.value.key == "data_download"
    kept = {path.name for path in (cache_folder() / "MNIST" / "raw").iterdir()}
    assert kept == {"train-images-idx3-ubyte.gz"}


@pytest.mark.parametrize("base", ["http://127.0.0.1:9/", "http://name.invalid/", "file:///no/such/place/"])
def test_without_a_network_the_refusal_says_where_it_looked_and_how_to_get_it(server, tmp_path, base):
    entry = served_mnist(server[0], base)
    with pytest.raises(Refusal) as refusal:
        entry.load("train", tmp_path / "mine")
    said = str(refusal.value)
    assert refusal.value.key == "data_missing"
    assert all(str(part) in said for part in (tmp_path / "mine", cache_folder(), base))
    assert all(file.name in said for file in MNIST_FILES.files)  # not one after the other, at each try


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_a_set_that_may_not_be_downloaded_is_refused_with_its_place(tmp_path, name):
    from cnnviz.data import dataset

    with pytest.raises(Refusal) as refusal:
        dataset(name).load("train", tmp_path, download=False)
    assert refusal.value.key == "data_absent"
    assert str(tmp_path) in str(refusal.value)


def test_a_cache_that_cannot_be_written_is_refused(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    with pytest.raises(Refusal) as refusal:
        served_mnist(*server).load("train")
    assert refusal.value.key == "data_folder"


def test_the_published_hashes_and_addresses_are_those_of_torchvision():
    from torchvision import datasets

    for files, theirs in ((MNIST_FILES, datasets.MNIST), (FASHION_MNIST_FILES, datasets.FashionMNIST)):
        assert [(file.name, file.md5) for file in files.files] == theirs.resources
        for file in files.files:
            assert file.urls == tuple(mirror + file.name for mirror in theirs.mirrors)
    assert list(CIFAR10_FILES.hashes.items()) == [
        tuple(row) for row in datasets.CIFAR10.train_list + datasets.CIFAR10.test_list
    ]
    assert CIFAR10_FILES.archive.md5 == datasets.CIFAR10.tgz_md5
    assert CIFAR10_FILES.archive.urls == (datasets.CIFAR10.url,)


# ---- CIFAR-10: pickles, read only where their hash is the published one


def cifar_batches():
    """Six small batches as Python 2 pickled them (protocol 2, NumPy's old module names), and their arrays."""
    generator, files, arrays = np.random.default_rng(0), {}, {}
    for name in CIFAR10_FILES.hashes:
        data = generator.integers(0, 256, (4, 3072), dtype=np.uint8)
        labels = generator.integers(0, 10, 4).tolist()
        packed = pickle.dumps({"data": data, "labels": labels}, protocol=2)
        files[name] = packed.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
        arrays[name] = data.reshape(4, 3, 32, 32), labels
    return files, arrays


def cifar_entry(files, archive=b"", *bases):
    from cnnviz.data import dataset

    reader = CifarFiles(
        {name: hashlib.md5(data).hexdigest() for name, data in files.items()},
        remote(archive, "cifar-10-python.tar.gz", *bases),
    )
    return replace(dataset("cifar10"), read=reader, present=reader.present)


def write_cifar(root, files):
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_cifar_batches_are_joined_in_order(tmp_path):
    files, arrays = cifar_batches()
    write_cifar(tmp_path, files)
    train = cifar_entry(files).load("train", tmp_path)
    *names, test = files
    assert np.array_equal(train.images.numpy(), np.concatenate([arrays[name][0] for name in names]))
    assert train.labels.tolist() == [label for name in names for label in arrays[name][1]]
    assert cifar_entry(files).load("test", tmp_path).labels.tolist() == arrays[test][1]
    assert torch.equal(cifar_entry(files).load("train", tmp_path, limit=6).images, train.images[:6])


def test_a_pickle_with_another_hash_is_never_unpacked(tmp_path):
    files, _ = cifar_batches()
    witness = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return Path.touch, (witness,)

    pickle.loads(pickle.dumps(Evil()))
    assert witness.exists(), "the pickle must be one that acts"
    witness.unlink()
    folder = write_cifar(tmp_path, files)
    entry = cifar_entry(files)
    (folder / "data_batch_1").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(Refusal) as refusal:
        entry.load("train", tmp_path)
    assert refusal.value.key == "data_broken"
    assert "data_batch_1" in str(refusal.value)
    assert not witness.exists()


def test_small_pickles_are_refused_by_the_real_hashes(tmp_path):
    from cnnviz.data import dataset

    write_cifar(tmp_path, cifar_batches()[0])
    with pytest.raises(Refusal, match="test_batch"):
        dataset("cifar10").load("test", tmp_path)


def test_cifar_is_downloaded_unpacked_and_found_again(server):
    folder, base = server
    files, arrays = cifar_batches()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in {**files, "readme.html": b"hello"}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (folder / "cifar-10-python.tar.gz").write_bytes(packed.getvalue())
    entry: Dataset = cifar_entry(files, packed.getvalue(), base)
    assert not entry.present(None)
    assert entry.load("test").labels.tolist() == arrays["test_batch"][1]
    (folder / "cifar-10-python.tar.gz").unlink()
    assert entry.present(None)
    assert len(entry.load("train")) == 20
    assert sorted(path.name for path in (cache_folder() / "cifar-10-batches-py").iterdir()) == sorted(files)
