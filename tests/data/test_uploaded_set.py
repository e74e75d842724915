"""A reader's zip of image folders becomes an image set, or one sentence."""

import contextlib
import io
import os
import stat
import struct
import time
import warnings
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.data import dataset, uploaded_files
from cnnviz.data.archive import MAX_BYTES, MAX_ENTRIES
from cnnviz.data.polarity import light_background_share
from cnnviz.data.uploaded_files import delete_set, delete_unused, make_room, mark_used, save_set, uploaded_names
from cnnviz.data.uploaded_set import make_uploaded_set
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))


def picture(seed, size=(9, 12), colour=False, form="PNG"):
    shape = (*size, 3) if colour else size
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


def folders(cats=10, dogs=6, **settings):
    files = {f"cat/{index:02}.png": picture(index, **settings) for index in range(cats)}
    return files | {f"dog/{index:02}.png": picture(100 + index, **settings) for index in range(dogs)}


def packed(files, **settings):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", **settings) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_fifth_of_each_class_is_held_out_and_the_split_is_always_the_same():
    own = make_uploaded_set(packed(folders()), 16)
    assert own.classes == ("cat", "dog")
    assert own.train.images.shape == (13, 1, 16, 16)
    assert own.test.images.shape == (3, 1, 16, 16)
    assert torch.bincount(own.train.labels).tolist() == [8, 5]
    assert torch.bincount(own.test.labels).tolist() == [2, 1]
    again = make_uploaded_set(packed(dict(reversed(folders().items()))), 16)
    assert torch.equal(own.test.images, again.test.images)
    assert torch.equal(own.train.labels, again.train.labels)


def test_every_image_is_in_one_split_with_its_own_label():
    files = {}
    for label, name in enumerate(("a", "b", "c")):
        for index in range(7):
            pixels = np.full((16, 16), 80 * label + index, np.uint8)
            file = io.BytesIO()
            Image.fromarray(pixels).save(file, "PNG")
            files[f"{name}/{index}.png"] = file.getvalue()
    own = make_uploaded_set(packed(files), 16)
    found = []
    for images in (own.train, own.test):
        for image, label in zip(images.images, images.labels.tolist(), strict=True):
            assert int(image[0, 0, 0]) // 80 == label
            found.append(int(image[0, 0, 0]))
    assert sorted(found) == sorted(80 * label + index for label in range(3) for index in range(7))


def test_the_middle_square_is_kept_and_one_colour_image_makes_all_of_them_colour():
    wide = np.zeros((8, 24, 3), np.uint8)
    wide[:, 8:16] = (10, 200, 30)
    file = io.BytesIO()
    Image.fromarray(wide).save(file, "PNG")
    own = make_uploaded_set(packed(folders() | {"cat/wide.png": file.getvalue()}), 16)
    assert own.train.images.shape[1] == 3
    everything = torch.cat([own.train.images, own.test.images])
    assert any(
        torch.equal(image, torch.tensor([10, 200, 30], dtype=torch.uint8)[:, None, None].expand(3, 16, 16))
        for image in everything
    )


def test_a_folder_around_everything_and_what_systems_leave_are_passed_over():
    files = {f"pets/{name}": data for name, data in folders().items()}
    files |= {"__MACOSX/pets/cat/._00.png": b"x", "pets/.DS_Store": b"x", "pets/cat/Thumbs.db": b"x", "pets/cat/": b""}
    own = make_uploaded_set(packed(files), 16)
    assert own.classes == ("cat", "dog")
    assert len(own.train) + len(own.test) == 16


def test_an_image_that_is_there_twice_counts_once():
    files = folders()
    own = make_uploaded_set(packed(files | {"cat/copy.png": files["cat/00.png"]}), 16)
    assert own.duplicates == 1
    assert len(own.train) + len(own.test) == 16


def test_the_reading_is_told_file_by_file():
    heard = []
    make_uploaded_set(packed(folders()), 16, lambda *told: heard.append(told))
    assert heard == [(done, 16) for done in range(1, 17)]


def _entry(name, mode=None, flag=0):
    entry = zipfile.ZipInfo(name)
    if mode:
        entry.external_attr = mode << 16
    entry.flag_bits |= flag
    return entry


def _with(entry, content):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, each in folders().items():
            archive.writestr(name, each)
        archive.writestr(entry, content)
    return data.getvalue()


def _encrypted():
    data = bytearray(packed(folders()))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def _twice():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _with(_entry("cat/00.png"), b"x")


def _overlapping():
    """A zip whose entries all point at one file's bytes."""
    data = bytearray(packed(folders()))
    places, at = [], 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        places.append(at)
        at += 4
    first = data[places[0] + 42 : places[0] + 46]
    for place in places[1:]:
        data[place + 42 : place + 46] = first
    return bytes(data)


ZIP = packed(folders())
BAD = {
    "nothing": (b"", "archive_format"),
    "renamed text": (b"no zip at all " * 20, "archive_format"),
    "half": (ZIP[: len(ZIP) // 2], "archive_format"),
    "over the limit": (b"\0" * (MAX_BYTES + 1), "archive_bytes"),
    "too many entries": (packed({f"cat/{index}.png": b"" for index in range(MAX_ENTRIES + 1)}), "archive_entries"),
    "up and out": (packed(folders() | {"../evil.png": b"x"}), "archive_path"),
    "up and out, hidden": (packed(folders() | {"cat/../../.evil.png": b"x"}), "archive_path"),
    "absolute": (packed(folders() | {"/etc/passwd": b"x"}), "archive_path"),
    "backslashes": (packed(folders() | {"..\\evil.png": b"x"}), "archive_path"),
    "a drive": (packed(folders() | {"C:/evil.png": b"x"}), "archive_path"),
    "a link": (_with(_entry("cat/link.png", stat.S_IFLNK | 0o777), b"/etc/passwd"), "archive_link"),
    "encrypted": (_encrypted(), "archive_encrypted"),
    "nested": (packed(folders() | {"cat/more.zip": ZIP}), "archive_nested"),
    "twice": (_twice(), "archive_twice"),
    "bzip2": (packed(folders(), compression=zipfile.ZIP_BZIP2), "archive_packing"),
    "bomb": (
        packed(folders() | {"cat/bomb.bmp": b"\0" * 9_000_000}, compression=zipfile.ZIP_DEFLATED),
        "archive_ratio",
    ),
    "large file": (
        packed(folders() | {"cat/bomb.bmp": b"\0" * 10_000_001}, compression=zipfile.ZIP_DEFLATED),
        "archive_file",
    ),
    "overlapping": (_overlapping(), "archive_damaged archive_format"),
    "no image": (packed({}), "archive_empty"),
    "no folders": (packed({"a.png": picture(0), "b.png": picture(1)}), "archive_flat"),
    "one folder": (packed(folders(dogs=0)), "archive_classes"),
    "deeper": (packed(folders() | {"cat/old/1.png": picture(9)}), "archive_depth"),
    "long class": (packed(folders() | {f"{'x' * 41}/1.png": picture(9)}), "archive_class"),
    "words": (packed(folders() | {"cat/notes.png": b"these are words " * 9}), "archive_image_format"),
    "empty image": (packed(folders() | {"cat/none.png": b""}), "archive_image_empty"),
    "half an image": (packed(folders() | {"cat/half.png": picture(7, (80, 80))[:900]}), "archive_image_damaged"),
    "few": (packed(folders(dogs=4)), "own_few"),
    "two classes": (packed(folders() | {"dog/cat.png": picture(0)}), "own_two_classes"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_zip_gets_one_sentence_in_every_language(name):
    data, expected = BAD[name]
    with pytest.raises(UserError) as error:
        make_uploaded_set(data, 16)
    assert error.value.key in expected.split()
    for language in LANGUAGES:
        said = error.value.describe(language)
        assert said.rstrip().endswith((".", "。"))
        assert "\n" not in said


def test_a_file_that_gives_more_than_it_declares_is_refused():
    data = bytearray(packed(folders() | {"cat/zz.bmp": b"\0" * 90_000}, compression=zipfile.ZIP_DEFLATED))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"cat/zz.bmp"))
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")  # the declared size
    with pytest.raises(UserError, match="damaged"):
        make_uploaded_set(bytes(data), 16)


def test_more_pixels_than_may_be_decoded_are_refused_before_any_is(monkeypatch):
    monkeypatch.setattr("cnnviz.data.uploaded_set.MAX_TOTAL_PIXELS", 12_000_000)
    monkeypatch.setattr("cnnviz.data.uploaded_set.read_upload", lambda *given: pytest.fail("decoded"))
    large = io.BytesIO()
    Image.new("1", (4000, 4000)).save(large, "PNG")
    with pytest.raises(UserError, match="more than 12 million pixels together"):
        make_uploaded_set(packed(folders() | {"dog/large.png": large.getvalue()}), 16)


def test_an_image_of_a_zip_that_would_take_too_much_is_named():
    data = picture(1, (16, 16), form="TIFF")
    strange = data.replace(struct.pack("<HHII", 259, 3, 1, 1), struct.pack("<HHII", 259, 3, 1, 34925))
    assert strange != data
    with pytest.raises(UserError, match=r"cat/odd\.tif in the zip is stored in an unusual way"):
        make_uploaded_set(packed(folders() | {"cat/odd.tif": strange}), 16)


def test_more_images_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr("cnnviz.data.uploaded_set.MAX_NUMBERS", 3 * 16 * 16 * 10)
    with pytest.raises(UserError, match="at most 10 images"):
        make_uploaded_set(ZIP, 16)


def test_a_size_that_is_not_offered_is_refused():
    with pytest.raises(UserError, match="choose one of"):
        make_uploaded_set(ZIP, 17)


def test_any_bytes_changed_give_a_set_or_a_error():
    generator = np.random.default_rng(0)
    for _ in range(40):
        bent = bytearray(ZIP)
        for place in generator.integers(0, len(bent), 5):
            bent[place] = generator.integers(0, 256)
        with contextlib.suppress(UserError):
            assert len(make_uploaded_set(bytes(bent), 16).train) > 0


def test_a_kept_set_is_found_by_its_name_with_its_facts():
    own = make_uploaded_set(ZIP, 28)
    name = save_set(own, "My pets")
    assert save_set(own, "My pets") == name
    assert uploaded_names() == (name,)
    entry = dataset(name)
    assert (entry.classes, entry.input_shape, entry.num_train, entry.num_test) == (("cat", "dog"), (1, 28, 28), 13, 3)
    assert entry.describe("title", "zh-Hans") == "My pets"
    assert entry.class_name(1, "zh-Hant") == "dog"
    for split, images in (("train", own.train), ("test", own.test)):
        found = entry.load(split)
        assert torch.equal(found.images, images.images)
        assert torch.equal(found.labels, images.labels)
    assert torch.equal(entry.load("train", limit=4).images, own.train.images[:4])
    pixels = own.train.images.double() / 255
    assert entry.mean == pytest.approx((float(pixels.mean()),), abs=1e-5)
    assert entry.std == pytest.approx((float(pixels.std(unbiased=False)),), abs=1e-5)
    assert entry.light_grounds == light_background_share(own.train.images)


def test_other_images_have_another_name():
    assert save_set(make_uploaded_set(ZIP, 28)) != save_set(make_uploaded_set(ZIP, 16))
    assert len(uploaded_names()) == 2


def test_a_set_that_was_removed_or_damaged_says_so():
    name = save_set(make_uploaded_set(ZIP, 16))
    path = uploaded_files.uploaded_folder() / f"{name}.safetensors"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(UserError, match="not what it should be"):
        dataset(name)
    delete_set(name)
    with pytest.raises(UserError, match="not kept here any more"):
        dataset(name)
    assert uploaded_names() == ()


@pytest.mark.parametrize(
    "name", ["custom-", "custom-../../../etc/passwd", "custom-0123456789abcdeg", "custom-00000000000000000"]
)
def test_a_name_that_is_none_is_never_looked_for(name):
    with pytest.raises(UserError, match="no dataset called"):
        dataset(name)


def _kept_in_order(*kilobytes):
    """The names of sets of so many kilobytes, the oldest first."""
    names = [f"custom-{place:016x}" for place in range(len(kilobytes))]
    uploaded_files.uploaded_folder().mkdir(parents=True, exist_ok=True)
    for place, (name, size) in enumerate(zip(names, kilobytes, strict=True)):
        path = uploaded_files.uploaded_folder() / f"{name}.safetensors"
        path.write_bytes(bytes(1000 * size))
        os.utime(path, (100 + place, 100 + place))
    return names


def test_who_keeps_more_than_a_share_loses_the_oldest_first():
    names = _kept_in_order(40, 5, 40, 40)
    owners = dict(zip(names, ("ann", "bob", "ann", "ann"), strict=True))
    assert make_room(names[3], owners.__getitem__, 100_000, 10**9) == (names[0],)
    assert set(uploaded_names()) == {names[1], names[2], names[3]}


def test_where_room_is_short_the_largest_holder_loses_first_and_a_small_set_stays():
    names = _kept_in_order(5, 60, 60, 60, 60)
    owners = dict(zip(names, ("bob", "ann", "ann", "cat", "dan"), strict=True))
    assert make_room(names[4], owners.__getitem__, 10**9, 130_000) == (names[1], names[2])
    assert set(uploaded_names()) == {names[0], names[3], names[4]}


def test_a_new_set_stays_however_large_it_is():
    names = _kept_in_order(1, 500)
    assert make_room(names[1], {names[0]: "ann", names[1]: "bob"}.__getitem__, 100_000, 100_000) == (names[0],)
    assert uploaded_names() == (names[1],)
    assert make_room(names[1], lambda name: "bob", 100_000, 100_000) == ()


def test_a_set_that_is_looked_at_counts_as_new():
    names = _kept_in_order(60, 60, 60)
    mark_used(names[0])
    assert make_room(names[2], lambda name: "ann", 130_000, 10**9) == (names[1],)


def test_a_set_that_another_visitor_removes_meanwhile_stops_nobody(monkeypatch):
    name = save_set(make_uploaded_set(ZIP, 16))
    delete_set(name)
    monkeypatch.setattr(uploaded_files, "uploaded_names", lambda: (name,))
    mark_used(name)
    assert delete_unused(0) == ()


def test_sets_that_nobody_looked_at_are_forgotten():
    name = save_set(make_uploaded_set(ZIP, 16))
    assert delete_unused(3600) == ()
    assert delete_unused(3600, time.time() + 3601) == (name,)
    assert uploaded_names() == ()
