#!/usr/bin/python3
"""test_kill.py BUILD_DIR [SEED] [KILLS] - SIGKILL of hub and clients in the middle of the work.

Four intake agents send bursts. A monitor reads `all` and an agency its own stream, both with cursor
and effect in one transaction; a second monitor leaves its cursor to the hub. The hub is killed KILLS
times at random moments, then once at each named POINT of its way (shim.c), and started again on the
same store and ports; agents and readers are killed too. Before that it is killed at every write and
sync of making a store. At the end everything that was submitted has one case, no receipt was
contradicted, streams are complete and without a hole, the head of the chain never changed its past,
nothing came twice with a cursor of one's own and at most the credit a crash with the hub's, and
everything that is sent once more (under the old and under new transport keys) is answered `repeated`
with the first case.
"""
import os
import random
import signal
import sys
import time

import ledger
import stage
import story
import wire
from reader import CREDIT_EVENTS

KILLS = 50
INTAKE_SHARE, READER_SHARE = 0.4, 0.3  # of the hub's kills in which one of them dies as well
COMPACT_SHARE = 0.2  # of the kills are in the middle of a compaction, or just behind it
# Where the hub dies: a call of one of its threads, before or after it or in its middle (shim.c).
POINTS = (
    "net.recv.after", "net.send_id", "net.send", "net.send.after", "writer.begin",
    "writer.begin.after", "writer.put", "writer.put.after", "writer.commit", "writer.page",
    "writer.page:half", "writer.page.after", "writer.sync", "writer.sync.after", "writer.meta",
    "writer.meta:half", "writer.meta.after", "writer.commit.after", "writer.journal",
    "writer.journal:half", "writer.journal.after",
)
PASSES = 60  # a point strikes at one of its first passes
MAKING = ("page", "page:half", "sync", "sync.after", "meta", "meta:half", "meta.after", "journal",
          "journal:half", "journal.after")
AGENTS = ["contact-1", "contact-2", "front-1", "sms-1"]
LEAST_BATCHES = 15  # of 50 petitions, each agent


def unit_of_a_case(hub):
    """The unit that a petition of this story goes to: the first assignment in the log."""
    hub.wait_read()
    keys = hub.admit("probe", "monitor")
    reader = wire.Connection(hub.delivery, hub.key.encode(), keys)
    try:
        wire.hello(reader, "00000000000000ab", None, 5)
        reader.send("stream.open", {"subscription": 1, "stream": "all", "consumer": "probe",
                                    "credit_events": 1000, "credit_bytes": 1000000})
        while True:
            message = reader.take(5)
            assert message, "no case of the story is assigned to anybody"
            for event in message[1].get("events", []):
                if event["kind"] == "case.assigned":
                    return event["unit"]
    finally:
        reader.close()


def rule(point, n):
    place, _, action = point.partition(":")
    return f"{place}:{n}:{action or 'kill'}"


def making(build, folder):
    """Kills at every write and sync of making a store; the hub comes up each time. Gives how many."""
    n_kills = 0
    for point in MAKING:
        n = 1
        while True:
            hub = stage.Hub(build, os.path.join(folder, f"making-{point.replace(':', '.')}-{n}"))
            try:
                hub.start(rules=rule(f"main.{point}", n))
                break  # there is no n-th pass
            except AssertionError:
                assert hub.process.wait(10) == -signal.SIGKILL, hub.tail()
                hub.start()
                assert hub.stop() == 0, hub.tail()
            finally:
                hub.end()
            n, n_kills = n + 1, n_kills + 1
    return n_kills


def kills(hub, intakes, readers, dice, n_kills):
    """The killing. Gives how many died: hub at random, hub at points, agents, readers; longest start."""
    worst, dead = 0.0, [0, 0]

    def again():
        start = time.monotonic()
        hub.start()
        return time.monotonic() - start

    def kill_clients():
        for i, (clients, share) in enumerate(((intakes, INTAKE_SHARE), (readers, READER_SHARE))):
            if dice.random() < share:
                dice.choice(clients).kill()
                time.sleep(dice.uniform(0, 0.1))
                dead[i] += 1

    for _ in range(n_kills):
        time.sleep(dice.uniform(0.02, 0.5))
        if dice.random() < COMPACT_SHARE:  # as every night: the file changes under everybody
            hub.control("hub.compact", {"request": 1})
        kill_clients()
        hub.kill()
        worst = max(worst, again())
    points = [(point, n) for point in POINTS for n in range(max(1, n_kills // KILLS))]
    dice.shuffle(points)
    for point, _ in points:
        hub.kill()
        try:
            hub.start(rules=rule(point, dice.randrange(1, PASSES)))
        except AssertionError:  # struck before it could say that it is ready
            if hub.process.poll() != -signal.SIGKILL:
                raise
        kill_clients()
        code = hub.process.wait(30)
        assert code == -signal.SIGKILL, f"{point}: the hub ended with {code}: {hub.tail()}"
        worst = max(worst, again())
    print(f"{n_kills} kills of the hub at random, {len(points)} at {len(POINTS)} points, {dead[0]} of "
          f"agents, {dead[1]} of readers; open again after at most {worst:.2f} s", flush=True)
    return n_kills + 2 * len(points) + dead[1]


def finish(hub, intakes, readers, least=LEAST_BATCHES):
    """Lets everybody come to the end. Gives the number of the last event."""
    for client in intakes:
        done = client.value("SELECT coalesce(max(sequence), 0) FROM receipts") // (story.ROWS + 1)
        batches = max(least, done + 3)
        client.put("UPDATE setup SET stop = ?", batches * (story.ROWS + 1))
    for client in intakes:
        assert client.process.wait(60) == 0, f"{client.path} does not come to an end"
    view = hub.wait_read()
    last = {consumer["stream"]: consumer["last"] for consumer in view["consumers"]}
    for client in readers:
        stream = client.value("SELECT stream FROM setup")
        client.wait_position(last.get(stream, view["last_event"]))
        client.process.terminate()
        client.process.wait()
    return view["last_event"]


def send_again(hub, client, instance):
    """Sends everything of an agent once more as INSTANCE; gives the answers that are not the first."""
    seed, agent = client.value("SELECT seed FROM setup"), client.value("SELECT agent FROM setup")
    keys = [client.value(f"SELECT {key} FROM setup").encode() for key in ("public_key", "secret_key")]
    first = dict(client.rows("SELECT sequence, subject FROM receipts"))
    connection = wire.Connection(hub.intake, hub.key.encode(), keys)
    window = wire.hello(connection, instance, 1, 5)["window"]
    wrong, sent, taken = [], 0, 0
    while taken < len(first):
        while sent < len(first) and sent - taken < window:
            sent += 1
            connection.send(*story.message(seed, agent, sent))
        message = connection.take(5)
        assert message and message[0] == "receipt", message
        taken += 1
        receipt = message[1]
        if story.is_petition(receipt["sequence"]) and (
                receipt["verdict"] != "repeated" or receipt.get("case") != first[receipt["sequence"]]):
            wrong.append(f"{agent}: {receipt}, first answer {first[receipt['sequence']]}")
    connection.close()
    return wrong


def play(hub, folder, seed, dice, n_kills):
    """The whole run; gives the ledger."""
    first = stage.Client("intake.py", stage.make_intake(hub, folder, seed, "letter-1"))
    first.put("UPDATE setup SET stop = ?", story.ROWS + 1)
    assert first.process.wait(20) == 0, "the first agent does not come to an end"
    unit = unit_of_a_case(hub)
    paths = [stage.make_intake(hub, folder, seed, agent) for agent in AGENTS]
    reader_paths = [stage.make_reader(hub, folder, "monitor-1", "monitor", "all"),
                    stage.make_reader(hub, folder, "monitor-2", "monitor", "all", cursor="hub"),
                    stage.make_reader(hub, folder, "agency-1", "agency", f"agency/{unit}", unit=unit)]
    intakes = [stage.Client("intake.py", path) for path in paths]
    readers = [stage.Client("reader.py", path) for path in reader_paths]
    try:
        crashes = kills(hub, intakes, readers, dice, n_kills)
        last_event = finish(hub, intakes, readers)
    finally:
        for client in intakes + readers:
            client.end()
    book = ledger.read(folder, last_event)
    for client in intakes:
        for instance in (client.value("SELECT instance FROM setup"), f"{dice.getrandbits(64):016x}"):
            for what in send_again(hub, client, instance):
                book.add_fault(f"sent again: {what}")
    figures = hub.wait_read()["figures"]
    cases = figures["cases"]
    if cases != len(book.submitted):
        book.add_fault(f"{cases} cases of {len(book.submitted)} petitions")
    if figures["index_readings"] != cases:  # started again and again, it still knows every one
        book.add_fault(f"{figures['index_readings']} readings of {cases} petitions in the index")
    lost = sum(client.value("SELECT count(*) FROM receipts WHERE verdict = 'repeated'")
               for client in intakes)
    repeated = [client.value("SELECT repeated FROM setup") for client in readers]
    print(f"{lost} receipts were lost on their way by a kill and given again; readers heard {repeated} "
          f"events twice in {crashes} crashes")
    if repeated[0] or repeated[2] or repeated[1] > crashes * CREDIT_EVENTS:
        book.add_fault(f"heard twice: {repeated}")
    return book


def main():
    build, folder, seed, n_kills = stage.begin("kill", KILLS)
    print(f"{making(build, folder)} kills while a store is made", flush=True)
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    try:
        book = play(hub, folder, seed, random.Random(seed), n_kills)
        assert hub.stop() == 0, "the hub does not end in order"
    finally:
        hub.end()
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
