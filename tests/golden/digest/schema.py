"""The JSON Schema of the letter's data, made from the types: what `reports/digest/letter.schema.json` holds."""

import ast
import dataclasses
import inspect
import json
from datetime import datetime
from typing import Any

import msgspec

from monitor import models
from monitor.core.digest import Digest, values
from monitor.deliver.render import SCHEMA


def letter_schema() -> str:
    """Return the schema as it is shipped."""
    made = msgspec.json.schema(Digest, ref_template="#/$defs/{name}")
    definitions: dict[str, Any] = made["$defs"]
    for name, definition in definitions.items():
        kind = getattr(values, name, None) or getattr(models, name)
        _describe(definition, kind, _fields(kind))
    digest = definitions.pop("Digest")
    digest["properties"] = {"schema": {"const": SCHEMA}, **digest["properties"]}
    digest["required"] = ["schema", *digest["required"]]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **digest,
        "title": "The morning letter",
        "$defs": definitions,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _describe(definition: dict[str, Any], kind: type, said: dict[str, str]) -> None:
    """Add what the types say beside what msgspec reads: the texts under the fields, and that a moment is one."""
    if "enum" in definition and said:
        definition["description"] += "".join(
            f"\n{getattr(kind, name).value}: {text}" for name, text in said.items() if hasattr(kind, name)
        )
    for field in dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ():
        found = definition["properties"][field.name]
        if field.type == datetime:
            found["format"] = "date-time"
        elif field.type == datetime | None:
            found["anyOf"][0]["format"] = "date-time"
        if field.name in said:
            found["description"] = said[field.name]


def _fields(kind: type) -> dict[str, str]:
    """Return the text that stands under each field of a class."""
    node = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(node, ast.ClassDef)
    found = {}
    for field, text in zip(node.body, node.body[1:], strict=False):
        targets = [field.target] if isinstance(field, ast.AnnAssign) else getattr(field, "targets", [])
        target = targets[0] if targets else None
        if isinstance(target, ast.Name) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[target.id] = " ".join(str(text.value.value).split())
    return found
