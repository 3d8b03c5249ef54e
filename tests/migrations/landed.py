"""The database that an earlier version left, and what its API answered (see `make_fixture.py`)."""

from __future__ import annotations

import json
import lzma
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from backend.common.documents import Db

BACKUP = Path(__file__).parent / "landed-0.1.0.zip"
_ANSWERS = BACKUP.with_suffix(".json.xz")


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(lzma.decompress(_ANSWERS.read_bytes()))
    return facts


def answers() -> dict[str, Any]:
    """Return what the earlier version answered, as `answers.py` reads it."""
    found: dict[str, Any] = _facts()["answers"]
    return found


def load(db: Db) -> None:
    """Fill an empty database with the documents, validators and indexes of the earlier version."""
    raw = CodecOptions(document_class=RawBSONDocument)
    with zipfile.ZipFile(BACKUP) as backup:
        for name, declared in _facts()["collections"].items():
            collection = db.create_collection(name, **declared["options"])
            if documents := bson.decode_all(backup.read(f"{name}.bson"), raw):
                db[name].with_options(raw).insert_many(documents)
            indexes = [index for index in declared["indexes"] if index["name"] != "_id_"]
            if indexes:
                db.command("createIndexes", collection.name, indexes=indexes)
