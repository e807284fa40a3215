#!/usr/bin/python3
"""reader.py FILE - one durable reader of a stream, effect and cursor in one transaction of FILE.

May be killed at any time; ends by SIGTERM. An event that does not stand directly behind the last
one goes to `faults`, and nothing is written for it.
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

    def fault(self, what):
        self.db.execute("INSERT INTO faults VALUES (?)", (f"{self.setup['stream']}: {what}",))

    def take(self, connection, body):
        events = body["events"]
        if body["first"] != self.position + 1 or not events:
            self.fault(f"position {body['first']} behind {self.position}")
            return False
        self.db.execute("BEGIN IMMEDIATE")
        for i, event in enumerate(events):
            self.db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)",
                            (body["first"] + i, event["sequence"], event["kind"],
                             event.get("case", ""), json.dumps(event, ensure_ascii=False)))
        self.position += len(events)
        self.db.execute("UPDATE setup SET position = ?", (self.position,))
        self.db.execute("COMMIT")
        connection.send("stream.credit", {"subscription": 1, "events": len(events),
                                          "bytes": connection.size})
        connection.send("stream.save", {"subscription": 1, "position": self.position})
        return True

    def session(self):
        setup = self.setup
        connection = wire.Connection(setup["endpoint"], setup["server_key"].encode(),
                                     (setup["public_key"].encode(), setup["secret_key"].encode()))
        try:
            welcome = wire.hello(connection, "00000000000000aa")
            self.db.execute("INSERT INTO heads VALUES (?, ?)",
                            (welcome["last_event"], welcome["head"]))
            connection.send("stream.open",
                            {"subscription": 1, "stream": setup["stream"], "consumer": "crash",
                             "after": self.position, "credit_events": CREDIT_EVENTS,
                             "credit_bytes": CREDIT_BYTES})
            heard, pinged = time.monotonic(), False
            while True:
                message = connection.take(0.1)
                now = time.monotonic()
                if message:
                    heard, pinged = now, False
                    if message[0] in ("deny", "stream.closed"):
                        return
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
