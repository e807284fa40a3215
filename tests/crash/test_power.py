#!/usr/bin/python3
"""test_power.py BUILD_DIR [SEED] [IMAGES] - the power goes at any moment of a run.

Four intake agents send, a monitor reads; shim.c records what the hub writes to its store, what it
syncs and what it tells its peers. powercut.c builds IMAGES of the store as a power cut leaves it, at
random moments, with sectors of 512 bytes torn and unsynced writes dropped and reordered, and opens
each as the hub does. Then some of the images are started by the hub itself.

The same run with a disk whose sync does nothing must give bad images: else the test is blind.
"""
import json
import os
import shutil
import subprocess
import sys

import ledger
import stage
import story

AGENTS = ["contact-1", "contact-2", "front-1", "sms-1"]
BATCHES = 3  # of 50 petitions, each agent
IMAGES = 5000
BLIND_IMAGES = 200


def record(build, folder, seed, **shim):
    """One run, recorded. Gives (trace, hub)."""
    os.makedirs(folder)
    trace = os.path.join(folder, "trace")
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start(trace=trace, **shim)
    clients = []
    try:
        for agent in AGENTS:
            clients.append(stage.Client("intake.py", stage.make_intake(hub, folder, seed, agent)))
            clients[-1].put("UPDATE setup SET stop = ?", BATCHES * (story.ROWS + 1))
        reader = stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-1", "monitor", "all"))
        for client in clients:
            assert client.process.wait(60) == 0, f"{client.path} does not come to an end"
        last = hub.wait_read()["last_event"]
        reader.wait_position(last)
        reader.end()
        assert hub.stop() == 0, hub.tail()
    finally:
        for client in clients:
            client.end()
        hub.end()
    return trace, ledger.read(folder, last)


def cut(build, folder, trace, images, seed, program="powercut"):
    """What PROGRAM says of the images; its complaints go to the log."""
    with open(os.path.join(folder, f"{program}.log"), "ab") as log:
        run = subprocess.run([os.path.join(build, "tests", program), trace, folder, str(images),
                              str(seed)], stdout=subprocess.PIPE, stderr=log, check=False, text=True)
    assert run.stdout, f"{program} ended with {run.returncode}, see {log.name}"
    return json.loads(run.stdout)


def start_image(build, folder, number):
    """The hub itself comes up on an image that was left behind."""
    store = os.path.join(folder, f"image-{number}")
    hub = stage.Hub(build, os.path.join(folder, f"again-{number}"))
    shutil.rmtree(hub.store)
    shutil.copytree(store, hub.store)
    try:
        hub.start()
        view = hub.wait_read()
        assert hub.stop() == 0, hub.tail()
    finally:
        hub.end()
    return view["last_event"]


def main():
    build, folder, seed, images = stage.begin("power", IMAGES)
    trace, book = record(build, os.path.join(folder, "run"), seed)
    good = cut(build, folder, trace, images, seed)
    print(f"power cuts: {good}")
    starts = [start_image(build, folder, number) for number in range(2)]
    print(f"hub started on the last image of each worker: events {starts}")
    trace, _ = record(build, os.path.join(folder, "blind"), seed, rules="sync:1-:lie")
    blind = cut(build, folder, trace, BLIND_IMAGES, seed)
    print(f"the same without sync: {blind['bad']} of {blind['images']} images are bad")
    if good["bad"]:
        with open(os.path.join(folder, "powercut.log"), encoding="utf-8", errors="replace") as log:
            print("".join(log.readlines()[:20]))
    if not blind["bad"]:
        print("a disk that does not sync was not found: the test is blind")
    return book.result() or int(good["bad"] > 0 or not blind["bad"])


if __name__ == "__main__":
    sys.exit(main())
