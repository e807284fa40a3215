#!/usr/bin/python3
"""trgm.py TEXTS ASKED - the same look-ups by PostgreSQL's pg_trgm, for bench_match.

TEXTS: one petition a line. ASKED: line number of the petition meant (from 0), a tab, the text. Starts a
cluster of its own in a temporary folder, on a socket in that folder alone, as another user when it is
root; loads TEXTS, indexes them (GIN, gin_trgm_ops), asks for the five most similar of at least 0.3 and of
at least 0.5, and ends the cluster by its process id. Prints for each: the threshold, the median in
microseconds as the server sees it, how many were found and how many asked. Exit 77: PostgreSQL is not
installed.
"""
import os
import pathlib
import pwd
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

THRESHOLDS = (0.5, 0.3)


def programs():
    """The newest folder of PostgreSQL's programs that has pg_trgm beside it, or None."""
    for folder in sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'), reverse=True):
        version = folder.parent.name
        if pathlib.Path(f'/usr/share/postgresql/{version}/extension/pg_trgm.control').exists():
            return folder
    return None


def other_user():
    """Whom to run as: PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    return {'user': 'postgres' if any(u.pw_name == 'postgres' for u in pwd.getpwall()) else 'nobody'}


def psql(bin_folder, home, user, script):
    done = subprocess.run(
        [bin_folder / 'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', home, '-d', 'postgres'],
        input=script, capture_output=True, text=True, cwd='/', **user)
    if done.returncode:
        sys.exit(f'psql: {done.stderr}')
    return done.stdout


def quote(text):
    return "'" + text.replace("'", "''").replace('\\', ' ') + "'"


def ask(bin_folder, home, user, asked, threshold):
    script = [f'SET pg_trgm.similarity_threshold = {threshold}; SET enable_seqscan = off; SET jit = off;',
              '\\timing on']
    for number, text in asked:
        script.append(f'SELECT {number} AS meant, id FROM petition WHERE text % {quote(text)} '
                      f'ORDER BY similarity(text, {quote(text)}) DESC LIMIT 5;')
    out = psql(bin_folder, home, user, '\n'.join(script))
    times = [float(x) * 1000 for x in re.findall(r'Time: ([0-9.]+) ms', out)]
    found = {meant for meant, number in re.findall(r'^(\d+)\|(\d+)$', out, re.M) if meant == number}
    print(threshold, statistics.median(times), len(found), len(asked), flush=True)


def main():
    bin_folder, user = programs(), other_user()
    if bin_folder is None:
        sys.exit(77)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home = pathlib.Path(tempfile.mkdtemp(prefix='kn-trgm-'))
    server = None
    try:
        if user:
            shutil.chown(home, **user)
        subprocess.run([bin_folder / 'initdb', '-D', home / 'data', '-A', 'trust', '-E', 'UTF8', '--no-locale',
                        '-N'], check=True, stdout=subprocess.DEVNULL, cwd='/', **user)
        server = subprocess.Popen([bin_folder / 'postgres', '-D', home / 'data', '-k', home, '-c',
                                   'listen_addresses=', '-c', 'fsync=off'], cwd='/', stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, **user)
        until = time.monotonic() + 30
        while subprocess.run([bin_folder / 'pg_isready', '-q', '-h', home], cwd='/').returncode:
            if server.poll() is not None or time.monotonic() > until:
                sys.exit('postgres does not start')
        texts = pathlib.Path(sys.argv[1]).read_text(encoding='utf-8').splitlines()
        rows = ''.join(f'{i}\t{text}\n' for i, text in enumerate(t.replace('\\', ' ') for t in texts))
        psql(bin_folder, home, user,
             'CREATE EXTENSION pg_trgm; CREATE TABLE petition (id int, text text);\n'
             f'COPY petition FROM STDIN;\n{rows}\\.\n'
             'CREATE INDEX ON petition USING gin (text gin_trgm_ops); ANALYZE petition;')
        asked = [line.split('\t', 1) for line in
                 pathlib.Path(sys.argv[2]).read_text(encoding='utf-8').splitlines()]
        for threshold in THRESHOLDS:
            ask(bin_folder, home, user, asked, threshold)
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


main()
