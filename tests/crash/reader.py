#!/usr/bin/python3
"""reader.py FILE - one durable reader of a stream; may be killed at any time, ends by SIGTERM.

With setup.cursor `own` effect and cursor are one transaction of FILE and the stream is opened behind
it: nothing may come twice. With `hub` the cursor is the hub's: what comes again after a crash must be
what came before, and not more than the credit; it is counted in setup.repeated. An event that does
not stand directly behind the last one goes to `faults`, and nothing is written for it.
"""
import json
import sqlite3
import sys
import time

import wire

QUIET = 0.5
CREDIT_EVENTS, CREDIT_BYTES = 200, 200000


class Reader:
    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None, timeout=20)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA synchronous=OFF")
        self.setup = self.db.execute("SELECT * FROM setup").fetchone()
        self.position = self.setup["position"]
        self.expected = self.position + 1

    def fault(self, what):
        self.db.execute("INSERT INTO faults VALUES (?)", (f"{self.setup['stream']}: {what}",))

    def opened(self, after):
        """The stream goes on behind AFTER."""
        again = self.position - after
        if again < 0 or again > (CREDIT_EVENTS if self.setup["cursor"] == "hub" else 0):
            self.fault(f"opened behind {after}, we have {self.position}")
        self.db.execute("UPDATE setup SET repeated = repeated + ?", (again,))
        self.expected = after + 1

    def take(self, connection, body):
        events = body["events"]
        if body["first"] != self.expected or not events:
            self.fault(f"position {body['first']} where {self.expected} belongs")
            return False
        self.db.execute("BEGIN IMMEDIATE")
        for position, event in enumerate(events, self.expected):
            row = (position, event["sequence"], event["kind"], event.get("case", ""),
                   json.dumps(event, ensure_ascii=False))
            if position > self.position:
                self.db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
            elif row != tuple(self.db.execute("SELECT * FROM events WHERE position = ?", (position,))
                              .fetchone()):
                self.fault(f"position {position} came again as another: {row}")
        self.expected += len(events)
        self.position = max(self.position, self.expected - 1)
        self.db.execute("UPDATE setup SET position = ?", (self.position,))
        self.db.execute("COMMIT")
        connection.send("stream.save", {"subscription": 1, "position": self.position})
        connection.send("stream.credit", {"subscription": 1, "events": len(events),
                                          "bytes": connection.size})
        return True

    def session(self):
        setup = self.setup
        connection = wire.Connection(setup["endpoint"], setup["server_key"].encode(),
                                     (setup["public_key"].encode(), setup["secret_key"].encode()))
        try:
            welcome = wire.hello(connection, "00000000000000aa")
            self.db.execute("INSERT INTO heads VALUES (?, ?)",
                            (welcome["last_event"], welcome["head"]))
            body = {"subscription": 1, "stream": setup["stream"], "consumer": setup["agent"],
                    "credit_events": CREDIT_EVENTS, "credit_bytes": CREDIT_BYTES}
            if setup["cursor"] == "own":
                body["after"] = self.position
            connection.send("stream.open", body)
            heard, pinged = time.monotonic(), False
            while True:
                message = connection.take(0.1)
                now = time.monotonic()
                if message:
                    heard, pinged = now, False
                    if message[0] in ("deny", "stream.closed"):
                        return
                    if message[0] == "stream.opened":
                        self.opened(message[1]["after"])
                    if message[0] == "events" and not self.take(connection, message[1]):
                        return
                elif now - heard > QUIET and not pinged:
                    connection.send("ping", {"nonce": 1})
                    pinged = True
                elif now - heard > 2 * QUIET:
                    return
        finally:
            connection.close()


def main():
    reader = Reader(sys.argv[1])
    while True:
        try:
            reader.session()
        except wire.Silence:
            pass


if __name__ == "__main__":
    sys.exit(main())
