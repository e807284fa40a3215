#!/usr/bin/python3
"""test_storm.py BUILD_DIR [SEED] [PEERS] - the hub dies with PEERS connected over CURVE, and all come back.

Every peer says hello, reads a stream, and the hub is killed and started again. A peer that is denied
("say hello first") or hears nothing for a second says hello once more over the connection that ZeroMQ
made anew. Measured: from the kill to the welcome of the last one; a minute at most (more on a machine
that has other work, by its load).
"""
import os
import resource
import sys
import time

import zmq

import stage
import wire

PEERS = 500
BACK_S = 60
PATIENCE_S = 2.0  # without an answer: say it again
HELLO = wire.frame("hello", {"version_min": 1, "version_max": 1, "instance": "00000000000000ac",
                             "program": "storm"})


class Peers:
    """Many DEALERs in one context, looked at in turns."""

    def __init__(self, hub, keys):
        self.context = zmq.Context(io_threads=1)
        self.context.max_sockets = len(keys) + 16
        self.poller, self.sockets = zmq.Poller(), []
        for public, secret in keys:
            socket = self.context.socket(zmq.DEALER)
            socket.linger, socket.reconnect_ivl, socket.reconnect_ivl_max = 0, 100, 2000
            socket.curve_publickey, socket.curve_secretkey = public, secret
            socket.curve_serverkey = hub.key.encode()
            socket.connect(hub.delivery)
            self.poller.register(socket, zmq.POLLIN)
            self.sockets.append(socket)

    def close(self):
        for socket in self.sockets:
            socket.close()
        self.context.term()

    def greet(self, seconds):
        """Says hello from all of them until each has a welcome that it asked for now."""
        start = time.monotonic()
        asked = {socket: 0.0 for socket in self.sockets}
        while asked:
            now = time.monotonic()
            assert now - start < seconds, f"{len(asked)} of {len(self.sockets)} are not back"
            for socket, at in asked.items():
                if now - at > PATIENCE_S:
                    asked[socket] = now
                    try:
                        socket.send(HELLO, zmq.DONTWAIT)
                    except zmq.Again:
                        pass
            for socket, _ in self.poller.poll(100):
                frame = socket.recv()
                if wire.NAME[frame[3]] == "welcome":
                    asked.pop(socket, None)
        return time.monotonic() - start


def main():
    build, folder, seed, n_peers = stage.begin("storm", PEERS)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    assert hard > 3 * n_peers + 100, f"{hard} descriptors are too few for {n_peers} peers"
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    peers = None
    try:
        keys = [hub.admit(f"peer-{i}", "monitor") for i in range(n_peers)]
        peers = Peers(hub, keys)
        print(f"{n_peers} peers greeted in {peers.greet(2 * BACK_S * stage.crowd()):.1f} s", flush=True)
        assert hub.status()["figures"]["sessions"] == n_peers
        start = time.monotonic()
        hub.kill()
        hub.start()
        up = time.monotonic() - start
        peers.greet(BACK_S * stage.crowd())
        back = time.monotonic() - start
        memory = stage.memory_kb(hub.process.pid)
        assert hub.status()["figures"]["sessions"] == n_peers
        peers.close()
        peers = None
        assert hub.stop() == 0, hub.tail()
    finally:
        hub.end()
        if peers:
            peers.close()
    print(f"after a kill the hub is up in {up:.2f} s, all {n_peers} are back in {back:.1f} s; "
          f"{memory['VmRSS'] // 1024} MiB")
    return 0 if back < BACK_S * stage.crowd() else 1


if __name__ == "__main__":
    sys.exit(main())
