#!/usr/bin/python3
"""ledger.py FOLDER - holds what was sent against what was receipted and what was delivered.

FOLDER has the SQLite files of a run: intake-*.db (setup, receipts, faults, heads) and reader-*.db
(setup, events, faults, heads), as intake.py and reader.py leave them. Prints one line

    LEDGER {"submitted": …, "lost": 0, "doubled": 0, "reordered": 0, "foreign": 0, "phantom": 0, …}

lost        submitted and not in the log, or without a final receipt; received and never read (neither
            routed nor linked); a hole or an end too early in a stream
doubled     received or assigned more than once; a case code given to two petitions
reordered   an agent's petitions not in the order sent; a stream not in the order of the log
foreign     in a unit's stream and of another unit
phantom     in the log and never submitted, or not the words that were submitted
contradicted  two receipts, or a receipt and the log, that do not agree; the chain's head changed

and one line per finding on stderr. Any figure but `submitted` other than 0: exit 1.
"""
import collections
import glob
import json
import os
import sqlite3
import sys

import story

ROUTED = ("case.assigned", "case.linked", "case.unrouted")


class Ledger:
    KINDS = ("lost", "doubled", "reordered", "foreign", "phantom", "contradicted")

    def __init__(self):
        self.found = {kind: 0 for kind in self.KINDS}
        self.submitted = {}  # (container, item): (agent, sequence, text)
        self.receipts = {}  # (container, item): (verdict, case, event)
        self.heads = {}
        self.log = []
        self.readers, self.last_event, self.all_read = [], 0, True  # see read()

    def find(self, kind, what):
        self.found[kind] += 1
        if self.found[kind] <= 5:
            print(f"ledger: {kind}: {what}", file=sys.stderr)

    # ---- what the sides say

    def add_agent(self, seed, agent, last, receipts, but=()):
        """RECEIPTS: {sequence: (verdict, case, event)}; sequences 1 … LAST were sent, those in BUT are
        to be nowhere."""
        for sequence in range(1, last + 1):
            if sequence in but:
                continue
            name, body = story.message(seed, agent, sequence)
            receipt = receipts.get(sequence)
            if receipt is None or receipt[0] not in ("stored", "repeated"):
                self.find("lost", f"{agent} {sequence}: receipt {receipt}")
            if name == "petition.submit":
                key = (body["container"], body["item"])
                self.submitted[key] = (agent, sequence, body["petition"]["text"])
                if receipt:
                    self.receipts[key] = receipt

    def add_head(self, last_event, head):
        if self.heads.setdefault(last_event, head) != head:
            self.find("contradicted", f"event {last_event} has had two chain heads")

    def add_fault(self, what):
        self.find("contradicted", what)

    # ---- checks

    def check_positions(self, stream, positions):
        for expected, position in enumerate(positions, 1):
            if position != expected:
                self.find("lost" if position > expected else "doubled",
                          f"{stream}: position {position} where {expected} belongs")
                return

    def check_log(self, rows, last_event, all_read=True):
        """ROWS of the stream `all`: (position, sequence, kind, case, event), by position."""
        self.check_positions("all", [row[0] for row in rows])
        if len(rows) != last_event:
            self.find("lost", f"all: {len(rows)} events of {last_event}")
        received, order, previous = collections.Counter(), {}, {}
        for position, sequence, kind, case, event in rows:
            if position != sequence:
                self.find("reordered", f"all: event {sequence} at position {position}")
            if case:
                if event.get("previous", 0) != previous.get(case, 0):
                    self.find("lost", f"{case}: event {sequence} follows {event.get('previous')}, "
                                      f"the one before is {previous.get(case)}")
                previous[case] = sequence
            if kind == "case.received":
                self.check_received(event, received, order)
        routed = {row[3] for row in rows if row[2] in ROUTED}
        for row in rows:
            if all_read and row[2] == "case.received" and row[3] not in routed:
                self.find("lost", f"{row[3]}: received and never read")
        for key in self.submitted:
            if not received[key]:
                self.find("lost", f"{self.submitted[key][:2]} has no case")
        cases = collections.Counter(r[1] for r in self.receipts.values())
        for case, n in cases.items():
            if n > 1:
                self.find("doubled", f"{case} stands for {n} petitions")
        self.log = rows

    def check_received(self, event, received, order):
        key = (event.get("container"), event.get("item"))
        received[key] += 1
        if key not in self.submitted:
            self.find("phantom", f"event {event['sequence']}: {key} was never submitted")
            return
        if received[key] > 1:
            self.find("doubled", f"{self.submitted[key][:2]} was received {received[key]} times")
        agent, sequence, _ = self.submitted[key]
        if sequence < order.get(agent, 0):
            self.find("reordered", f"{agent}: {sequence} behind {order[agent]}")
        order[agent] = sequence
        receipt = self.receipts.get(key)
        if receipt and receipt[1] != event["case"]:
            self.find("contradicted", f"{agent} {sequence}: receipt {receipt}, log {event['case']}")

    def check_same(self, rows):
        """Another reader of `all` has heard the same."""
        self.check_positions("all", [row[0] for row in rows])
        if len(rows) < len(self.log):
            self.find("lost", f"all: a second reader has {len(rows)} events of {len(self.log)}")
        for one, other in zip(self.log, rows):
            if one[:4] != other[:4]:
                self.find("contradicted", f"all: two readers have heard {one[:4]} and {other[:4]}")

    def check_unit(self, unit, rows):
        """ROWS of the stream agency/UNIT against the log."""
        self.check_positions(f"agency/{unit}", [row[0] for row in rows])
        assigned = {row[1] for row in self.log if row[2] == "case.assigned" and row[4]["unit"] == unit}
        log, seen, last = {row[1]: row for row in self.log}, set(), 0
        texts = collections.defaultdict(set)
        for row in self.log:
            if row[2] == "case.received":
                key = (row[4].get("container"), row[4].get("item"))
                texts[row[3]].add(self.submitted.get(key, (0, 0, ""))[2])
        for _, sequence, kind, case, event in rows:
            if sequence <= last:
                self.find("doubled" if sequence in seen else "reordered",
                          f"agency/{unit}: event {sequence} behind {last}")
            last = max(last, sequence)
            seen.add(sequence)
            if sequence not in log or log[sequence][2:4] != (kind, case):
                self.find("phantom", f"agency/{unit}: event {sequence} is not in the log")
            if event.get("unit", unit) != unit:
                self.find("foreign", f"agency/{unit}: event {sequence} is {event['unit']}'s")
            text = event.get("petition", {}).get("text")
            if kind == "case.assigned" and text not in texts[case]:
                self.find("phantom", f"agency/{unit}: event {sequence} has words nobody sent")
        for sequence in assigned - seen:
            self.find("lost", f"agency/{unit}: assignment {sequence} was not delivered")

    def judge(self):
        """What the readers of a folder heard, against each other and what was submitted."""
        logs = [rows for stream, rows in self.readers if stream == "all"]
        self.check_log(logs[0], self.last_event, self.all_read)
        for rows in logs[1:]:
            self.check_same(rows)
        for stream, rows in self.readers:
            if stream != "all":
                self.check_unit(stream.split("/", 1)[1], rows)

    def result(self):
        print("LEDGER", json.dumps({"submitted": len(self.submitted), **self.found,
                                    "events": len(self.log)}), flush=True)
        return 1 if any(self.found.values()) else 0


def rows_of(db):
    return [(row[0], row[1], row[2], row[3], json.loads(row[4]))
            for row in db.execute("SELECT * FROM events ORDER BY position")]


def read(folder, last_event, all_read=True, judge=True):
    """The ledger of a run; ALL_READ: the reading stage has come to its end. Without JUDGE the caller
    adds what the folder does not know and judges."""
    ledger = Ledger()
    readers = []
    for path in sorted(glob.glob(os.path.join(folder, "*.db"))):
        db = sqlite3.connect(path)
        for row in db.execute("SELECT * FROM heads"):
            ledger.add_head(*row)
        for row in db.execute("SELECT * FROM faults"):
            ledger.add_fault(row[0])
        if os.path.basename(path).startswith("intake-"):
            seed, agent, stop = db.execute("SELECT seed, agent, stop FROM setup").fetchone()
            receipts = {row[0]: row[1:] for row in db.execute("SELECT * FROM receipts")}
            ledger.add_agent(seed, agent, stop, receipts)
        else:
            readers.append((db.execute("SELECT stream FROM setup").fetchone()[0], rows_of(db)))
    ledger.readers, ledger.last_event, ledger.all_read = readers, last_event, all_read
    if judge:
        ledger.judge()
    return ledger


if __name__ == "__main__":
    sys.exit(read(sys.argv[1], int(sys.argv[2])).result())
