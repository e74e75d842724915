"""The tools of the header: what a phone reads from the QR code is the link."""

import numpy as np
import pytest
import segno

from cnnviz.ui.core.qr_code import LONGEST_QR, qr_code


@pytest.mark.parametrize("length", [40, LONGEST_QR])
def test_the_qr_code_holds_the_link(length: int) -> None:
    cv2 = pytest.importorskip("cv2")
    link = ("https://cnnviz.example/walkthrough?net=lenet&layer=conv2&unit=" + "1,2,3," * 200)[:length]
    assert qr_code(link).startswith("data:image/svg+xml")
    squares = np.array([[not dark for dark in row] for row in segno.make_qr(link, error="l").matrix], dtype=np.uint8)
    picture = np.kron(np.pad(squares, 4, constant_values=1), np.full((6, 6), 255, dtype=np.uint8))
    read, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert read == link
