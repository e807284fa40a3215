"""story.py - what the agents of a crash test send: decided by seed, agent and sequence alone.

So a process that was killed knows what it had to send, and the ledger knows what was sent, without
asking either. Batches of ROWS petitions; sequence 1 + k * (ROWS + 1) declares batch k.
"""
import hashlib
import random

ROWS = 50
FIELDS = ["lighting", "drainage", "roads", "waste", "trees", "traffic"]
WARDS = ["phường Hoàn Kiếm", "phường Cửa Nam", "phường Ba Đình", "phường Hà Đông"]
WRONGS = {
    "lighting": "cả dãy đèn chiếu sáng đã tắt, buổi tối tối om",
    "drainage": "cống thoát nước bị tắc, mưa nửa giờ là ngập đến đầu gối",
    "roads": "mặt đường bong tróc, nhiều ổ gà sâu",
    "waste": "rác thải ùn ứ nhiều ngày không được thu gom",
    "trees": "cây xà cừ mục gốc, có nguy cơ đổ vào nhà dân",
    "traffic": "nút giao không có đèn tín hiệu, giờ cao điểm ùn tắc kéo dài",
}
SOURCE = {"source": "txct_dinh_ky", "channel": "contact"}


def _hash(*parts):
    return hashlib.sha256("/".join(str(part) for part in parts).encode()).hexdigest()


def instance(seed, agent):
    return _hash(seed, agent, "instance")[:16]


def batch(seed, agent, number):
    return _hash(seed, agent, number)[:32]


def petition(seed, agent, number, row):
    dice = random.Random(f"{seed}/{agent}/{number}/{row}")
    if row > 1 and dice.random() < 0.1:  # the same words as another row of the batch
        return petition(seed, agent, number, dice.randrange(1, row))
    field = dice.choice(FIELDS)
    house = dice.randrange(1, 900)
    return {
        "text": f"Ngõ {house} ngách {dice.randrange(1, 90)} ({_hash(seed, agent, number, row)[:6]}): "
        f"{WRONGS[field]}. Bà con đã phản ánh {dice.randrange(2, 9)} lần, đề nghị sớm xử lý dứt điểm.",
        "area": dice.choice(WARDS),
        "field": field,
        "person": {"name": f"Cử tri {house}"},
    }


def message(seed, agent, sequence):
    """(name, body) of a sequence."""
    number, row = divmod(sequence - 1, ROWS + 1)
    key = batch(seed, agent, number)
    body = {"sequence": sequence, "batch": key, "container": key}
    if row == 0:
        return "batch.declare", {**body, **SOURCE, "declared": ROWS, "title": "Tiếp xúc cử tri"}
    body.update(item=f"{row:08d}", row=row)
    return "petition.submit", {**body, **SOURCE, "petition": petition(seed, agent, number, row)}


def is_petition(sequence):
    return (sequence - 1) % (ROWS + 1) != 0
