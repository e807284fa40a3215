#!/usr/bin/python3
"""test_kill.py BUILD_DIR [SEED] - SIGKILL of hub and clients in the middle of the work.

Four intake agents send bursts; a monitor reads `all`, an agency its own stream, both with cursor and
effect in one transaction. The hub is killed KILLS times at random moments and started again on the
same store and ports; intake agents and readers are killed too. At the end everything that was
submitted has one case, no receipt was contradicted, streams are complete and without a hole, the
head of the chain never changed its past, and everything that is sent once more (under the old and
under new transport keys) is answered `repeated` with the first case.
"""
import os
import random
import sys
import time

import ledger
import stage
import story
import wire

KILLS, INTAKE_KILLS, READER_KILLS = 20, 10, 4
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


def kills(hub, intakes, readers, dice):
    """The killing. Gives the longest time from a kill to open doors."""
    worst = 0.0
    victims = dice.sample(range(KILLS), INTAKE_KILLS)
    reader_victims = dice.sample(range(KILLS), READER_KILLS)
    for i in range(KILLS):
        time.sleep(dice.uniform(0.02, 0.5))
        if i in victims:
            dice.choice(intakes).kill()
            time.sleep(dice.uniform(0, 0.2))
        if i in reader_victims:
            dice.choice(readers).kill()
        start = time.monotonic()
        hub.kill()
        hub.start()
        worst = max(worst, time.monotonic() - start)
    return worst


def finish(hub, intakes, readers):
    """Lets everybody come to the end. Gives the number of the last event."""
    for client in intakes:
        done = client.value("SELECT coalesce(max(sequence), 0) FROM receipts") // (story.ROWS + 1)
        batches = max(LEAST_BATCHES, done + 2)
        client.put("UPDATE setup SET stop = ?", batches * (story.ROWS + 1))
    for client in intakes:
        assert client.process.wait(30) == 0, f"{client.path} does not come to an end"
    view = hub.wait_read()
    last = {consumer["stream"]: consumer["last"] for consumer in view["consumers"]}
    for client in readers:
        stream = client.value("SELECT stream FROM setup")
        end = time.monotonic() + 10
        while client.value("SELECT position FROM setup") < last.get(stream, view["last_event"]):
            assert time.monotonic() < end, f"{stream} does not come to its end"
            time.sleep(0.05)
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


def play(hub, folder, seed, dice):
    """The whole run; gives the ledger and the longest time from a kill to open doors."""
    first = stage.Client("intake.py", stage.make_intake(hub, folder, seed, "letter-1"))
    first.put("UPDATE setup SET stop = ?", story.ROWS + 1)
    assert first.process.wait(20) == 0, "the first agent does not come to an end"
    unit = unit_of_a_case(hub)
    paths = [stage.make_intake(hub, folder, seed, agent) for agent in AGENTS]
    reader_paths = [stage.make_reader(hub, folder, "monitor-1", "monitor", "all"),
                    stage.make_reader(hub, folder, "agency-1", "agency", f"agency/{unit}", unit=unit)]
    intakes = [stage.Client("intake.py", path) for path in paths]
    readers = [stage.Client("reader.py", path) for path in reader_paths]
    try:
        worst = kills(hub, intakes, readers, dice)
        last_event = finish(hub, intakes, readers)
    finally:
        for client in intakes + readers:
            client.end()
    book = ledger.read(folder, last_event)
    for client in intakes:
        for instance in (client.value("SELECT instance FROM setup"), f"{dice.getrandbits(64):016x}"):
            for what in send_again(hub, client, instance):
                book.add_fault(f"sent again: {what}")
    cases = hub.status()["figures"]["cases"]
    if cases != len(book.submitted):
        book.add_fault(f"{cases} cases of {len(book.submitted)} petitions")
    lost = sum(client.value("SELECT count(*) FROM receipts WHERE verdict = 'repeated'")
               for client in intakes)
    print(f"{lost} receipts were lost on their way by a kill and given again")
    return book, worst


def main():
    build, seed = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else str(random.randrange(10**9))
    folder = stage.workplace(build, "kill")
    type_, us = stage.disk(folder)
    print(f"seed {seed}; store on {type_}, fdatasync p50 {us:.0f} us", flush=True)
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    try:
        book, worst = play(hub, folder, seed, random.Random(seed))
        assert hub.stop() == 0, "the hub does not end in order"
    finally:
        hub.end()
    print(f"{KILLS} kills of the hub, {INTAKE_KILLS} of agents, {READER_KILLS} of readers; open again "
          f"after at most {worst:.2f} s")
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
