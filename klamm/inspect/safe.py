"""Text that strangers chose, made safe for a terminal: what it does not print, or prints elsewhere, is written out."""

from __future__ import annotations

import re

__all__ = ["hex_window", "safe"]

# Control characters, DEL, C1, the backslash itself, marks of direction, invisible ones, bytes that are no UTF-8.
_UNSAFE = re.compile(
    "[\x00-\x1f\\\\\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_ESCAPED_BYTE = 0xDC00
_ROW = 16


def safe(text: str) -> str:
    r"""Writes control characters and what is not UTF-8 as ``\xNN``, other invisible characters as ``\uNNNN``."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] == "\\":
        return "\\\\"
    if _ESCAPED_BYTE + 0x80 <= code <= _ESCAPED_BYTE + 0xFF:
        code -= _ESCAPED_BYTE
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def hex_window(data: bytes, offset: int, base: int = 0) -> list[str]:
    """Gives the bytes around an offset as rows of a hex dump, and under them a mark at the exact byte.

    ``base`` is the offset that the first byte of ``data`` is shown with; ``offset`` counts in the same way.
    """
    first = max(base, (offset - _ROW) // _ROW * _ROW)
    rows = []
    for start in range(first, min(first + 3 * _ROW, base + len(data) + _ROW), _ROW):
        cells = [_cell(data, position - base) for position in range(start, start + _ROW)]
        text = "".join(_printed(data, position - base) for position in range(start, start + _ROW))
        if any(cell.strip() for cell in cells):
            rows.append(f"{start:08x}  {' '.join(cells)}  {text}".rstrip())
        if start <= offset < start + _ROW:
            rows.append(" " * (10 + 3 * (offset - start)) + f"^^ byte {offset}")
    return rows


def _cell(data: bytes, index: int) -> str:
    return f"{data[index]:02x}" if 0 <= index < len(data) else "  "


def _printed(data: bytes, index: int) -> str:
    if not 0 <= index < len(data):
        return " "
    return chr(data[index]) if 0x20 <= data[index] < 0x7F else "."
