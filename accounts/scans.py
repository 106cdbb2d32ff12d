"""Scanned documents, known by how they begin, whatever their name says."""

DOCUMENT_MAX_BYTES = 10 * 1024 * 1024
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


class DocumentRefused(Exception):
    """The scan is missing, too big, or neither PDF, JPEG nor PNG; `reason_zh` says which."""

    def __init__(self, reason_zh: str) -> None:
        super().__init__(reason_zh)
        self.reason_zh = reason_zh


def media_type(raw: bytes) -> str:
    """What kind of scan this is; raises DocumentRefused."""
    if not raw:
        raise DocumentRefused("扫描件是空的。")
    if len(raw) > DOCUMENT_MAX_BYTES:
        raise DocumentRefused("扫描件不能超过 10 MB，请压缩后再上传。")
    for beginning, kind in _BEGINNINGS.items():
        if raw.startswith(beginning):
            return kind
    raise DocumentRefused("扫描件只能是 PDF、JPG 或 PNG 文件。")
