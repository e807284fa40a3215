#!/usr/bin/python3
"""test_net.py BUILD_DIR [SEED] [SECONDS] - bad weather between clients and the hub for SECONDS.

For each weather (weather.py) an intake agent and a reader of `all` talk to the hub through proxies,
all at the same time, beside an agent and a reader without any. In the hole there are besides a monitor of
the product and idle connections: hub and monitor must each give up the dead other in at most 20 s. One
reader is stopped (SIGSTOP) for the time. When the weather clears the backlog must be drained in time,
nobody lost anything, and the reader without weather was never held up.
"""
import os
import signal
import subprocess
import sys
import time

import ledger
import stage
import story
import weather
import wire

SECONDS = 25.0
WEATHERS = ("hole", "resets", "half", "slow", "lossy")
DEAD_S = 20.0
SLACK_S = 1.0  # of this machine
DRAIN_S = 60.0
IDLE = 5


class Path:
    """An agent and a reader behind one weather."""

    def __init__(self, hub, folder, seed, name):
        self.name = name
        self.proxies = [weather.Proxy(target, f"{seed}/{name}") for target in (hub.intake, hub.delivery)]
        self.agent = stage.Client("intake.py", stage.make_intake(
            hub, folder, seed, f"contact-{name}", endpoint=self.proxies[0].endpoint))
        self.reader = stage.Client("reader.py", stage.make_reader(
            hub, folder, f"monitor-{name}", "monitor", "all", endpoint=self.proxies[1].endpoint))

    def set(self, value):
        for proxy in self.proxies:
            proxy.weather = value

    def end(self):
        self.agent.end()
        self.reader.end()
        for proxy in self.proxies:
            proxy.stop()


def monitor(hub, build, folder, endpoint):
    """The product's own monitor, behind ENDPOINT."""
    keys, binary = os.path.join(folder, "keys"), os.path.join(build, "bin")
    os.makedirs(keys)
    subprocess.run([os.path.join(binary, "kiennghi"), "--control", hub.socket, "--out", keys, "--role",
                    "monitor", "keys", "new", "monitor-product"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, "monitor.log"), "wb") as log:
        return subprocess.Popen(
            [os.path.join(binary, "kiennghi-monitor"), "--hub-delivery", endpoint, "--hub-intake", endpoint,
             "--hub-key", hub.key, "--key", os.path.join(keys, "monitor-product.cert"), "--state",
             os.path.join(folder, "monitor-state"), "--all"], stdout=log, stderr=log)


def idle(hub, endpoint, n):
    """Connections that said hello and then nothing: no heartbeat of their own."""
    connections = []
    for i in range(n):
        connections.append(wire.Connection(endpoint, hub.key.encode(), hub.admit(f"idle-{i}", "monitor")))
        wire.hello(connections[-1], "00000000000000af", None, 10)
    return connections


def storm(hub, paths, calm_reader, seconds):
    """SECONDS of weather. Gives how far the reader without weather was behind at most, in events."""
    for path in paths:
        path.set(path.name)
    lag, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.5)
        lag = max(lag, hub.status()["last_event"] - calm_reader.value("SELECT position FROM setup"))
        half = next(path for path in paths if path.name == "half")
        if half.proxies[0].n_pairs < 3:
            half.agent.kill()  # its connection is dropped, the hub is not told
    return lag


def finish(hub, clients, readers):
    """Everybody to the end; gives (last event, seconds)."""
    start = time.monotonic()
    for client in clients:
        done = client.value("SELECT coalesce(max(sequence), 0) FROM receipts") // (story.ROWS + 1)
        client.put("UPDATE setup SET stop = ?", (done + 3) * (story.ROWS + 1))
    for client in clients:
        assert client.process.wait(DRAIN_S) == 0, f"{client.path} does not come to an end"
    last = hub.wait_read(DRAIN_S)["last_event"]
    for reader in readers:
        reader.wait_position(last, DRAIN_S)
        reader.end()
    return last, time.monotonic() - start


def main():
    build, folder, seed, seconds = stage.begin("net", SECONDS)
    hub = stage.Hub(build, os.path.join(folder, "hub"))
    hub.start()
    paths, product, connections = [], None, []
    calm = []
    try:
        paths = [Path(hub, folder, seed, name) for name in WEATHERS]
        calm = [stage.Client("intake.py", stage.make_intake(hub, folder, seed, "contact-calm")),
                stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-calm", "monitor", "all")),
                stage.Client("reader.py", stage.make_reader(hub, folder, "monitor-stopped", "monitor", "all"))]
        product = monitor(hub, build, folder, paths[0].proxies[1].endpoint)
        connections = idle(hub, paths[0].proxies[1].endpoint, IDLE)
        for client in [path.reader for path in paths] + calm[1:]:
            client.wait_position(1)
        while not os.path.getsize(os.path.join(folder, "monitor.log")):
            time.sleep(0.05)  # it has printed an event: its connection is settled
        time.sleep(1.5 * weather.SETTLED_S)
        memory = stage.memory_kb(hub.process.pid)["VmRSS"]
        os.kill(calm[2].process.pid, signal.SIGSTOP)
        lag = storm(hub, paths, calm[1], seconds)
        os.kill(calm[2].process.pid, signal.SIGCONT)
        for path in paths:
            path.set("calm")
        product.terminate()
        product.wait(10)
        last, drained = finish(hub, [path.agent for path in paths] + calm[:1],
                               [path.reader for path in paths] + calm[1:])
        more = stage.memory_kb(hub.process.pid)["VmHWM"] - memory
        book = ledger.read(folder, last)
        assert hub.stop() == 0, hub.tail()
    finally:
        if product and product.poll() is None:
            product.kill()
        for connection in connections:
            connection.close()
        for client in calm + paths:
            client.end()
        hub.end()
    hole = paths[0].proxies
    by_hub, by_client = (sorted(sum((proxy.seen[who] for proxy in hole), [])) for who in ("hub", "client"))
    half = sorted(paths[2].proxies[0].seen["hub"])
    cuts = {path.name: sum(proxy.n_cuts for proxy in path.proxies) for path in paths if path.name in
            ("resets", "lossy")}
    print(f"{seconds:.0f} s; cuts {cuts}; dead peers given up by the hub after "
          f"{[round(s, 1) for s in by_hub]} s, half-open ones {[round(s, 1) for s in half]} s, by clients "
          f"after {[round(s, 1) for s in by_client]} s; the reader without weather was at most {lag} events "
          f"behind; all drained {drained:.1f} s after; hub {more // 1024} MiB more")
    if len(by_hub) < IDLE or not by_client or max(by_hub + by_client + half) > DEAD_S + SLACK_S:
        book.add_fault("a dead peer was not given up in time")
    return book.result()


if __name__ == "__main__":
    sys.exit(main())
