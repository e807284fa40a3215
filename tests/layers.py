#!/usr/bin/python3
"""Checks who includes whom: design of the house, docs/hacking.md. Prints every breach; exit 1."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)

# A library's header and the only files that may include it.
ONE_PLACE = {
    "lmdb.h": {"hub/store.c", "agents/outbox.c"},
    "zmq.h": {"hub/net.c", "hub/net_monitor.c", "hub/zap.c", "hub/tap.c", "agents/client.c"},
    "zstd.h": {"hub/packing.c"},
    "zdict.h": {"hub/packing.c"},
    "msgpack.h": {"schemas/codec.c"},
    "openssl/evp.h": {"hub/digest.c", "hub/files.c", "hub/filing.c"},
    "sodium.h": {"agents/attach.c", "agents/batch.c", "agents/keys.c",
                 "agents/notice.c", "agents/notice_send.c"},
}
# Files that may not include from these folders (a prefix of the included path).
FORBIDDEN = [
    ("include/", ("hub/", "agents/", "schemas/")),
    ("schemas/", ("hub/", "agents/")),
    ("hub/", ("agents/",)),
    ("agents/", ("hub/",)),
]
ALLOWED = {"hub/text/text.h"}  # agents may read texts with the hub's pure library
# Pure files: the standard library, the contract's types and each other; no clock, no files.
PURE = {"hub/rules.c", "hub/rules_agents.c", "hub/rules_beside.c", "hub/rules_clock.c", "hub/rules_effects.c",
        "hub/rules_guards.c", "hub/rules_intake.c", "hub/rules_reading.c", "hub/route.c",
        "hub/calendar.c", "hub/deadline.c", "hub/timekeeper.c"}
PURE_NEVER = ("time.h", "unistd.h", "sys/", "pthread.h", "hub/store.h", "hub/net.h")


def main():
    faults = []
    for path in sorted(ROOT.rglob("*.[ch]")):
        name = str(path.relative_to(ROOT))
        if name.startswith(("build/", "tests/")):
            continue
        for header in INCLUDE.findall(path.read_text(encoding="utf-8")):
            where = ONE_PLACE.get(header)
            if where is not None and name not in where:
                faults.append(f"{name}: <{header}> belongs to {', '.join(sorted(where))} alone")
            for folder, never in FORBIDDEN:
                if name.startswith(folder) and header.startswith(never) and header not in ALLOWED:
                    faults.append(f"{name}: may not include {header}")
            if name in PURE and header.startswith(PURE_NEVER):
                faults.append(f"{name}: is pure, may not include {header}")
            if name.startswith("hub/text/") and header.startswith("hub/") \
                    and not header.startswith("hub/text/"):
                faults.append(f"{name}: the text library knows nothing of the hub ({header})")
    print("\n".join(faults) or "layers: no breach")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
