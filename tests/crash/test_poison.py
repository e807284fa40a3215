#!/usr/bin/python3
"""test_poison.py BUILD_DIR [SEED] - one petition that the store cannot take, in the middle of full batches.

shim.c makes every write of a record that holds its item fail, as a fault of the hub's own would. Four
agents send with full windows, so that it shares its transaction with others. Only it may be refused
(`internal`), it is counted as quarantined and told in the log, the hub goes on, and everything else is
stored.
"""
import os
import sys

import ledger
import stage
import story
import wire

AGENTS = ["contact-1", "contact-2", "front-1", "sms-1"]
BATCHES = 6
POISON = "rat-poison"  # the item of the petition: a part of its source key


class Poisoner:
    """An agent in this process: one batch of full windows, the poison in its middle."""

    def __init__(self, hub, seed):
        self.name, self.seed, self.keys = "press-1", seed, hub.admit("press-1", "intake")
        self.at = story.ROWS // 2

    def frames(self):
        for sequence in range(1, story.ROWS + 2):
            name, body = story.message(self.seed, self.name, sequence)
            if sequence == self.at:
                body = {**body, "item": POISON}
            yield sequence - 1, wire.frame(name, body)

    def play(self, hub):
        with stage.Sender(hub, self.keys, story.instance(self.seed, self.name)) as sender:
            return {i + 1: receipt for i, receipt in sender.send(self.frames())}


def main():
    build, folder, seed, _ = stage.begin("poison")
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start(poison=POISON)
    clients, wrong = [], []
    try:
        before = hub.status()["figures"]["quarantined"]
        clients = [stage.Client("intake.py", stage.make_intake(hub, folder, seed, agent))
                   for agent in AGENTS]
        for client in clients:
            client.put("UPDATE setup SET stop = ?, haste = 1", BATCHES * (story.ROWS + 1))
        poisoner = Poisoner(hub, seed)
        receipts = poisoner.play(hub)
        again = poisoner.play(hub)
        for client in clients:
            assert client.process.wait(60) == 0, f"{client.path} does not come to an end"
        for sequence, receipt in receipts.items():
            verdict, code = receipt["verdict"], receipt.get("code")
            if (verdict, code) != (("refused", "internal") if sequence == poisoner.at else ("stored", None)):
                wrong.append(f"{sequence}: {receipt}")
            if sequence != poisoner.at and again[sequence]["verdict"] != "repeated":
                wrong.append(f"{sequence} again: {again[sequence]}")
        view = hub.wait_read()
        quarantined = view["figures"]["quarantined"] - before
        reader = stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-1", "monitor", "all"))
        clients.append(reader)
        view = hub.wait_read()
        reader.wait_position(view["last_event"])
        reader.end()
        book = ledger.read(folder, view["last_event"], judge=False)
        book.add_agent(seed, poisoner.name, story.ROWS + 1, {
            sequence: ("stored", receipt.get("case", ""), receipt.get("event", 0))
            for sequence, receipt in receipts.items() if sequence != poisoner.at}, but=[poisoner.at])
        book.judge()
        with open(hub.log, encoding="utf-8") as file:
            log = file.read()
        assert hub.stop() == 0, hub.tail()
    finally:
        for client in clients:
            client.end()
        hub.end()
    if quarantined < 1:
        wrong.append("nothing is counted as quarantined")
    if "hub.quarantine" not in log:
        wrong.append("the log tells nothing of it")
    for what in wrong:
        book.add_fault(what)
    print(f"one petition of {len(book.submitted) + 1} was refused, {quarantined} quarantined")
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
