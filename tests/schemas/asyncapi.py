#!/usr/bin/python3
"""asyncapi.py ROOT - asyncapi.json is valid AsyncAPI 3.0.0 by the official schema.

asyncapi-3.0.0.json beside this file is the bundle without $id of the npm package @asyncapi/specs
6.8.1 (Apache-2.0, https://github.com/asyncapi/spec-json-schemas), unchanged. It says nothing about
what a $ref points to, so that is looked at here.
"""
import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(sys.argv[1])
document = json.loads((root / "schemas/asyncapi.json").read_text(encoding="utf-8"))
# python3-jsonschema 4.10 takes a property named "$id" for an identifier and stumbles: leave it out.
official = json.loads((root / "tests/schemas/asyncapi-3.0.0.json").read_text(encoding="utf-8"),
                      object_hook=lambda node: {key: value for key, value in node.items()
                                                if key != "$id" or isinstance(value, str)})
faults = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
          for error in jsonschema.Draft7Validator(official).iter_errors(document)]


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


for ref in references(document):
    if not ref.startswith("#/"):
        if not (root / "schemas" / ref).is_file():
            faults.append(f"{ref}: no such file")
        continue
    target = document
    for part in ref[2:].split("/"):
        target = target.get(part.replace("~1", "/").replace("~0", "~"), {})
    if not target:
        faults.append(f"{ref}: points to nothing")
print("\n".join(faults) or "valid")
sys.exit(bool(faults))
