"""Secrets: a type that does not show them, and the two ways to give one (`password`, `password_file`)."""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, final

from klamm.config.problems import Path, Report, quoted
from klamm.config.tree import ANY, HOLE, Scalar, find

__all__ = ["MASK", "Secret", "locate", "read_secrets"]

MASK = "********"
_MAX_FILE = 64 * 1024

_BLOCKS = (
    ("upstream", "sasl"),
    ("tenants", ANY, "auth", "credentials", ANY),
)


@final
class Secret:
    """Holds a secret that only `reveal()` gives out: repr, str and format show a mask."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Returns the secret itself."""
        return self.__text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__text.encode(), other.__text.encode())

    def __hash__(self) -> int:
        return hash(self.__text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled or copied")


def read_secrets(tree: Any, directory: FilePath, report: Report) -> None:
    """Puts a Secret under `password` in every block that has credentials, and takes `password_file` out.

    Problems go to the report, at the key that is wrong; no message repeats a secret.
    """
    for pattern in _BLOCKS:
        for path in list(find(tree, pattern)):
            block: Any = tree
            for step in path:
                block = block[step]
            if isinstance(block, dict):
                block["password"] = _secret(block, path, directory, report)
                block.pop("password_file", None)


def _secret(block: Mapping[str, Any], path: Path, directory: FilePath, report: Report) -> Any:
    """Returns the block's Secret, or HOLE with the problem reported."""
    inline, file = block.get("password"), block.get("password_file")
    if inline is None and file is None:
        report.problem(path, "no password; give password_file (or password)")
        return HOLE
    if inline is not None and file is not None:
        report.problem((*path, "password_file"), "beside password; keep one of the two", at_key=True)
        return HOLE
    key = "password" if file is None else "password_file"
    value = inline if file is None else file
    if value is HOLE:
        return HOLE
    if not isinstance(value, Scalar) or value.kind != "str":
        report.problem((*path, key), 'not text to YAML; quote this: "..."')
        return HOLE
    try:
        if file is not None:
            return _from_file(value.text, (*path, key), directory, report)
        secret = _checked(value.text)
    except ValueError as error:
        report.problem((*path, key), str(error))
        return HOLE
    if not value.from_environment or value.by_default:
        report.warning((*path, key), "a secret in the configuration file; password_file or ${VAR} keeps it out")
    return secret


def _from_file(name: str, path: Path, directory: FilePath, report: Report) -> Secret:
    """Reads a secret file; raises ValueError that says what would be right."""
    file = locate(name, directory)
    try:
        status, content = _content(file)
    except OSError as error:
        raise ValueError(f"cannot read {quoted(str(file), 200)}: {error.strerror}") from None
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"{quoted(str(file), 200)} is not a regular file")
    if len(content) > _MAX_FILE:
        raise ValueError(f"{quoted(str(file), 200)} is larger than 64KiB, which no secret is")
    if status.st_mode & stat.S_IROTH:
        report.warning(path, f"{quoted(str(file), 200)} can be read by everyone; chmod 600 it")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{quoted(str(file), 200)} is not UTF-8") from None
    return _checked(text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text)


def _content(file: FilePath) -> tuple[os.stat_result, bytes]:
    """Returns what a file is, and its content if it is a regular one.

    Opened without blocking and judged by its descriptor: a pipe must not hang the start, nor a swap in between fool it.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return status, b""
        with open(descriptor, "rb", closefd=False) as stream:
            return status, stream.read(_MAX_FILE + 1)
    finally:
        os.close(descriptor)


def _checked(text: str) -> Secret:
    if not text:
        raise ValueError("an empty secret; give one")
    if "\0" in text:
        # SASL/PLAIN separates its fields with NUL (RFC 4616).
        raise ValueError("a secret with a NUL character, which SASL cannot carry")
    return Secret(text)


def locate(name: str, directory: FilePath) -> FilePath:
    """Returns the absolute path of a file that the configuration names, relative to the configuration's directory.

    A relative name must stay below that directory (symbolic links are the operator's business); raises ValueError.
    """
    if not name or "\0" in name:
        raise ValueError("not a file name")
    path = FilePath(os.path.normpath(directory / name))
    if not os.path.isabs(name) and not path.is_relative_to(os.path.normpath(directory)):
        raise ValueError("leads out of the configuration's directory; write the absolute path")
    return path
