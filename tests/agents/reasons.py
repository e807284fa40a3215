#!/usr/bin/python3
"""Every reason that the hub's rules give has its Vietnamese in agents/reasons.c."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
known = set(re.findall(r'^    \{"([^"]+)", "[^"]+"\},$', (ROOT / "agents/reasons.c").read_text(), re.M))
missing = []
for path in sorted((ROOT / "hub").glob("rules*.c")):
    for call in re.findall(r"(?:OBJECT|OTHER|rules_refuse)\((.*?)\);", path.read_text(), re.S):
        texts = re.findall(r'"((?:[^"\\]|\\.)*)"', call)
        joined = re.findall(r'(?:"[^"]*"\s*)+$', call.strip())
        reason = "".join(re.findall(r'"([^"]*)"', joined[0])) if joined else ""
        if " " in reason and reason not in known:
            missing.append(f"{path.name}: {reason}")
print("\n".join(missing) or f"reasons: {len(known)} in Vietnamese")
sys.exit(bool(missing))
