"""Names in a zip are read in the encoding they were written in, whether it is announced or not."""

import io
import struct
import zipfile
import zlib

import pytest

from cnnviz.data.archive import ImageArchive
from cnnviz.data.archive_names import guess_encoding
from tests.data.test_uploaded_set import picture

NAMES = [
    ("gbk", ["猫", "狗"]),
    ("gbk", ["苹果", "香蕉", "橙子"]),
    ("gbk", ["正常", "异常"]),
    ("gbk", ["飞机", "汽车", "鸟"]),
    ("gbk", ["良品", "不良品"]),
    ("gbk", ["cat_猫", "dog_狗"]),
    ("big5", ["貓", "狗"]),
    ("big5", ["蘋果", "香蕉", "柳丁"]),
    ("big5", ["正常", "異常"]),
    ("big5", ["許", "功", "蓋"]),  # two of them end in the byte of a backslash
    ("cp932", ["猫", "犬"]),
    ("cp932", ["りんご", "バナナ"]),
    ("cp932", ["正常", "異常"]),
    ("cp949", ["비행기", "자동차", "고양이", "강아지"]),
    ("cp437", ["café", "thé"]),
    ("cp437", ["mañana", "noche"]),
    ("cp437", ["Hände", "Füße"]),
    ("utf-8", ["猫", "café"]),
]


@pytest.mark.parametrize(("encoding", "names"), NAMES)
def test_the_encoding_of_a_few_names_is_recognized(encoding, names):
    raw = [name.encode(encoding) for name in names]
    assert [one.decode(guess_encoding(raw)) for one in raw] == names


class _Unannounced(zipfile.ZipInfo):
    """An entry whose name is written as the bytes that its letters of code page 437 stand for."""

    def _encodeFilenameFlags(self):  # noqa: N802 zipfile asks for the name of an entry so
        return self.orig_filename.encode("cp437"), 0


def written(names, encode, extra=lambda raw, name: b""):
    """A zip whose entries carry `encode(name)` and no word of the encoding, as old packers write it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for place, name in enumerate(names):
            for index in range(5):
                raw = encode(f"{name}/{index}.png")
                entry = _Unannounced(raw.decode("cp437"))
                entry.extra = extra(raw, f"{name}/{index}.png")
                archive.writestr(entry, picture(10 * place + index))
    return data.getvalue()


@pytest.mark.parametrize(("encoding", "names"), [case for case in NAMES if len(case[1]) > 1])
def test_class_folders_in_an_unannounced_encoding_get_their_names_and_it_is_said(encoding, names):
    archive = ImageArchive(written(names, lambda name: name.encode(encoding)))
    assert archive.classes == tuple(sorted(names))
    assert len(list(archive)) == 5 * len(names)
    assert [note.key for note in archive.notes] == ([] if encoding == "utf-8" else ["archive_encoding"])


def test_a_name_in_utf8_beside_the_other_one_is_taken():
    def beside(raw, name):
        content = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + name.encode()
        return struct.pack("<HH", 0x7075, len(content)) + content

    archive = ImageArchive(written(["猫", "狗"], lambda name: name.encode("gbk", "replace"), beside))
    assert archive.classes == ("狗", "猫")
    assert archive.notes == ()


def test_a_name_beside_that_was_made_for_another_one_is_not():
    def beside(raw, name):
        content = b"\x01" + struct.pack("<I", zlib.crc32(raw) ^ 1) + b"other/1.png"
        return struct.pack("<HH", 0x7075, len(content)) + content

    archive = ImageArchive(written(["猫", "狗"], lambda name: name.encode("gbk"), beside))
    assert archive.classes == ("狗", "猫")
