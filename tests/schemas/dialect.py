#!/usr/bin/python3
"""dialect.py ROOT - gen.py refuses what is not in the dialect, naming file and property.

Each row spoils one thing in a small good contract.
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
GOOD = {
    "asyncapi": {"components": {"messages": {"a.say": {
        "x-id": 1, "x-from": ["client"], "payload": {"$ref": "./a.say.json"}}}}},
    "a.say": {"title": "A", "description": "d", "type": "object", "properties": {
        "text": {"description": "d", "type": "string", "maxLength": 5},
        "n": {"description": "d", "type": "integer", "minimum": 0, "maximum": 9},
        "color": {"description": "d", "$ref": "color.json", "x-open": True},
        "parts": {"description": "d", "type": "array", "items": {"$ref": "part.json"},
                  "maxItems": 3}}, "required": ["n"]},
    "part": {"description": "d", "type": "object", "properties": {
        "case": {"description": "d", "type": "boolean"}}},
    "color": {"description": "d", "type": "string", "enum": ["red"],
              "x-enum-descriptions": {"red": "Red."}},
}
GONE = object()
ROWS = [  # path into the contract, new value, what the fault must name
    (("a.say", "description"), GONE, "a.say: description missing"),
    (("a.say", "additionalProperties"), False, "additionalProperties not in the dialect"),
    (("a.say", "required"), ["x"], "required names an unknown"),
    (("a.say", "properties", "text", "description"), GONE, "a.say: text: description missing"),
    (("a.say", "properties", "text", "maxLength"), GONE, "a.say: text: maxLength missing"),
    (("a.say", "properties", "text", "format"), "date", "text: format not in the dialect"),
    (("a.say", "properties", "text", "enum"), ["x"], "text: enum not in the dialect"),
    (("a.say", "properties", "text", "pattern"), "^x+$", "text: pattern"),
    (("a.say", "properties", "text", "type"), "number", "text: type 'number'"),
    (("a.say", "properties", "n", "minimum"), GONE, "n: minimum or maximum missing"),
    (("a.say", "properties", "n", "maximum"), 1 << 63, "n: bounds out of order"),
    (("a.say", "properties", "parts", "maxItems"), GONE, "parts: maxItems"),
    (("a.say", "properties", "parts", "items"), {"type": "integer"}, "parts[]: minimum"),
    (("a.say", "properties", "parts", "items"), {"$ref": "no.json"}, "parts[]: $ref no.json"),
    (("a.say", "properties", "parts", "items"), {"$ref": "color.json", "x-open": True},
     "parts[]: x-open not in the dialect"),
    (("a.say", "properties", "n_parts"), {"description": "d", "type": "boolean"}, "one name in C"),
    (("a.say", "properties"), {f"p{i}": {"description": "d", "type": "boolean"}
                               for i in range(65)}, "1..64 properties"),
    (("part", "properties", "loop"), {"description": "d", "$ref": "a.say.json"}, "refers to itself"),
    (("color", "enum"), ["red", "blue"], "color: blue: x-enum-descriptions lacks it"),
    (("asyncapi", "components", "messages", "a.say", "x-id"), 256, "a.say: x-id"),
    (("asyncapi", "components", "messages", "a.say", "x-from"), GONE, "a.say: x-from"),
    (("asyncapi", "components", "messages", "a.say", "payload"), {"$ref": "./part.json"},
     "a.say: payload"),
]


def run(contract):
    with tempfile.TemporaryDirectory() as folder:
        for name, node in contract.items():
            (pathlib.Path(folder) / f"{name}.json").write_text(json.dumps(node), encoding="utf-8")
        done = subprocess.run([sys.executable, "-B", root / "schemas/gen.py", "--schemas", folder,
                               "--out", folder], capture_output=True, text=True, check=False)
        types = pathlib.Path(folder) / "include/kiennghi/types.h"
        return done.stderr, types.read_text(encoding="utf-8") if types.exists() else ""


faults = 0
stderr, types = run(GOOD)
for line in ("struct kn_a_say {", "bool case_;", "size_t n_parts;", "KN_COLOR_RED = 1,"):
    if line not in types:
        print(f"the good contract lacks {line!r}: {stderr}")
        faults += 1
for path, value, want in ROWS:
    contract = copy.deepcopy(GOOD)
    node = contract
    for part in path[:-1]:
        node = node[part]
    if value is GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    stderr, types = run(contract)
    if want not in stderr or types:
        print(f"{'/'.join(path)}: wanted {want!r}, got {stderr!r}")
        faults += 1
print(f"{len(ROWS)} rows, {faults} faults")
sys.exit(faults != 0)
