#!/usr/bin/python3
"""intake.py FILE - one intake agent with its outbox in the SQLite FILE; may be killed at any time.

FILE holds in `setup` what it needs to connect, and gets every final receipt in `receipts` before the
next one is looked at. What a receipt says against an earlier one goes to `faults`. Sends bursts of
random size and pace, so that a hub that dies finds all kinds of windows. With
setup.haste it sends as fast as it can, with setup.rate so many a second. Ends when setup.stop is not 0 and everything up to it is
answered.
"""
import random
import sqlite3
import sys
import time

import story
import wire

FINAL = ("stored", "repeated", "conflict", "refused")
PACES = (0, 0.002, 0.008)  # seconds between the messages of a burst
PAUSE = 0.02  # between bursts, at most
QUIET = 0.4  # nothing heard for so long with messages out: connect again


class Agent:
    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None, timeout=20)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA synchronous=OFF")  # kills of processes, not of the machine
        self.setup = self.db.execute("SELECT * FROM setup").fetchone()
        self.seed, self.name = self.setup["seed"], self.setup["agent"]
        self.instance = self.setup["instance"]
        self.known = {row[0]: (row[1], row[2])
                      for row in self.db.execute("SELECT sequence, subject, event FROM receipts")}
        self.oldest = 1
        self.forward()

    def forward(self):
        while self.oldest in self.known:
            self.oldest += 1

    def fault(self, what):
        self.db.execute("INSERT INTO faults VALUES (?)", (f"{self.name}: {what}",))

    def connect(self):
        connection = wire.Connection(self.setup["endpoint"], self.setup["server_key"].encode(),
                                     (self.setup["public_key"].encode(),
                                      self.setup["secret_key"].encode()))
        try:
            welcome = wire.hello(connection, self.instance, self.oldest)
        except wire.Silence:
            connection.close()
            raise
        highest = max(self.known, default=0)
        if welcome["last_sequence"] < highest:
            self.fault(f"{highest} was receipted, the hub knows {welcome['last_sequence']}")
        self.db.execute("INSERT INTO heads VALUES (?, ?)", (welcome["last_event"], welcome["head"]))
        self.window = welcome["window"]
        return connection

    def note(self, receipt):
        sequence = receipt["sequence"]
        subject, event = receipt.get("case", ""), receipt.get("event", 0)
        if sequence in self.known:
            if self.known[sequence][0] != subject:
                self.fault(f"{sequence} was {self.known[sequence]}, now {receipt}")
            return
        self.db.execute("INSERT INTO receipts VALUES (?, ?, ?, ?)",
                        (sequence, receipt["verdict"], subject, event))
        self.known[sequence] = (subject, event)
        self.forward()

    def session(self):
        """Talks until everything is done (True) or the connection is of no use any more."""
        connection = self.connect()
        try:
            return self.talk(connection)
        finally:
            connection.close()

    def talk(self, connection):
        next_, burst, resume, pace = self.oldest, 0, 0.0, 0
        heard = time.monotonic()
        waiting = set()
        while True:
            now = time.monotonic()
            if not burst and not waiting:
                stop, haste = self.db.execute("SELECT stop, haste FROM setup").fetchone()
                if stop and self.oldest > stop:
                    return True
                rate = self.setup["rate"]
                burst = self.window if haste or rate else random.randrange(1, self.window + 1)
                burst = min(burst, stop - next_ + 1) if stop else burst
                pace = 0 if haste else 1 / rate if rate else random.choice(PACES)
                resume = max(resume, now if haste or rate else now + random.uniform(0, PAUSE))
            while burst and len(waiting) < self.window and now >= resume:
                connection.send(*story.message(self.seed, self.name, next_))
                waiting.add(next_)
                next_, burst = next_ + 1, burst - 1
                heard = max(heard, now)
                if pace:
                    resume = (max(resume, now - 1) if rate else now) + pace
            message = connection.take(min(0.02, max(0, resume - now)) if burst else 0.02)
            if message is None:
                if waiting and time.monotonic() - heard > QUIET:
                    return False
                continue
            heard = time.monotonic()
            if message[0] != "receipt":
                return False  # denied: a hub that does not know us
            receipt = message[1]
            waiting.discard(receipt["sequence"])
            if receipt["verdict"] in FINAL:
                self.note(receipt)
            else:
                next_ = min(next_, receipt.get("expected", receipt["sequence"]))
                resume = max(resume, heard + receipt.get("retry_after_ms", 0) / 1000)
                burst = 0


def main():
    agent = Agent(sys.argv[1])
    while True:
        try:
            if agent.session():
                return 0
        except wire.Silence:
            pass


if __name__ == "__main__":
    sys.exit(main())
