"""Names of the parts of a split: folders and values that mean training, validation or test images."""

import re

from cnnviz.data.archive_names import fold

TRAIN, VALIDATION, TEST = "train", "validation", "test"

_NAMES = {
    TRAIN: ("train", "training", "trn", "训练", "訓練"),
    VALIDATION: ("val", "valid", "validation", "dev", "eval", "验证", "驗證"),
    TEST: ("test", "testing", "tst", "测试", "測試"),
}
_SEPARATORS = re.compile(r"[\s_.\-]+")
_AROUND = re.compile(
    r"^(?:seg|dataset|data|images)|(?:set|data|images?|imgs?|folder|集|数据|數據|資料|图像|影像|图片|圖片)$"
)
"""Words that people put before and after, as in `training_set`, `seg_train` and 训练集."""


def parse_split(name: str) -> str:
    """Return which part of a split a folder or a value names: `TRAIN`, `VALIDATION`, `TEST`, or "" for none.

    >>> parse_split("Training_set"), parse_split("验证集"), parse_split("trainer")
    ('train', 'validation', '')
    """
    word = _SEPARATORS.sub("", fold(name))
    while True:
        part = next((part for part, names in _NAMES.items() if word in names), "")
        shorter = _AROUND.sub("", word, count=1)
        if part or shorter == word:
            return part
        word = shorter
