"""The schema files inside a ``kafka-clients`` jar, given by path or by the release that Maven is asked for."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

__all__ = ["COMMENTS", "NoJar", "find_jar", "read_jar"]

_FOLDER = "common/message/"
_REPOSITORY = Path.home() / ".m2" / "repository"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "kafka-clients"

Schema = dict[str, Any]

COMMENTS = "comments"
"""Key under which a schema keeps the comment lines of its file; Kafka's files have no such key."""


class NoJar(Exception):
    """A jar that is not there, or that is not one of kafka-clients."""


def find_jar(release: str, *, repository: Path = _REPOSITORY, cache: Path = _CACHE) -> Path:
    """Gives the jar of a release: from Maven's local repository, else fetched by Maven; raises NoJar."""
    name = f"kafka-clients-{release}.jar"
    for folder in (repository / "org" / "apache" / "kafka" / "kafka-clients" / release, cache):
        if (folder / name).is_file():
            return folder / name
    maven = shutil.which("mvn")
    if maven is None:
        raise NoJar(f"kafka-clients {release} is not in {repository}, and there is no mvn to fetch it: give --jar")
    command = [
        maven,
        *("-B", "-q", _COPY),
        f"-Dartifact=org.apache.kafka:kafka-clients:{release}",
        f"-DoutputDirectory={cache}",
    ]
    # The command is our own; the release is one argument of it and no shell reads it.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode or not (cache / name).is_file():
        said = (done.stdout + done.stderr).strip().splitlines()
        raise NoJar(f"Maven did not get kafka-clients {release}: {said[0] if said else 'it said nothing'}")
    return cache / name


def read_jar(path: Path) -> dict[str, Schema]:
    """Gives all message schemas of a jar by their names (``MetadataRequest``); raises NoJar."""
    try:
        with zipfile.ZipFile(path) as jar:
            names = [name for name in jar.namelist() if name.startswith(_FOLDER) and name.endswith(".json")]
            schemas = [_parsed(jar.read(name).decode("utf-8")) for name in names]
    except (OSError, zipfile.BadZipFile) as error:
        raise NoJar(f"{path} cannot be read: {error}") from None
    if not schemas:
        raise NoJar(f"{path} has no {_FOLDER}*.json: it is not a kafka-clients jar")
    return {schema["name"]: schema for schema in schemas}


def _parsed(text: str) -> Schema:
    # Kafka's files are JSON with comment lines; a comment never follows code on the same line.
    lines = text.splitlines()
    comments = [line.strip(" /") for line in lines if line.lstrip().startswith("//")]
    schema: Schema = json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//")))
    return {**schema, COMMENTS: comments}
