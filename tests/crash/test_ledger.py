#!/usr/bin/python3
"""test_ledger.py - the ledger finds what it is there to find: one run in order, then each fault."""
import contextlib
import copy
import io
import sys

import ledger
import story

SEED, AGENT, UNIT = "7", "contact-1", "so-xay-dung"
LAST = story.ROWS + 1


def run_in_order():
    """Receipts, the rows of `all` and those of agency/UNIT, of one agent with one batch."""
    receipts = {1: ("stored", "", 1)}
    log = [(1, 1, "batch.opened", "", {"sequence": 1})]
    for sequence in range(2, LAST + 1):
        _, body = story.message(SEED, AGENT, sequence)
        case, event = f"HN-{sequence:03}", len(log) + 1
        receipts[sequence] = ("stored", case, event)
        log.append((event, event, "case.received", case,
                    {"sequence": event, "container": body["container"], "item": body["item"],
                     "case": case}))
        log.append((event + 1, event + 1, "case.assigned", case,
                    {"sequence": event + 1, "previous": event, "case": case, "unit": UNIT,
                     "petition": body["petition"]}))
    unit = [(i, *row[1:]) for i, row in
            enumerate((row for row in log if row[2] == "case.assigned"), 1)]
    return {"receipts": receipts, "log": log, "unit": unit, "heads": [(3, "aa"), (5, "bb")]}


def judge(run):
    """What the ledger finds in RUN: the kinds with a figure other than 0."""
    book = ledger.Ledger()
    with contextlib.redirect_stderr(io.StringIO()):
        book.add_agent(SEED, AGENT, LAST, run["receipts"])
        for head in run["heads"]:
            book.add_head(*head)
        book.check_log(run["log"], len(run["log"]))
        book.check_unit(UNIT, run["unit"])
    return {kind for kind, n in book.found.items() if n}


def change(rows, at, **fields):
    position, sequence, kind, case, event = rows[at]
    rows[at] = (fields.pop("position", position), sequence, fields.pop("kind", kind),
                fields.pop("case", case), {**event, **fields})


def renumber(rows):
    rows[:] = [(i, *row[1:]) for i, row in enumerate(rows, 1)]


def swap_submissions(run):
    """Two petitions of an agent recorded in the other order, all else consistent."""
    a, b = run["log"][1], run["log"][3]
    for at, other in ((1, b), (3, a)):
        change(run["log"], at, container=other[4]["container"], item=other[4]["item"])
    one, two = run["receipts"][2], run["receipts"][3]
    run["receipts"][2], run["receipts"][3] = two, one
    for row, at in ((b, 2), (a, 4)):
        key = row[4]["item"]
        change(run["log"], at, petition=story.message(SEED, AGENT, int(key) + 1)[1]["petition"])
        change(run["unit"], at // 2 - 1, petition=run["log"][at][4]["petition"])


def lose_delivery(run):
    del run["unit"][10]
    renumber(run["unit"])


def deliver_twice(run):
    run["unit"].insert(5, run["unit"][5])
    renumber(run["unit"])


FAULTS = {
    "a receipt is missing": (lambda run: run["receipts"].pop(20), "lost"),
    "a receipt is a refusal": (lambda run: run["receipts"].update({20: ("refused", "", 0)}), "lost"),
    "the log ends early": (lambda run: run["log"].pop(), "lost"),
    "a hole in the log": (lambda run: run["log"].pop(9), "lost"),
    "never read": (lambda run: change(run["log"], 4, kind="case.read"), "lost"),
    "an assignment is not delivered": (lose_delivery, "lost"),
    "an event of a case is missing": (lambda run: change(run["log"], 6, previous=2), "lost"),
    "received twice": (lambda run: change(run["log"], 3, item="00000001"), "doubled"),
    "one case for two": (lambda run: run["receipts"].update({3: run["receipts"][2]}), "doubled"),
    "delivered twice": (deliver_twice, "doubled"),
    "another order": (swap_submissions, "reordered"),
    "a stream goes back": (lambda run: run["unit"].append((LAST, *run["unit"][3][1:])), "doubled"),
    "another unit's": (lambda run: change(run["unit"], 2, unit="ubnd-khac"), "foreign"),
    "never submitted": (lambda run: change(run["log"], 5, item="00000099"), "phantom"),
    "other words": (lambda run: change(run["unit"], 2, petition={"text": "?"}), "phantom"),
    "another case than receipted":
        (lambda run: run["receipts"].update({4: ("stored", "HN-999", 6)}), "contradicted"),
    "the chain forked": (lambda run: run["heads"].append((5, "cc")), "contradicted"),
}


def main():
    assert judge(run_in_order()) == set(), judge(run_in_order())
    wrong = 0
    for name, (spoil, kind) in FAULTS.items():
        run = copy.deepcopy(run_in_order())
        spoil(run)
        found = judge(run)
        if kind not in found:
            print(f"{name}: {kind} expected, found {sorted(found)}")
            wrong += 1
    print(f"{len(FAULTS)} faults, {wrong} not found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
