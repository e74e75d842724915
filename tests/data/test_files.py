"""Sets that lie in files, on files of the same formats made here."""

import gzip
import hashlib
import io
import os
import pickle
import subprocess
import sys
import tarfile
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import datasets

from cnnviz.data.cifar import CIFAR10, CIFAR10_READER
from cnnviz.data.mnist import FASHION_MNIST, FASHION_MNIST_READER, MNIST, MNIST_READER
from cnnviz.errors import UserError
from cnnviz.paths import cache_folder, image_set_folders


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
def test_images_and_labels_are_the_bytes_behind_the_headers(tmp_path, entry, packed):
    write_mnist(tmp_path, {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}[entry.name], packed=packed)
    assert entry.present(tmp_path)
    files = mnist_files()
    for split, start, number in (("train", "train", 12), ("test", "t10k", 5)):
        images = entry.load(split, tmp_path, download=False)
        assert images.images.numpy().tobytes() == files[f"{start}-images-idx3-ubyte"][16:]
        assert images.images.shape == (number, 1, 28, 28)
        assert images.labels.tolist() == list(files[f"{start}-labels-idx1-ubyte"][8:])


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
    assert image_set_folders(tmp_path / "given") == (tmp_path / "given", tmp_path / "data", cache_folder())


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
def test_a_damaged_idx_file_is_named_in_the_error(tmp_path, damage, packed):
    raw = write_mnist(tmp_path, packed=packed)
    name = "train-images-idx3-ubyte"
    data = damage(mnist_files()[name])
    path = raw / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(UserError) as error:
        MNIST.load("train", tmp_path)
    assert error.value.key == "data_broken"
    assert str(path) in str(error.value)


def test_a_packed_file_cut_short_is_refused(tmp_path):
    path = write_mnist(tmp_path, packed=True) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UserError, match="not what it should be"):
        MNIST.load("train", tmp_path)


def test_a_label_that_is_no_class_is_refused(tmp_path):
    raw = write_mnist(tmp_path)
    (raw / "t10k-labels-idx1-ubyte").write_bytes(idx_bytes(np.array([1, 2, 3, 4, 10], np.uint8)))
    with pytest.raises(UserError, match="t10k-labels"):
        MNIST.load("test", tmp_path)
    (raw / "t10k-labels-idx1-ubyte").write_bytes(idx_bytes(np.array([1, 2], np.uint8)))
    with pytest.raises(UserError, match="t10k-labels"):
        MNIST.load("test", tmp_path)


# ---- download


@pytest.fixture
def served_mnist(server, monkeypatch):
    """MNIST as torchvision would fetch it from a small server of ours, by the addresses of the mirrors given."""
    folder, here = server

    def publish(*bases):
        resources, sizes = [], []
        for name, data in mnist_files().items():
            packed = gzip.compress(data, mtime=0)
            (folder / f"{name}.gz").write_bytes(packed)
            resources.append((f"{name}.gz", hashlib.md5(packed).hexdigest()))
            sizes.append(len(packed))
        monkeypatch.setattr(datasets.MNIST, "resources", resources)
        monkeypatch.setattr(datasets.MNIST, "mirrors", list(bases or [here]))
        return replace(MNIST, read=replace(MNIST_READER, sizes=tuple(sizes)))

    return publish


def test_a_missing_set_is_downloaded_into_the_cache_once(server, served_mnist):
    folder, _ = server
    entry, seen = served_mnist(), []
    images = entry.load("train", progress=lambda done, total: seen.append((done, total)))
    assert len(images) == 12
    assert seen[-1][0] == seen[-1][1] == sum(path.stat().st_size for path in folder.iterdir())
    for path in folder.iterdir():
        path.unlink()
    assert entry.present(None)
    assert len(entry.load("test")) == 5
    kept = {path.name for path in (cache_folder() / "MNIST" / "raw").iterdir()}
    assert kept == set(MNIST_READER.files), "unpacked, and nothing else"


def test_a_dead_mirror_is_passed_over(server, served_mnist):
    assert len(served_mnist(server[1] + "gone/", server[1]).load("test")) == 5


def test_threads_that_miss_a_set_download_it_once(server, served_mnist):
    folder, _ = server
    entry, counts, seen = served_mnist(), [], []
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
def test_what_is_not_the_published_file_is_refused_and_not_kept(server, served_mnist, change):
    folder, _ = server
    entry = served_mnist()
    path = folder / "train-labels-idx1-ubyte.gz"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(UserError) as error:
        entry.load("train")
    assert error.value.key == "data_download"
    kept = {path.name for path in (cache_folder() / "MNIST" / "raw").iterdir()}
    assert kept == {"train-images-idx3-ubyte"}


@pytest.mark.parametrize("base", ["http://127.0.0.1:9/", "http://name.invalid/", "file:///no/such/place/"])
def test_without_a_network_the_refusal_says_where_it_looked_and_how_to_get_it(served_mnist, tmp_path, base):
    entry = served_mnist(base)
    with pytest.raises(UserError) as error:
        entry.load("train", tmp_path / "mine")
    said = str(error.value)
    assert error.value.key == "data_missing"
    assert all(str(part) in said for part in (tmp_path / "mine", cache_folder(), base))
    assert all(f"{name}.gz" in said for name in MNIST_READER.files)  # not one after the other, at each try


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_a_set_that_may_not_be_downloaded_is_refused_with_its_place(tmp_path, name):
    from cnnviz.data import dataset

    with pytest.raises(UserError) as error:
        dataset(name).load("train", tmp_path, download=False)
    assert error.value.key == "data_absent"
    assert str(tmp_path) in str(error.value)


def test_a_cache_that_cannot_be_written_is_refused(served_mnist, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    with pytest.raises(UserError) as error:
        served_mnist().load("train")
    assert error.value.key == "data_folder"


def test_a_download_that_is_left_in_the_middle_leaves_nothing(served_mnist):
    class Left(Exception):
        pass

    def leave(done, total):
        raise Left

    with pytest.raises(Left):
        served_mnist().load("train", progress=leave)
    assert not list((cache_folder() / "MNIST" / "raw").iterdir())


def test_files_and_addresses_are_those_that_torchvision_knows():
    for reader, theirs in ((MNIST_READER, datasets.MNIST), (FASHION_MNIST_READER, datasets.FashionMNIST)):
        assert [f"{name}.gz" for name in reader.files] == [name for name, _ in theirs.resources]
        assert reader.address == theirs.mirrors[0]
        assert [file.md5 for file in reader.downloads()] == [md5 for _, md5 in theirs.resources]
    theirs = datasets.CIFAR10
    lists = [name for name, _ in theirs.train_list + theirs.test_list]
    assert list(CIFAR10_READER.files) == [*lists, theirs.meta["filename"]]
    assert CIFAR10_READER.address == theirs.url
    assert CIFAR10_READER.folder == theirs.base_folder


def test_torchvision_is_not_imported_to_find_a_set(tmp_path):
    code = (
        "import sys; from cnnviz.data import DATASETS, dataset; from cnnviz.errors import UserError\n"
        "for entry in DATASETS.values(): entry.present(None)\n"
        "try: dataset('cifar10').load('test', download=False)\n"
        "except UserError as error: print(error.key, 'torchvision' in sys.modules)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert answer.stdout.split() == ["data_absent", "False"]


# ---- CIFAR-10: pickles, read only where their hash is the published one


@pytest.fixture
def cifar(monkeypatch):
    """Six small batches as Python 2 pickled them (protocol 2, NumPy's old module names), and their arrays.

    torchvision is told their checksums in place of the published ones.
    """
    generator, files, arrays = np.random.default_rng(0), {}, {}
    for name in CIFAR10_READER.files:
        data = generator.integers(0, 256, (4, 3072), dtype=np.uint8)
        labels = generator.integers(0, 10, 4).tolist()
        batch = {"data": data, "labels": labels, "label_names": list(CIFAR10.classes)}
        packed = pickle.dumps(batch, protocol=2)
        files[name] = packed.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
        arrays[name] = data.reshape(4, 3, 32, 32), labels
    hashes = [[name, hashlib.md5(data).hexdigest()] for name, data in files.items()]
    monkeypatch.setattr(datasets.CIFAR10, "train_list", hashes[:5])
    monkeypatch.setattr(datasets.CIFAR10, "test_list", hashes[5:6])
    monkeypatch.setattr(datasets.CIFAR10, "meta", {**datasets.CIFAR10.meta, "md5": hashes[6][1]})
    return files, arrays


def write_cifar(root, files):
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_cifar_batches_are_joined_in_order(tmp_path, cifar):
    files, arrays = cifar
    write_cifar(tmp_path, files)
    train = CIFAR10.load("train", tmp_path)
    names = CIFAR10_READER.files[:5]
    assert np.array_equal(train.images.numpy(), np.concatenate([arrays[name][0] for name in names]))
    assert train.labels.tolist() == [label for name in names for label in arrays[name][1]]
    assert CIFAR10.load("test", tmp_path).labels.tolist() == arrays["test_batch"][1]
    assert torch.equal(CIFAR10.load("train", tmp_path, limit=6).images, train.images[:6])
    assert train.images.is_contiguous()


def test_a_pickle_with_another_hash_is_never_unpacked(tmp_path, cifar):
    witness = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return Path.touch, (witness,)

    pickle.loads(pickle.dumps(Evil()))
    assert witness.exists(), "the pickle must be one that acts"
    witness.unlink()
    folder = write_cifar(tmp_path, cifar[0])
    for name in CIFAR10_READER.files:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(pickle.dumps(Evil()))
        with pytest.raises(UserError) as error:
            CIFAR10.load("train", tmp_path)
        assert error.value.key == "data_broken"
        assert name in str(error.value)
        assert not witness.exists()
        (folder / name).write_bytes(whole)


def test_small_pickles_are_refused_by_the_published_hashes(tmp_path, cifar, monkeypatch):
    write_cifar(tmp_path, cifar[0])
    monkeypatch.undo()
    with pytest.raises(UserError, match="data_batch_1"):
        CIFAR10.load("test", tmp_path)


def test_cifar_is_downloaded_unpacked_and_found_again(server, cifar, monkeypatch):
    folder, base = server
    files, arrays = cifar
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in {**files, "readme.html": b"hello"}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (folder / "cifar-10-python.tar.gz").write_bytes(packed.getvalue())
    monkeypatch.setattr(datasets.CIFAR10, "url", base + "cifar-10-python.tar.gz")
    monkeypatch.setattr(datasets.CIFAR10, "tgz_md5", hashlib.md5(packed.getvalue()).hexdigest())
    assert not CIFAR10.present(None)
    assert CIFAR10.load("test").labels.tolist() == arrays["test_batch"][1]
    (folder / "cifar-10-python.tar.gz").unlink()
    assert CIFAR10.present(None)
    assert len(CIFAR10.load("train")) == 20
    assert sorted(path.name for path in cache_folder().iterdir()) == ["cifar-10-batches-py"]
    assert sorted(path.name for path in (cache_folder() / "cifar-10-batches-py").iterdir()) == sorted(files)
