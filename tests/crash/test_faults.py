#!/usr/bin/python3
"""test_faults.py FAULT BUILD_DIR [SEED] [N] - the disk fails under the hub; FAULT is one of FAULTS.

shim.c gives the error to the N-th call of the hub (drawn when it is 0), or a small map fills up. An
agent sends, a monitor reads all the while. What must hold: no receipt for what is not on the disk; a
hub that cannot know what the disk holds ends with 111 and goes on after a start; a hub whose disk is
full or read-only defers, keeps reading and delivering, and takes petitions again when there is room.
"""
import os
import random
import re
import sys
import time

import ledger
import stage
import story
import wire

BATCHES = 6
TINY_MAP = "16M"
LATER = 111

# What the shim is told; {n} is drawn by seed from the range; what must become of the hub.
FAULTS = {
    "start_eio": ("main.sync:{n}:EIO", (1, 5), "starts again"),
    "start_full": ("main.page:{n}-{m}:ENOSPC", (1, 5), "starts again"),
    "sync_eio": ("sync:{n}:EIO", (1, 40), "ends"),
    "page_eio": ("page:{n}:EIO", (1, 60), "ends"),
    "meta_eio": ("meta:{n}:EIO", (1, 40), "ends"),
    "journal_eio": ("writer.journal:{n}:EIO", (1, 40), "ends"),
    "disk_full": ("page:{n}-{m}:ENOSPC", (1, 20), "defers"),
    "read_only": ("page:{n}-{m}:EROFS", (1, 20), "defers"),
    "slow_sync": ("sync:{n}-{m}:500", (2, 20), "goes on"),
    "map_full": (None, None, "stays full"),
}


def rules(fault, n, dice):
    """What the shim is told; {} for nothing."""
    rule, bounds, _ = FAULTS[fault]
    if not rule:
        return {}
    n = n or dice.randrange(*bounds)
    rule = rule.format(n=n, m=n + 5)
    print(f"shim: {rule}")
    return {"rules": rule}


def small_map(folder):
    """Options for a hub whose store is made with a small map."""
    path = os.path.join(folder, "small.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"store\n    map_size = {TINY_MAP}\n    min_free = 1M\n")
    return ["--config", path]


def wait_failed(hub, seconds=30):
    """Waits until a commit has failed, or the hub takes no more because its map fills up."""
    end = time.monotonic() + seconds
    while not re.search("commit_failed|alarm of=map", hub.tail()):
        assert time.monotonic() < end, "the store does not become full"
        time.sleep(0.02)


def wait_full(hub, agent):
    """Waits until the store is full, and a little longer. Gives how many receipts there are."""
    wait_failed(hub)
    time.sleep(1)
    return agent.value("SELECT count(*) FROM receipts")


def still_reads(hub, keys):
    """A hub that takes nothing still answers and delivers."""
    connection = wire.Connection(hub.delivery, hub.key.encode(), keys)
    try:
        wire.hello(connection, "00000000000000ad", None, 5)
        cases = connection.ask("case.find", {"request": 1})
        assert cases[0] == "case.list" and cases[1]["cases"], cases
        connection.send("stream.open", {"subscription": 1, "stream": "all", "consumer": "look",
                                        "credit_events": 10, "credit_bytes": 100000})
        names = [connection.take(5)[0] for _ in range(2)]
        assert names == ["stream.opened", "events"], names
    finally:
        connection.close()


def catch_up(hub, agent, reader):
    """Both to the end: gives the number of the last event."""
    assert agent.process.wait(30) == 0, "the agent does not come to an end"
    last = hub.wait_read()["last_event"]
    reader.wait_position(last)
    return last


def start_again(hub, shim):
    """The disk fails while the store is made: the hub says so, ends with 111, and may be started again."""
    try:
        hub.start(**shim)
    except AssertionError:
        assert hub.process.wait(10) == LATER, hub.tail()
        assert "memory" not in hub.tail(), hub.tail()
    else:
        raise AssertionError("the fault did not strike at the start")
    hub.start()


def play(hub, folder, fault, seed, shim):
    if FAULTS[fault][2] == "starts again":
        start_again(hub, shim)
    else:
        hub.start()
    operator = hub.admit("clerk-1", "operator")
    path = stage.make_intake(hub, folder, seed, "contact-1")
    reader_path = stage.make_reader(hub, folder, "monitor-1", "monitor", "all")
    agent, reader = stage.Client("intake.py", path), stage.Client("reader.py", reader_path)
    expected = FAULTS[fault][2]
    if shim and expected != "starts again":  # there is a store with keys and cases
        agent.put("UPDATE setup SET stop = ?", story.ROWS + 1)
        assert agent.process.wait(20) == 0, "the agent does not come to an end"
        assert hub.stop() == 0, hub.tail()
        hub.start(**shim)
        agent.start()
    if expected != "stays full":
        agent.put("UPDATE setup SET stop = ?", BATCHES * (story.ROWS + 1))
    else:
        agent.put("UPDATE setup SET haste = 1")
    try:
        if expected == "ends":
            code = hub.process.wait(30)
            assert code == LATER, f"the hub ended with {code}: {hub.tail()}"
            hub.start()
        if expected == "stays full":
            return fill_up(hub, agent, reader, operator)
        if expected == "defers":
            wait_failed(hub)
            still_reads(hub, operator)
        last = catch_up(hub, agent, reader)
        still_reads(hub, operator)
        return last
    finally:
        agent.end()
        reader.end()


def fill_up(hub, agent, reader, operator):
    """Sends until nothing is taken any more. What was receipted is all there is, also after a start."""
    n = wait_full(hub, agent)
    assert hub.process.poll() is None, f"the hub ended: {hub.tail()}"
    still_reads(hub, operator)
    agent.end()
    assert hub.stop() == 0, hub.tail()
    hub.start()
    still_reads(hub, operator)
    keys = [agent.value(f"SELECT {key} FROM setup").encode() for key in ("public_key", "secret_key")]
    intake = wire.Connection(hub.intake, hub.key.encode(), keys)
    stored = wire.hello(intake, agent.value("SELECT instance FROM setup"), n + 1, 5)["last_sequence"]
    intake.close()
    print(f"full after {stored} messages, {stored - n} receipts were on their way")
    agent.put("UPDATE setup SET stop = ?", stored)
    agent.start()  # what is known is answered from a full store too
    assert agent.process.wait(20) == 0, "a full hub does not give its first answers again"
    reader.wait_position(hub.status()["last_event"])
    reader.end()  # the reading stage may still find room for a few events
    return reader.value("SELECT position FROM setup")


def main():
    fault = sys.argv.pop(1)
    build, folder, seed, n = stage.begin(fault, 0)
    shim = rules(fault, n, random.Random(seed))
    hub = stage.Hub(build, os.path.join(folder, "hub"), *([] if shim else small_map(folder)))
    try:
        last = play(hub, folder, fault, seed, shim)
        book = ledger.read(folder, last, all_read=FAULTS[fault][2] != "stays full")
        code = hub.stop()
        assert code == 0, f"the hub ended with {code}: {hub.tail()}"
    finally:
        hub.end()
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
