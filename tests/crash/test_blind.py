#!/usr/bin/python3
"""test_blind.py BUILD_DIR [SEED] - a hub that does wrong must be found out by the ledger.

shim.c makes a good hub bad: it gives receipts for what it does not write; it loses a delivery; it
delivers twice. Each time the same agents, readers and ledger as in the other tests run, and the ledger
must find what is wrong. (test_ledger.py does the same for every kind of finding, without a hub;
test_power.py and test_rot.py for theirs.)
"""
import contextlib
import io
import os
import sys

import ledger
import stage
import story

BATCHES = 4
# what the hub does: (rules, the findings of which one must be there)
LIES = {
    "receipts without a commit": ("writer.journal:1-:lie,writer.commit:10-:lie", {"lost"}),
    "a delivery is lost": ("deliver:4:lie", {"contradicted"}),
    "a delivery comes twice": ("deliver:4:twice", {"contradicted"}),
    "a good hub": ("", set()),
}


def play(build, folder, seed, rules):
    """The kinds that the ledger finds."""
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    clients = []
    try:
        paths = [stage.make_intake(hub, folder, seed, name) for name in ("contact-1", "contact-2")]
        reader_path = stage.make_reader(hub, folder, "monitor-1", "monitor", "all")
        assert hub.stop() == 0, hub.tail()
        hub.start(**({"rules": rules} if rules else {}))
        clients = [stage.Client("intake.py", path) for path in paths]
        reader = stage.Client("reader.py", reader_path)
        for client in clients:
            client.put("UPDATE setup SET stop = ?", BATCHES * (story.ROWS + 1))
        for client in clients:
            assert client.process.wait(30) == 0, f"{client.path} does not come to an end"
        hub.kill()
        hub.start()  # without the shim: what is on the disk is what there is
        last = hub.wait_read()["last_event"]
        reader.wait_position(last)
        reader.end()
        with contextlib.redirect_stderr(io.StringIO()):
            book = ledger.read(folder, last)
        assert hub.stop() == 0, hub.tail()
    finally:
        for client in clients:
            client.end()
        hub.end()
    return {kind for kind, n in book.found.items() if n}


def main():
    build, folder, seed, _ = stage.begin("blind")
    wrong = 0
    for i, (what, (rules, expected)) in enumerate(LIES.items()):
        place = os.path.join(folder, str(i))
        os.makedirs(place)
        found = play(build, place, seed, rules)
        good = found & expected if expected else not found
        print(f"{what}: found {sorted(found) or 'nothing'}{'' if good else ' – WRONG'}", flush=True)
        wrong += not good
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
