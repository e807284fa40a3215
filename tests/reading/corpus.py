"""Texts of a corpus folder, and the tool asked about them as an operator asks it."""
import json
import subprocess
import sys


def load(path):
    with path.open(encoding='utf-8') as lines:
        return [json.loads(line) for line in lines if line.strip()]


def ask(tool, arguments, rows):
    """The answers of `TOOL ARGUMENTS -`, one a row."""
    body = ''.join(json.dumps(row, ensure_ascii=False) + '\n' for row in rows)
    done = subprocess.run([tool, *arguments, '-'], input=body.encode(), capture_output=True)
    if done.returncode not in (0, 65) or done.stdout.count(b'\n') != len(rows):
        sys.exit(f'{tool} {" ".join(arguments)}: {done.stderr.decode()}')
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def received(year):
    """What a row says of its day when only the year is known; nothing when not even that."""
    return {'received': f'{year}-10-01'} if year else {}
