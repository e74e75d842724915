"""Every way people arrange a set in a zip is read as they meant it, or refused with the right file named."""

import pytest

from cnnviz.data.archive import ImageArchive
from cnnviz.data.splits import parse_split
from cnnviz.data.uploaded_set import make_uploaded_set
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from tests.data.test_uploaded_set import packed, picture


def images(*folders: str, count: int = 6, seed: int = 0) -> dict[str, bytes]:
    """`count` different images in each of the folders."""
    return {
        f"{folder}/{index}.png": picture(seed + 1000 * place + index)
        for place, folder in enumerate(folders)
        for index in range(count)
    }


def read(files: dict[str, bytes]) -> ImageArchive:
    return ImageArchive(packed(files))


def splits(archive: ImageArchive) -> dict[str, set[str]]:
    """The folders that the images of each part lie in."""
    found: dict[str, set[str]] = {}
    for file in archive:
        found.setdefault(file.split, set()).add(file.path.rpartition("/")[0])
    return found


def keys(archive: ImageArchive) -> list[str]:
    return [note.key for note in archive.notes]


def refused(files: dict[str, bytes]) -> UserError:
    with pytest.raises(UserError) as error:
        make_uploaded_set(packed(files), 16)
    for language in LANGUAGES:
        said = error.value.describe(language)
        assert said.endswith((".", "。"))
        assert "\n" not in said
    return error.value


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"),
        ("Training_Set", "train"),
        ("train images", "train"),
        ("seg_train", "train"),
        ("训练集", "train"),
        ("訓練資料", "train"),
        ("val", "validation"),
        ("valid", "validation"),
        ("Validation", "validation"),
        ("验证", "validation"),
        ("驗證集", "validation"),
        ("TEST", "test"),
        ("test-set", "test"),
        ("测试集", "test"),
        ("測試", "test"),
        ("trains", ""),
        ("trainer", ""),
        ("cat", ""),
        ("tests", ""),
        ("", ""),
    ],
)
def test_the_parts_of_a_split_are_known_by_their_usual_names(name, part):
    assert parse_split(name) == part


@pytest.mark.parametrize("around", ["", "pets/", "a/b/"])
@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "Testing"), ("训练集", "测试集")])
def test_the_owners_split_above_the_classes_is_kept(around, train, test):
    files = images(*(f"{around}{part}/{name}" for part in (train, test) for name in ("cat", "dog")))
    archive = read(files)
    assert archive.classes == ("cat", "dog")
    assert splits(archive) == {
        "train": {f"{around}{train}/cat", f"{around}{train}/dog"},
        "test": {f"{around}{test}/cat", f"{around}{test}/dog"},
    }
    assert keys(archive) == ["archive_split"]


def test_the_images_of_the_owners_test_folder_are_the_test_images():
    files = images("train/cat", "train/dog", count=7) | images("test/cat", "test/dog", count=3, seed=50_000)
    own = make_uploaded_set(packed(files), 16)
    assert (len(own.train), len(own.test)) == (14, 6)
    assert own.test.labels.sort().values.tolist() == [0, 0, 0, 1, 1, 1]


def test_the_owners_split_below_the_classes_is_kept():
    archive = read(images("cat/train", "cat/val", "dog/train", "dog/val"))
    assert archive.classes == ("cat", "dog")
    assert splits(archive) == {"train": {"cat/train", "dog/train"}, "test": {"cat/val", "dog/val"}}
    assert keys(archive) == ["archive_split_validation"]


def test_validation_images_test_where_no_others_do_and_else_are_left_out():
    folders = ["train/cat", "train/dog", "val/cat", "val/dog"]
    archive = read(images(*folders))
    assert splits(archive)["test"] == {"val/cat", "val/dog"}
    archive = read(images(*folders, "test/cat", "test/dog"))
    assert splits(archive) == {"train": {"train/cat", "train/dog"}, "test": {"test/cat", "test/dog"}}
    assert keys(archive) == ["archive_split", "archive_validation_unused"]
    assert len(archive) == 24


def test_a_folder_that_is_repeated_inside_itself_is_passed_through():
    archive = read(
        images(
            "training_set/training_set/cats",
            "training_set/training_set/dogs",
            "test_set/test_set/cats",
            "test_set/test_set/dogs",
        )
    )
    assert archive.classes == ("cats", "dogs")
    assert set(splits(archive)) == {"train", "test"}


def test_a_vehicle_called_train_is_a_class_among_others():
    archive = read(images("train", "bus", "car"))
    assert archive.classes == ("bus", "car", "train")
    assert set(splits(archive)) == {""}


def test_a_test_image_that_is_a_training_image_too_stays_a_test_image():
    files = images("train/cat", "train/dog") | images("test/cat", "test/dog", count=2, seed=50_000)
    own = make_uploaded_set(packed(files | {"train/cat/again.png": files["test/cat/0.png"]}), 16)
    assert (len(own.train), len(own.test), own.duplicates) == (12, 4, 1)


@pytest.mark.parametrize(
    ("files", "key", "named"),
    [
        (images("train", "test"), "archive_split_flat", "test/0.png"),
        (images("train/cat", "train/dog", "test"), "archive_split_flat", "test/0.png"),
        (images("train/cat", "train/dog", "test/cat"), "own_class_no_test", "dog"),
        (images("train/cat", "test/cat", "test/dog"), "own_class_no_training", "dog"),
        (images("val/cat", "val/dog", "test/cat", "test/dog"), "archive_no_training", "train"),
        (images("cat/train", "cat/test", "dog"), "archive_depth", "dog/0.png"),
        (images("cat", "dog") | {"cover.png": picture(1)}, "archive_depth", "cover.png"),
        (images("cat", "dog", "cat/old", count=6) | {"dog/old/1.png": picture(9)}, "archive_depth", "old/"),
        (images("pets/cat", "pets/dog", "birds/owl", "birds/jay"), "archive_deep", "birds/jay/0.png"),
        ({f"{index}.png": picture(index) for index in range(9)}, "archive_flat", "0.png"),
        (images("cat"), "archive_classes", "1 class"),
        (images("cat/train", "cat/test"), "archive_split_flat", "cat/test/0.png"),
        ({"README.md": b"words"}, "archive_empty", "no image"),
    ],
)
def test_an_arrangement_that_tells_no_classes_is_refused_by_its_own_file(files, key, named):
    error = refused(files)
    assert error.key == key
    assert named in str(error)


def test_a_training_class_that_only_repeats_test_images_is_refused():
    files = images("train/cat", "train/dog") | images("test/cat", "test/dog", seed=50_000)
    files |= {f"train/dog/{index}.png": files[f"test/dog/{index}.png"] for index in range(6)}
    assert refused(files).key == "own_class_no_training"


def test_documents_beside_the_images_are_left_out_and_said():
    archive = read(images("cat", "dog") | {"README.md": b"words", "LICENSE": b"words", "cat/notes.txt": b"words"})
    assert len(archive) == 12
    assert keys(archive) == ["archive_left_out"]
    assert archive.notes[0].describe().startswith("3 file(s) that are not images were left out, such as LICENSE")


def test_what_systems_leave_behind_is_passed_over_in_silence():
    left = ("__MACOSX/cat/._0.png", ".DS_Store", "cat/.DS_Store", "cat/Thumbs.db", "desktop.ini", ".git/config.png")
    archive = read(images("cat", "dog") | dict.fromkeys(left, b"x"))
    assert (len(archive), archive.notes) == (12, ())


@pytest.mark.parametrize(
    ("spellings", "chosen"),
    [
        (("caf\u00e9", "cafe\u0301"), "caf\u00e9"),
        (("Cats", "cats"), "cats"),
        (("cats", "cats "), "cats"),
        (("ＡＢＣ", "ABC"), "ABC"),
        (("red  car", "red car"), "red car"),
    ],
)
def test_spellings_of_one_name_are_one_class_and_it_is_said(spellings, chosen):
    files = images(*spellings, "dog")
    files[f"{chosen}/more.png"] = picture(77)
    archive = read(files)
    assert archive.classes == tuple(sorted((chosen, "dog")))
    assert keys(archive) == ["archive_joined"]
    assert archive.notes[0].describe() == f"2 spellings of {chosen} were merged into one class."


@pytest.mark.parametrize("name", ["x" * 41, "a\u202eb", " "])
def test_a_class_that_cannot_be_shown_is_refused(name):
    assert refused(images(name, "dog")).key == "archive_class"
