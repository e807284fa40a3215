#!/usr/bin/python3
"""test_clock.py BUILD_DIR [SEED] [ROUNDS] - the system's clock jumps by an hour and by a day, to and fro.

The store's clock is brought to half an hour before the next clocks of its cases fall due. shim.c then
makes the system's clock jump by +1 h, -1 h, +1 day and -1 day: no alert may come, `clock` is alarmed,
what is sent meanwhile is stamped with the right time, and when the clock is right again so is the hub.
Then the clocks do fall due: one alert each. Then the same jumps, a kill and a start with the clock a day
behind: no alert twice, no stamp before the one before it. 
"""
import os
import struct
import sys
import time

import ledger
import stage
import story
import wire

HOUR_MS = 3600 * 1000
JUMPS = (HOUR_MS, -HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS)
ROUNDS = 2
TURNS_S = 0.8  # two looks of the hub at its clocks, and a little


class Clock:
    """The file by which the shim moves the system's clock under the hub."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "clock")
        self.set(0)

    def set(self, ms):
        if not os.path.exists(self.path):
            with open(self.path, "wb") as file:
                file.write(bytes(8))
        with open(self.path, "r+b") as file:
            file.write(struct.pack("<q", ms))


class Watch:
    """An operator's connection: the clocks of all cases, and the alerts as they come."""

    def __init__(self, hub):
        self.connection = wire.Connection(hub.delivery, hub.key.encode(), hub.keys)
        wire.hello(self.connection, "00000000000000ad", None, 10)

    def close(self):
        self.connection.close()

    def next_due(self, codes):
        """The first instant at which a clock of one of the cases changes."""
        instants = []
        for code in codes:
            view = self.connection.ask("case.get", {"request": 1, "case": code})[1]
            instants += [clock["next_at"] for clock in view["case"].get("clocks", []) if "next_at" in clock]
        return min(instants)


def key(event):
    return (event["case"], event["kind"], event.get("clock"), event.get("tier"), event.get("due_at"))


def move(hub, to):
    hub.sequence += 1
    receipt = hub.control("clock.move", {"sequence": hub.sequence, "to": to})
    assert receipt["verdict"] == "stored", receipt


def logged(hub, what):
    with open(hub.log, encoding="utf-8") as log:
        return log.read().count(what)


def alerts_of(reader):
    return reader.value("SELECT count(*) FROM events")


def jump(hub, clock, reader, book, sender):
    """All jumps, one after the other; there must be as many alerts after them as before."""
    before = alerts_of(reader)
    for by in JUMPS:
        now = hub.status()["now"]
        n_jumps = logged(hub, "clock.jump")
        clock.set(by)
        end = time.monotonic() + 5
        while logged(hub, "clock.jump") == n_jumps:
            assert time.monotonic() < end, f"a jump of {by} ms is not noticed: {hub.tail()}"
            time.sleep(0.02)
        sender()
        time.sleep(TURNS_S)
        told = hub.status()["now"]
        if not 0 <= told - now < 60_000:
            book.add_fault(f"with a jump of {by} ms the hub's time went from {now} to {told}")
        n_backs = logged(hub, "clock.back")
        clock.set(0)
        while logged(hub, "clock.back") == n_backs:
            assert time.monotonic() < end + 5, f"the clock is right again, not noticed: {hub.tail()}"
            time.sleep(0.02)
    if alerts_of(reader) != before:
        book.add_fault(f"{alerts_of(reader) - before} alerts came of a jump")


def settle(hub, reader):
    """Waits until all alerts that there are were heard; gives how many."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        hub.pass_through()  # a turn of the writer, with its look at the clocks
        last = max((one["last"] for one in hub.status()["consumers"] if one["stream"] == "alerts"), default=0)
        if alerts_of(reader) == last:
            return last
        time.sleep(0.05)
    raise AssertionError("alerts are not delivered")


def main():
    build, folder, seed, n_rounds = stage.begin("clock", ROUNDS)
    clock, hub = Clock(folder), stage.Hub(build, os.path.join(folder, "hub"))
    hub.start(clock=clock.path)
    clients, fired = [], []
    book = ledger.Ledger()
    try:
        hub.keys = hub.admit("clerk-1", "operator")
        path = stage.make_intake(hub, folder, seed, "contact-1")
        agent = stage.Client("intake.py", path)
        alerts = stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-2", "monitor", "alerts"))
        reader = stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-1", "monitor", "all"))
        clients = [agent, alerts, reader]
        sent = [0]

        def send_a_batch():
            sent[0] += story.ROWS + 1
            if agent.process.poll() is not None:
                agent.start()
            agent.put("UPDATE setup SET stop = ?", sent[0])
            assert agent.process.wait(30) == 0, "the agent does not come to an end"
            hub.wait_read()

        send_a_batch()
        watch = Watch(hub)
        codes = [row[0] for row in agent.rows("SELECT DISTINCT subject FROM receipts WHERE subject <> ''")]
        for _ in range(n_rounds):
            due = watch.next_due(codes)
            if due - HOUR_MS // 2 > hub.status()["now"]:
                move(hub, due - HOUR_MS // 2)
            before = settle(hub, alerts)
            jump(hub, clock, alerts, book, send_a_batch)
            move(hub, due + 60_000)
            fired.append(settle(hub, alerts) - before)
            jump(hub, clock, alerts, book, lambda: None)
            watch.close()
            before = alerts_of(alerts)
            hub.kill()
            clock.set(-24 * HOUR_MS)
            hub.start(clock=clock.path)
            hub.pass_through()
            time.sleep(TURNS_S)
            hub.kill()
            clock.set(0)
            hub.start(clock=clock.path)
            hub.wait_read()
            if alerts_of(alerts) != before:
                book.add_fault("alerts came again with the clock a day behind")
            watch = Watch(hub)
        watch.close()
        last = hub.wait_read()["last_event"]
        reader.wait_position(last)
        events = [row for row in ledger.rows_of(stage.sqlite3.connect(alerts.path))]
        alerts.end()
        reader.end()
        os.rename(alerts.path, alerts.path + ".alerts")  # the ledger knows `all` and units
        found = ledger.read(folder, last)
        for kind, n in book.found.items():
            found.found[kind] += n
        if 0 in fired:
            found.add_fault(f"clocks fell due and no alert came: {fired}")
        seen = set()
        for _, sequence, _, _, event in events:
            if key(event) in seen:
                found.find("doubled", f"alert {sequence}: {key(event)}")
            seen.add(key(event))
            if event.get("tier") == "overdue" and event["at"] <= event["due_at"]:
                found.add_fault(f"alert {sequence} is early: {key(event)} at {event['at']}")
        stamps = [row[4]["at"] for row in found.log]
        if stamps != sorted(stamps):
            found.add_fault("a stamp is before the one before it")
        assert hub.stop() == 0, hub.tail()
    finally:
        for client in clients:
            client.end()
        hub.end()
    print(f"{n_rounds} rounds of {2 * len(JUMPS)} jumps and a start a day behind: alerts {fired}, each once, "
          "none early")
    return found.result()


if __name__ == "__main__":
    sys.exit(main())
