#!/usr/bin/python3
"""examples.py ROOT - every message has an example that strangers can read.

For each message of asyncapi.json: schemas/examples/NAME.json is valid by python3-jsonschema, and
the bytes of NAME.hex, read by python3-msgpack, are the frame of just that JSON. Nothing of ours is
used but the files, so this is what a client in another language sees.
"""
import json
import pathlib
import sys

import jsonschema
import msgpack

root = pathlib.Path(sys.argv[1]) / "schemas"
faults = []


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


schemas = {path.name: read(path) for path in root.glob("*.json") if path.name != "asyncapi.json"}
base = "https://kiennghi.example/schemas/"
store = {base + name: schema for name, schema in schemas.items()}
messages = read(root / "asyncapi.json")["components"]["messages"]


def check(name, message):
    example = read(root / "examples" / f"{name}.json")
    schema = schemas[f"{name}.json"]
    resolver = jsonschema.RefResolver(base + f"{name}.json", schema, store=store)
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(example)
    frame = bytes.fromhex((root / "examples" / f"{name}.hex").read_text(encoding="ascii"))
    head = bytes([ord("K"), ord("N"), 1, message["x-id"], 0, 0, 0, 0])
    assert frame[:8] == head, "head of the frame"
    assert len(frame) <= 65503, "size of the frame"
    assert msgpack.unpackb(frame[8:], strict_map_key=True) == example, "bytes and JSON differ"


for schema in schemas.values():
    jsonschema.Draft202012Validator.check_schema(schema)
for name, message in messages.items():
    try:
        check(name, message)
    except (OSError, ValueError, AssertionError, jsonschema.ValidationError) as fault:
        faults.append(f"{name}: {str(fault).splitlines()[0]}")
known = {f"{name}.{end}" for name in messages for end in ("json", "hex")}
faults += [f"{path.name}: no such message" for path in (root / "examples").iterdir()
           if path.name not in known]
print("\n".join(faults) or f"{len(messages)} messages")
sys.exit(bool(faults))
