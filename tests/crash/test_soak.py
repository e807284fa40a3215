#!/usr/bin/python3
"""test_soak.py BUILD_DIR [SEED] [SECONDS] - days of work in SECONDS: a steady rate, kills, the nightly jobs.

Four agents send RATE petitions a second in all, a monitor, an agency and a reader with the hub's cursor
listen. Every tenth of the time (a minute at most) the hub is killed, or an agent, or a reader; between,
the store is compacted as every night. Looked at once a second: memory that is the hub's own (RssAnon),
descriptors, size of the store. Memory may grow with the index of petitions and by nothing else,
descriptors not at all, the file with the petitions.
"""
import os
import random
import subprocess
import sys
import time

import ledger
import stage
import story
import test_kill

SECONDS = 60.0
RATE = 200
AGENTS = ["contact-1", "contact-2", "front-1", "sms-1"]
INDEX_BYTES = 4096  # of memory a petition may cost
FREE_KB = 24 * 1024  # what the heap may breathe
UNEVEN = 1.5  # bytes a petition, second half to first


class Look:
    """Samples of a hub that runs."""

    def __init__(self):
        self.samples = []  # (life, cases, RssAnon, descriptors, bytes of the store)

    def take(self, hub, life):
        figures = hub.status()["figures"]
        self.samples.append((life, figures["cases"], stage.memory_kb(hub.process.pid)["RssAnon"],
                             stage.descriptors(hub.process.pid), figures["map_used"]))

    def last_of_lives(self):
        """The last sample of every life of the hub."""
        return [two for two, three in zip(self.samples, self.samples[1:] + [(None,)]) if three[0] != two[0]]

    def longest_life(self):
        """The samples of the life of the hub with the most of them."""
        lives = [life for life, *_ in self.samples]
        longest = max(lives, key=lives.count)
        return [sample for sample in self.samples if sample[0] == longest]

    def judge(self, book):
        lives, longest = self.last_of_lives(), self.longest_life()
        for first, last in ((lives[0], lives[-1]), (longest[len(longest) // 4], longest[-1])):
            grown = last[2] - first[2]
            allowed = (last[1] - first[1]) * INDEX_BYTES // 1024 + FREE_KB
            if grown > allowed:
                book.add_fault(f"memory grew by {grown} KiB, {allowed} are accounted for")
            if last[3] > first[3] + 4:
                book.add_fault(f"descriptors grew from {first[3]} to {last[3]}")
        first, last = lives[0], lives[-1]
        half = next(s for s in self.samples if s[1] >= last[1] / 2)
        per_case = half[4] / half[1], (last[4] - half[4]) / max(1, last[1] - half[1])
        print(f"{len(lives)} lives, {last[1]} petitions: memory {first[2] // 1024} to {last[2] // 1024} MiB, "
              f"in the longest life {longest[0][2] // 1024} to {longest[-1][2] // 1024} MiB, descriptors "
              f"{longest[0][3]} to {longest[-1][3]}, store {last[4] >> 20} MiB, {per_case[0]:.0f} bytes a "
              f"petition in the first half, {per_case[1]:.0f} in the second")
        if per_case[1] > UNEVEN * per_case[0]:
            book.add_fault(f"the store grows faster than the petitions: {per_case}")


def soak(hub, agents, readers, dice, seconds):
    """The time itself; gives the looks and how many died."""
    look, life, kills, compactions = Look(), 0, [0, 0, 0], 0
    start = time.monotonic()
    every = min(60.0, seconds / 10)
    kill_at, compact_at = start + every, start + every / 2
    while time.monotonic() < start + seconds:
        time.sleep(min(1.0, seconds / 60))
        now = time.monotonic()
        look.take(hub, life)
        if now >= compact_at:
            compact_at = now + every
            hub.control("hub.compact", {"request": 1})
            compactions += 1
        if now >= kill_at:
            kill_at = now + every
            victim = dice.choice((0, 0, 1, 2))
            kills[victim] += 1
            if victim == 0:
                hub.kill()
                hub.start()
                life += 1
            else:
                dice.choice((agents, readers)[victim - 1]).kill()
    return look, kills, compactions


def main():
    build, folder, seed, seconds = stage.begin("soak", SECONDS)
    dice = random.Random(seed)
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    agents, readers = [], []
    try:
        for name in AGENTS:
            path = stage.make_intake(hub, folder, seed, name, rate=RATE / len(AGENTS))
            agents.append(stage.Client("intake.py", path))
        readers = [stage.Client("reader.py", path) for path in (
            stage.make_reader(hub, folder, "monitor-1", "monitor", "all"),
            stage.make_reader(hub, folder, "monitor-2", "monitor", "all", cursor="hub"),
            stage.make_reader(hub, folder, "agency-1", "agency", "agency/so-xay-dung", unit="so-xay-dung"))]
        look, kills, compactions = soak(hub, agents, readers, dice, seconds)
        last = test_kill.finish(hub, agents, readers, least=0)
        look.take(hub, -1)
        book = ledger.read(folder, last)
        assert hub.stop() == 0, hub.tail()
    finally:
        for client in agents + readers:
            client.end()
        hub.end()
    compacted = open(hub.log, encoding="utf-8").read().count("store.compacted")
    print(f"{seconds:.0f} s at {len(book.submitted) / seconds:.0f} petitions a second; {kills[0]} kills of the "
          f"hub, {kills[1]} of agents, {kills[2]} of readers, {compacted} of {compactions} compactions")
    look.judge(book)
    if not compacted:
        book.add_fault("the store was never compacted")
    run = subprocess.run([hub.program, "--store", hub.store, "--verify"], stdout=subprocess.PIPE, text=True,
                         check=False)
    if run.returncode:
        book.add_fault(f"verify: {run.stdout}")
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
