#!/usr/bin/python3
"""watch.py - reads the stream `all` and validates every event, until told to stop.

    watch.py --delivery ENDPOINT --hub-key KEY [--monitor FILE] [--operator FILE] [--until N]

A recorder beside other tests: each key file given is one peer, as monitor (no x-private field may
come) and as operator. Positions must be contiguous, log sequences too, credit never exceeded. It
says hello again after a restart of the hub and goes on behind what it has. It ends on SIGTERM,
SIGINT, end of standard input (--stdin) or when every peer has the log up to event N, and prints
one line of JSON: events and frames per role, kinds, faults. Exit code 1 when there was a fault.

--endpoint-file FILE: read the endpoint anew from FILE at each connection, for hubs on port *.
"""
import argparse
import collections
import json
import pathlib
import select
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import kn_peer

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUIET_S = 1.0
CREDIT_EVENTS = 512
CREDIT_BYTES = 1 << 20


class Watcher:
    """One peer and what it saw."""

    def __init__(self, contract, role, keys, args):
        self.contract = contract
        self.role = role
        self.keys = keys
        self.args = args
        self.peer = None
        self.stream = None
        self.position = 0
        self.sequence = 0
        self.frames = 0
        self.kinds = collections.Counter()
        self.heard_at = 0.0

    def endpoint(self):
        """Where the hub listens now."""
        if self.args.endpoint_file:
            return pathlib.Path(self.args.endpoint_file).read_text(encoding="utf-8").strip()
        return self.args.delivery

    def connect(self):
        """A connection and the stream, behind what was read."""
        if self.peer:
            self.peer.close()
        self.peer = kn_peer.Peer(self.contract, self.endpoint(), self.args.hub_key, self.keys)
        self.peer.hello(numbered=False, wait_s=QUIET_S)
        self.stream = self.peer.open("all", "watch", CREDIT_EVENTS, CREDIT_BYTES,
                                     wait_s=QUIET_S, after=self.position)
        self.heard_at = time.monotonic()

    def step(self):
        """Read what there is; a hub that is gone is tried again."""
        try:
            if not self.peer:
                self.connect()
            self.read()
        except (kn_peer.Silence, kn_peer.Denied):
            if self.peer:
                self.peer.close()
            self.peer = None

    def read(self):
        before = self.stream.position, self.stream.bytes, self.stream.frames
        try:
            self.peer.read(0.1)
            self.heard_at = time.monotonic()
        except kn_peer.Silence:
            if time.monotonic() - self.heard_at > QUIET_S:
                self.peer.ping(QUIET_S)
                self.heard_at = time.monotonic()
        while self.stream.inbox:
            self.take(*self.stream.inbox.popleft())
        self.frames += self.stream.frames - before[2]
        if self.stream.position > before[0]:
            self.peer.credit(self.stream, self.stream.position - before[0],
                             before[1] - self.stream.bytes)

    def take(self, position, event):
        if self.sequence and event["sequence"] != self.sequence + 1:
            raise kn_peer.Fault(f"log sequence {event['sequence']} behind {self.sequence}")
        if self.role == "monitor" and self.contract.private("event.json", event):
            raise kn_peer.Fault(f"personal data for a monitor: {event['kind']} "
                                f"{self.contract.private('event.json', event)}")
        self.position = position
        self.sequence = event["sequence"]
        self.kinds[event["kind"]] += 1


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--delivery", help="the hub's delivery endpoint")
    parser.add_argument("--endpoint-file", help="file that holds the endpoint")
    parser.add_argument("--hub-key", required=True, help="the hub's public key, Z85")
    parser.add_argument("--monitor", help="key file of a monitor")
    parser.add_argument("--operator", help="key file of an operator")
    parser.add_argument("--until", type=int, help="end at this event of the log")
    parser.add_argument("--stdin", action="store_true", help="end at the end of standard input")
    parser.add_argument("--schemas", default=ROOT / "schemas", help="folder of the contract")
    args = parser.parse_args()
    if not (args.delivery or args.endpoint_file) or not (args.monitor or args.operator):
        parser.error("give --delivery or --endpoint-file, and --monitor or --operator")
    return args


def main():
    args = parse()
    contract = kn_peer.Contract(args.schemas)
    watchers = [Watcher(contract, role, kn_peer.load_keys(path), args)
                for role, path in (("monitor", args.monitor), ("operator", args.operator)) if path]
    ended = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.append(True))
    faults = []
    while not ended and not faults:
        for watcher in watchers:
            try:
                watcher.step()
            except kn_peer.Fault as fault:
                faults.append(f"{watcher.role}: {fault}")
        if args.stdin and select.select([sys.stdin], [], [], 0)[0] and not sys.stdin.read(1):
            break
        if args.until and all(watcher.sequence >= args.until for watcher in watchers):
            break
    print(json.dumps({"roles": {w.role: {"events": sum(w.kinds.values()), "frames": w.frames,
                                         "position": w.position, "kinds": dict(w.kinds)}
                                for w in watchers},
                      "validated": dict(contract.counts), "faults": faults}, ensure_ascii=False))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
