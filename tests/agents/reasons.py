#!/usr/bin/python3
"""Every reason that the hub's rules give has its Vietnamese in agents/reasons.c."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
known = set(re.findall(r'^    \{"([^"]+)", "[^"]+"\},$', (ROOT / "agents/reasons.c").read_text(), re.M))
missing = []
for path in sorted((ROOT / "hub").glob("rules*.c")):
    for literal in re.findall(r'out->reason = ((?:"[^"]*"\s*)+);', path.read_text()):
        reason = "".join(re.findall(r'"([^"]*)"', literal))
        if reason not in known:
            missing.append(f"{path.name}: {reason}")
    for call in re.findall(r"(?:OBJECT|OTHER|rules_refuse)\((.*?)\);", path.read_text(), re.S):
        texts = re.findall(r'"((?:[^"\\]|\\.)*)"', call)
        joined = re.findall(r'(?:"[^"]*"\s*)+$', call.strip())
        reason = "".join(re.findall(r'"([^"]*)"', joined[0])) if joined else ""
        if " " in reason and reason not in known:
            missing.append(f"{path.name}: {reason}")
names = set(re.findall(r'\{"([a-z_.]+)", "[^"]+"\}', (ROOT / "agents/reasons.c").read_text()))
rules = (ROOT / "hub/rules.c").read_text()
for kind in set(re.findall(r"KN_TYPE_((?:CASE|ANSWER|OPINION|COMMITMENT|PROGRESS|CANDIDATE|ASSIGNMENT)_\w+),\s",
                           rules)):
    name = kind.lower().replace("_", ".", 1)
    if name not in names:
        missing.append(f"rules.c: the act {name} has no name")
for word in ("role", "flow"):
    enum = json.loads((ROOT / f"schemas/{word}.json").read_text())["enum"]
    missing += [f"{word}.json: {value} has no name" for value in enum if value not in names]
for path, form in (("look.c", r'reason = (?:known \? NULL : )?"([^"]+)"'),
                   ("desk.c", r'(?:return|[?:]) "([^"]+ [^"]+)"')):
    for reason in re.findall(form, (ROOT / "hub" / path).read_text()):
        if reason not in known:
            missing.append(f"{path}: {reason}")
print("\n".join(missing) or f"reasons: {len(known)} in Vietnamese")
sys.exit(bool(missing))
