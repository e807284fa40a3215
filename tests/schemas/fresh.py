#!/usr/bin/python3
"""fresh.py ROOT - the committed types.h, tables.c and words.txt are what gen.py writes today."""
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
stale = 0
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-B", root / "schemas/gen.py", "--out", folder], check=True)
    for name in ("include/kiennghi/types.h", "schemas/tables.c", "schemas/words.txt"):
        if (root / name).read_bytes() != (pathlib.Path(folder) / name).read_bytes():
            print(f"{name} is stale: run schemas/gen.py and commit the result")
            stale = 1
sys.exit(stale)
