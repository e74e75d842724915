"""A table of names and labels beside flat images gives them their classes, or is refused by its own name."""

import pytest

from cnnviz.data.archive import ImageArchive
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from tests.data.test_uploaded_set import packed, picture

FILES = {f"{index:03}.png": picture(index) for index in range(10)}
CLASSES = ["猫" if index % 2 else "狗" for index in range(10)]


def table(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(rows).encode(encoding)


def rows(pattern: str, names=("cat", "dog")) -> list[str]:
    return [pattern.format(number=f"{index:03}", name=names[index % 2]) for index in range(10)]


def classes_of(files: dict[str, bytes]) -> dict[str, str]:
    return {file.path.rpartition("/")[2]: file.class_name for file in ImageArchive(packed(files))}


EXPECTED = {f"{index:03}.png": ("cat", "dog")[index % 2] for index in range(10)}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("labels.csv", table("file,label", *rows("{number}.png,{name}"))),
        ("labels.csv", table(*rows("{number}.png,{name}"))),
        ("labels.csv", table("id,label", *rows("{number},{name}"))),
        ("labels.csv", table("file;label", *rows("{number}.png;{name}"))),
        ("labels.tsv", table("file\tlabel", *rows("{number}.png\t{name}"))),
        ("labels.csv", table("label,file", *rows("{name},{number}.PNG"))),
        ("labels.csv", table("path,label", *rows("images\\{number}.png,{name}"))),
        ("labels.csv", table("path,label", *rows("./{number}.png,{name}"))),
        ("labels.csv", table("path,label", *rows("/content/drive/images/{number}.png,{name}"))),
        ("labels.csv", table(",file,label", *rows("7,{number}.png,{name}"))),
        ("labels.csv", table("file,width,class", *rows("{number}.png,12,{name}"))),
        ("文件.csv", table("文件名,类别", *rows("{number}.png,{name}"))),
        ("文件.csv", table("檔名,寬,類別", *rows("{number}.png,12,{name}"))),
        ("labels.csv", table("file,label", *rows('"{number}.png","{name}"'), "")),
        ("labels.csv", table("file,label", *rows("{number}.png,{name}"), encoding="utf-8-sig")),
        ("labels.csv", table("file,label", *rows("{number}.png,{name}"), encoding="utf-16")),
    ],
)
@pytest.mark.parametrize("folder", ["", "images/"])
def test_a_table_gives_the_images_beside_it_their_classes(name, data, folder):
    files = {f"{folder}{path}": content for path, content in FILES.items()}
    assert classes_of(files | {name: data}) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_chinese_labels_are_read_in_any_encoding(encoding):
    data = table("文件名,类别", *rows("{number}.png,{name}", ("狗", "猫")), encoding=encoding)
    archive = ImageArchive(packed(FILES | {"标签.csv": data}))
    assert archive.classes == ("狗", "猫")
    assert archive.notes[0].describe() == "The classes of 10 images were read from 标签.csv."


def test_a_column_of_parts_keeps_the_owners_split():
    lines = [f"{row},{'test' if index > 6 else 'train'}" for index, row in enumerate(rows("{number}.png,{name}"))]
    archive = ImageArchive(packed(FILES | {"labels.csv": table("file,label,split", *lines)}))
    assert {file.path for file in archive if file.split == "test"} == {"007.png", "008.png", "009.png"}


def test_a_table_beside_a_train_and_a_test_folder_keeps_the_split():
    files = {f"{'test' if index > 5 else 'train'}/{name}": data for index, (name, data) in enumerate(FILES.items())}
    archive = ImageArchive(packed(files | {"labels.csv": table("file,label", *rows("{number}.png,{name}"))}))
    assert [file.split for file in archive].count("test") == 4
    lines = rows("{number}.png,{name}")
    two = {"train.csv": table("file,label", *lines[:6]), "test.csv": table("file,label", *lines[6:])}
    assert classes_of(files | two) == EXPECTED


def test_images_that_no_row_names_and_rows_that_name_no_image_are_said():
    lines = [*rows("{number}.png,{name}")[:8], "900.png,cat", "901.png,dog", "902.png,dog"]
    archive = ImageArchive(packed(FILES | {"labels.csv": table("file,label", *lines)}))
    assert len(archive) == 8
    assert [note.describe() for note in archive.notes] == [
        "The classes of 8 images were read from labels.csv.",
        "3 row(s) of labels.csv name an image that the zip does not hold.",
        "2 image(s) without a class were left out.",
    ]


def test_folders_tell_the_classes_where_there_are_any_and_the_table_is_said_to_be_left_out():
    files = {f"{'cat' if index % 2 else 'dog'}/{name}": data for index, (name, data) in enumerate(FILES.items())}
    archive = ImageArchive(packed(files | {"labels.csv": b"these,are,words"}))
    assert archive.classes == ("cat", "dog")
    assert archive.notes[0].describe().endswith("such as labels.csv.")


@pytest.mark.parametrize(
    ("tables", "key", "named"),
    [
        ({"labels.csv": b""}, "archive_table_columns", "labels.csv"),
        ({"labels.csv": table("file", *rows("{number}.png"))}, "archive_table_columns", "labels.csv"),
        ({"data.csv": table("file,a,b", *rows("{number}.png,1,{name}"))}, "archive_table_columns", "file, a, b"),
        ({"labels.csv": table("file,label", *rows("x{number}.png,{name}"))}, "archive_table_names", "x009.png"),
        ({"labels.csv": table(*rows("{number}.png,{name}"), "000.png,dog")}, "archive_table_twice", "000.png"),
        ({"labels.csv": b"a" * 2_000_001}, "archive_table_format", "labels.csv"),
        ({"a.csv": table(*rows("{number}.png,1")), "b.csv": table("x,y")}, "archive_tables", "a.csv, b.csv"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_name(tables, key, named):
    with pytest.raises(UserError) as error:
        ImageArchive(packed(FILES | tables))
    assert error.value.key == key
    assert named in str(error.value)
    for language in LANGUAGES:
        said = error.value.describe(language)
        assert said.endswith((".", "。"))
        assert "\n" not in said


def test_a_name_that_two_images_have_is_refused_with_both():
    files = {f"{folder}/{name}": data for folder in ("train", "test") for name, data in FILES.items()}
    with pytest.raises(UserError, match=r"may mean test/000\.png or train/000\.png"):
        ImageArchive(packed(files | {"labels.csv": table(*rows("{number}.png,{name}"))}))
