#!/usr/bin/python3
"""test_rot.py BUILD_DIR [SEED] [FLIPS] - single bits of live records turn, one at a time.

A store is filled. records.c tells where each live record lies in the file. Then, FLIPS times, one bit
of one record (a random table, a random record of it, key or value) is turned: `kiennghi-hub --verify`
must say so. While a hub has the store open, the same is done again for records that are delivered: what
the hub gives out, as stream and as answers, must be what it was, or nothing; and when the bit is turned
back everything is there.
"""
import collections
import json
import os
import random
import subprocess
import sys
import time

import ledger
import stage
import story
import wire

FLIPS = 100
BATCHES = 2
SERVED = ("log", "content", "case", "stream", "source", "transport", "name", "agent")


def records(build, store):
    """{table: [(offset, size) of keys and values]}"""
    lines = subprocess.run([os.path.join(build, "tests/records"), store], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    tables = collections.defaultdict(list)
    for line in lines:
        table, key_at, key_size, at, size = line.split()
        tables[table].append(((int(key_at), int(key_size)), (int(at), int(size))))
    return tables


class Flip:
    """One bit of one record of STORE; turned while the block runs."""

    def __init__(self, store, tables, dice, only=None, only_values=False):
        self.path = os.path.join(store, "data.mdb")
        self.table = dice.choice(sorted(only or tables))
        key, value = dice.choice(tables[self.table])
        spots = [spot for spot in ((value,) if only_values else (key, value)) if spot[1]]
        at, size = dice.choices(spots, [spot[1] for spot in spots])[0]
        self.at, self.bit = at + dice.randrange(size), 1 << dice.randrange(8)

    def turn(self):
        with open(self.path, "r+b") as file:
            file.seek(self.at)
            byte = file.read(1)[0]
            file.seek(self.at)
            file.write(bytes([byte ^ self.bit]))

    def __enter__(self):
        self.turn()
        return self

    def __exit__(self, *error):
        self.turn()

    def __str__(self):
        return f"{self.table}, byte {self.at}, bit {self.bit:#x}"


def fill(build, folder, seed):
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    try:
        agent = stage.Client("intake.py", stage.make_intake(hub, folder, seed, "contact-1"))
        agent.put("UPDATE setup SET stop = ?", BATCHES * (story.ROWS + 1))
        reader = stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-1", "monitor", "all"))
        assert agent.process.wait(60) == 0, "the agent does not come to an end"
        last = hub.wait_read()["last_event"]
        reader.wait_position(last)
        reader.end()
        operator = hub.admit("clerk-1", "operator")
        hub.last = hub.status()["last_event"]
    finally:
        assert hub.stop() == 0, hub.tail()
    return hub, ledger.read(folder, last), operator


def verify(hub, build):
    """The exit code of the check, and what it says."""
    run = subprocess.run([os.path.join(build, "bin/kiennghi-hub"), "--store", hub.store, "--verify"],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.returncode, run.stdout.strip()


def served(hub, keys, codes):
    """{what: as JSON} that the hub gives to an operator now: every event, every case."""
    got = {}
    connection = wire.Connection(hub.delivery, hub.key.encode(), keys)
    try:
        wire.hello(connection, "00000000000000ad", None, 5)
        connection.send("stream.open", {"subscription": 1, "stream": "all", "consumer": "look", "after": 0,
                                        "credit_events": 100000, "credit_bytes": 100000000})
        for i, code in enumerate(codes):
            connection.send("case.get", {"request": i + 1, "case": code})
        connection.send("ping", {"nonce": 7})
        ponged, end = False, time.monotonic() + 5
        while time.monotonic() < end and not (ponged and len(got) >= hub.last + len(codes)):
            message = connection.take(0.3 if ponged else 5)
            if not message:
                break
            name, body = message
            if name == "events":
                for i, event in enumerate(body["events"]):
                    got[f"event {body['first'] + i}"] = json.dumps(event, sort_keys=True)
            elif name == "case.view":
                got[f"case {codes[body['request'] - 1]}"] = json.dumps(body, sort_keys=True)
            ponged |= name == "pong"
    finally:
        connection.close()
    return got


def serve_rotten(hub, build, keys, codes, dice, n, book):
    """N flips under a running hub. Gives how many of them it withheld something for."""
    hub.start()
    whole = served(hub, keys, codes)
    assert len(whole) == hub.last + len(codes), f"{len(whole)} of {hub.last} + {len(codes)}"
    tables = records(build, hub.store)
    withheld = 0
    for _ in range(n):
        with Flip(hub.store, tables, dice, [table for table in SERVED if table in tables], True) as flip:
            got = served(hub, keys, codes)
            assert hub.process.poll() is None, f"{flip}: the hub died: {hub.tail()}"
        for what, value in got.items():
            if whole.get(what) != value:
                book.find("phantom", f"{flip}: {what} is {value[:200]}, was {whole.get(what)}")
        withheld += len(got) < len(whole)
    if served(hub, keys, codes) != whole:
        book.add_fault("the bits are back and something is missing")
    assert hub.stop() == 0, hub.tail()
    return withheld


def main():
    build, folder, seed, n_flips = stage.begin("rot", FLIPS)
    dice = random.Random(seed)
    hub, book, operator = fill(build, folder, seed)
    try:
        code, says = verify(hub, build)
        assert code == 0, says
        tables = records(build, hub.store)
        print(f"{sum(map(len, tables.values()))} live records in {len(tables)} tables: {says}", flush=True)
        found, per_table = 0, collections.Counter()
        for _ in range(n_flips):
            with Flip(hub.store, tables, dice) as flip:
                code, says = verify(hub, build)
            per_table[flip.table] += 1
            found += code != 0
            if code == 0:
                book.add_fault(f"{flip} was not found: {says}")
        code, says = verify(hub, build)
        assert code == 0, says
        codes = [event[3] for event in book.log if event[2] == "case.received"][:20]
        withheld = serve_rotten(hub, build, operator, codes, dice, n_flips, book)
    finally:
        hub.end()
    print(f"{found} of {n_flips} flips were found ({dict(sorted(per_table.items()))}); of {n_flips} flips "
          f"under a running hub {withheld} touched what it was asked for, none was given out")
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
