"""weather.py - a proxy in user space between a client and the hub, and the weather in it.

    calm     everything passes
    hole     what comes is thrown away, on both sides; nothing is closed: a network that is gone
    resets   each connection is cut by RST after some bytes
    half     when the client goes the hub is not told: half-open
    slow     a few KiB a second
    lossy    pieces of any size, held up as TCP holds up what was lost; now and then a cut

Loss of packets under TCP is delay and cuts to who stands above it: that is what is made here. A proxy
notes for every connection that was there when the hole began how long each side took to give it up.
"""
import collections
import random
import selectors
import socket
import struct
import threading
import time

CHUNK = 16384
SLOW_BYTES, SLOW_S = 2048, 0.1
SETTLED_S = 1.0  # a connection is counted as there when it is as old as that


class Side:
    def __init__(self, sock):
        self.sock, self.other, self.pair = sock, None, None
        self.queue = collections.deque()  # (when, bytes) on the way to this side
        self.ready_at = 0.0  # when more may be read from it
        self.closed = False


class Pair:
    def __init__(self, client, hub, dice):
        self.client, self.hub = Side(client), Side(hub)
        self.client.other, self.hub.other = self.hub, self.client
        self.client.pair = self.hub.pair = self
        self.made_at, self.client_gone_at = time.monotonic(), 0.0
        self.bytes_left = dice.randrange(2000, 60000)


class Proxy(threading.Thread):
    """Listens at self.endpoint for TARGET (tcp://host:port); self.weather may be changed at any time."""

    def __init__(self, target, seed, weather="calm"):
        super().__init__(daemon=True)
        host, port = target.rsplit("/", 1)[1].split(":")
        self.target, self.dice, self._weather = (host, int(port)), random.Random(seed), weather
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.selector = selectors.DefaultSelector()
        self.pairs, self.changed_at, self.ends = [], time.monotonic(), False
        self.seen = {"client": [], "hub": []}  # seconds from the hole to each side's giving up
        self.n_pairs = self.n_cuts = 0
        self.listener.setblocking(False)
        self.start()

    @property
    def weather(self):
        return self._weather

    @weather.setter
    def weather(self, value):
        self._weather, self.changed_at = value, time.monotonic()

    def stop(self):
        self.ends = True
        self.join()
        for pair in list(self.pairs):
            self.cut(pair)
        self.listener.close()

    # ---- in the thread

    def cut(self, pair):
        for side in (pair.client, pair.hub):
            if not side.closed:
                side.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close(side)
        if pair in self.pairs:
            self.pairs.remove(pair)

    def close(self, side):
        if not side.closed:
            side.closed = True
            side.sock.close()

    def accept(self):
        try:
            client, _ = self.listener.accept()
        except OSError:
            return
        try:
            hub = socket.create_connection(self.target, 2)
        except OSError:
            client.close()
            return
        for sock in (client, hub):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pairs.append(Pair(client, hub, self.dice))
        self.n_pairs += 1

    def gone(self, side):
        """SIDE has closed its connection."""
        pair, weather = side.pair, self._weather
        who = "client" if side is pair.client else "hub"
        self.close(side)
        if weather in ("hole", "half"):
            since = max(self.changed_at, pair.made_at)
            if weather == "half" and who == "hub" and pair.client.closed:
                self.seen[who].append(time.monotonic() - pair.client_gone_at)
            elif weather == "hole" and pair.made_at < self.changed_at - SETTLED_S:
                self.seen[who].append(time.monotonic() - since)
            if who == "client":
                pair.client_gone_at = time.monotonic()
            if pair.client.closed and pair.hub.closed:
                self.pairs.remove(pair)
            return
        self.cut(pair)

    def read(self, side, now):
        pair, weather = side.pair, self._weather
        size = SLOW_BYTES if weather == "slow" else CHUNK
        if weather == "lossy":
            size = self.dice.choice((7, 100, 1400, CHUNK))
        try:
            data = side.sock.recv(size)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.gone(side)
            return
        if weather == "hole" or side.other.closed:
            return
        at = now
        if weather == "slow":
            side.ready_at = now + SLOW_S
        elif weather == "lossy":
            at = now + (self.dice.uniform(0.2, 1.0) if self.dice.random() < 0.05 else 0)
            if self.dice.random() < 0.002:
                self.n_cuts += 1
                self.cut(pair)
                return
        elif weather == "resets":
            pair.bytes_left -= len(data)
            if pair.bytes_left < 0:
                self.n_cuts += 1
                self.cut(pair)
                return
        queue = side.other.queue
        queue.append((max(at, queue[-1][0] if queue else 0), data))  # TCP keeps the order

    def write(self, side, now):
        while side.queue and side.queue[0][0] <= now:
            at, data = side.queue.popleft()
            try:
                n = side.sock.send(data)
            except BlockingIOError:
                n = 0
            except OSError:
                self.gone(side)
                return
            if n < len(data):
                side.queue.appendleft((at, data[n:]))
                return

    def run(self):
        while not self.ends:
            now, polled = time.monotonic(), {self.listener: None}
            for pair in list(self.pairs):
                for side in (pair.client, pair.hub):
                    if not side.closed and side.queue:
                        self.write(side, now)
            for pair in self.pairs:
                for side in (pair.client, pair.hub):
                    full = len(side.other.queue) > 64 and not side.other.closed
                    if not side.closed and side.ready_at <= now and not full:
                        polled[side.sock] = side
            for sock in polled:
                self.selector.register(sock, selectors.EVENT_READ, polled[sock])
            busy = any(side.queue for pair in self.pairs for side in (pair.client, pair.hub))
            ready = self.selector.select(0.005 if busy else 0.05)
            for sock in polled:
                self.selector.unregister(sock)
            for key, _ in ready:
                if key.data is None:
                    self.accept()
                elif not key.data.closed:
                    self.read(key.data, time.monotonic())
