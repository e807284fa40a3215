#!/usr/bin/python3
"""test_resend.py BUILD_DIR [SEED] [RESENDS] - everything is sent again, ten times over, some of it changed.

Ten agents submit 10,000 petitions. Then RESENDS messages: most the same under the old transport keys,
some the same under new transport keys (a new outbox), some with other words. Every same one must get
the first case, every other one `conflict`; 10,000 cases there are and remain; and fewer than one
write transaction in 1,000 resends of known transport keys.
"""
import os
import random
import sys
import time

import ledger
import stage
import story
import wire

AGENTS = [f"contact-{i}" for i in range(1, 11)]
BATCHES = 20  # of 50 petitions, each agent
RESENDS = 100_000
CHANGED, NEW_OUTBOX = 0.05, 0.05  # shares


def changed(name, body):
    petition = {**body["petition"], "text": body["petition"]["text"] + " Nay đã khác."}
    return wire.frame(name, {**body, "petition": petition})


class Agent:
    """What one agent sends, made once."""

    def __init__(self, hub, seed, name):
        self.name, self.keys = name, hub.admit(name, "intake")
        self.seed = seed
        self.last = BATCHES * (story.ROWS + 1)
        messages = [story.message(seed, name, sequence) for sequence in range(1, self.last + 1)]
        self.frames = [wire.frame(*message) for message in messages]
        self.changed = {i: changed(*message) for i, message in enumerate(messages)
                        if message[0] == "petition.submit"}
        self.first = {}

    def submit(self, hub):
        with stage.Sender(hub, self.keys, story.instance(self.seed, self.name)) as sender:
            for i, receipt in sender.send(enumerate(self.frames)):
                assert receipt["verdict"] == "stored", receipt
                self.first[i + 1] = ("stored", receipt.get("case", ""), receipt.get("event", 0))

    def wrong(self, i, receipt, verdict, same_event=True):
        """What is wrong with RECEIPT for frame I, or None."""
        _, case, event = self.first[i + 1]
        good = receipt["verdict"] == verdict and (verdict == "conflict" or (
            receipt.get("case", "") == case and (not same_event or receipt.get("event") == event)))
        return None if good else f"{self.name} {i + 1}: {verdict} expected, {receipt}, first {case}"

    def resend(self, hub, dice, n):
        """N messages under the old keys. Gives what was answered wrong."""
        picks = [dice.randrange(self.last) for _ in range(n)]
        other = [pick in self.changed and dice.random() < CHANGED for pick in picks]
        frames = ((i, self.changed[pick] if other[i] else self.frames[pick])
                  for i, pick in enumerate(picks))
        with stage.Sender(hub, self.keys, story.instance(self.seed, self.name)) as sender:
            for i, receipt in sender.send(frames, lambda i: picks[i] + 1):
                yield self.wrong(picks[i], receipt, "conflict" if other[i] else "repeated")

    def new_outbox(self, hub, dice, n):
        """The first N messages under the keys of a new outbox."""
        instance = f"{dice.getrandbits(64):016x}"
        with stage.Sender(hub, self.keys, instance) as sender:
            for i, receipt in sender.send(enumerate(self.frames[:n])):
                yield self.wrong(i, receipt, "repeated", same_event=False)


def main():
    build, folder, seed, n_resends = stage.begin("resend", RESENDS)
    dice = random.Random(seed)
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    reader = None
    try:
        agents = [Agent(hub, seed, name) for name in AGENTS]
        start = time.monotonic()
        for agent in agents:
            agent.submit(hub)
        view = hub.wait_read(120)
        print(f"{view['figures']['cases']} cases in {time.monotonic() - start:.1f} s", flush=True)
        n_old = int(n_resends * (1 - NEW_OUTBOX))
        before, start = view["figures"]["commits"], time.monotonic()
        wrong = [what for agent in agents for what in agent.resend(hub, dice, n_old // len(agents))]
        seconds = time.monotonic() - start
        n_writes = hub.status()["figures"]["commits"] - before
        n_new = n_resends - n_old
        while n_new > 0:
            for agent in agents:
                part = min(n_new, agent.last)
                wrong += agent.new_outbox(hub, dice, part)
                n_new -= part
        reader = stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-1", "monitor", "all"))
        view = hub.wait_read()
        reader.wait_position(view["last_event"], 120)
        reader.end()
        book = ledger.read(folder, view["last_event"], judge=False)
        for agent in agents:
            book.add_agent(seed, agent.name, agent.last, agent.first)
        book.judge()
        assert hub.stop() == 0, hub.tail()
    finally:
        hub.end()
        if reader:
            reader.end()
    for what in wrong:
        if what:
            book.add_fault(what)
    cases = view["figures"]["cases"]
    if cases != len(book.submitted):
        book.add_fault(f"{cases} cases of {len(book.submitted)} petitions")
    if n_writes * 1000 >= n_old:
        book.add_fault(f"{n_writes} write transactions for {n_old} resends")
    print(f"{len(wrong)} resends, {n_old / seconds:.0f} a second, {n_writes} write transactions for the "
          f"{n_old} under old keys")
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
