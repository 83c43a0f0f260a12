"""docs/wire.md says what the code does: its tables and examples are made here and compared.

`python -m tests.device.test_wire_doc` writes them into the document again.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from device import payloads as p
from device import wire

DOCUMENT = Path(__file__).parents[2] / "docs" / "wire.md"
SESSION = 0x5EED0001


def dump(data: bytes, parts: list[tuple[int, str]]) -> str:
    """One line for each part: offset, bytes, what they are."""
    lines = []
    at = 0
    for size, what in parts:
        end = at + size
        rows = [data[n : min(n + 8, end)].hex(" ") for n in range(at, end, 8)]
        lines += [f"{at + 8 * n:3}  {row:<23}  {'' if n else what}" for n, row in enumerate(rows)]
        at += size
    assert at == len(data), "the parts are not all of the frame"
    return "```\n" + "\n".join(line.rstrip() for line in lines) + "\n```"


def framed(frame: wire.Frame, inside: list[tuple[int, str]]) -> str:
    head = [
        (2, 'magic "LU"'),
        (1, f"version {wire.VERSION}"),
        (1, f"kind {frame.kind}: {wire.KINDS[frame.kind]}"),
        (4, f"session 0x{frame.session:08x}"),
        (4, f"seq {frame.seq}"),
        (4, f"t_ms {frame.t_ms}"),
        (2, f"size {len(frame.payload)}"),
    ]
    return dump(wire.encode(frame), [*head, *inside, (4, "CRC-32 of all before it")])


def trace_example() -> str:
    trace = p.Trace((560, 562, p.GAP_16, 566), None, None, (24, 24, 25, 26), (95, 96, 0, 96))
    frame = wire.Frame(wire.TRACE, SESSION, 8, 7000, p.pack_trace(trace))
    return framed(
        frame,
        [
            (1, "mask 0b11001: fhr, toco, quality"),
            (8, "fhr 140.0, 140.5, GAP, 141.5 bpm"),
            (4, "toco 12.0, 12.0, 12.5, 13.0"),
            (4, "quality 95, 96, 0, 96 %"),
        ],
    )


def start_example() -> str:
    start = p.Start(0x0000BEEF, 60, p.REPLAYED, "CTU-UHB 1001")
    frame = wire.Frame(wire.EVENT, SESSION, 0, 0, p.pack_start(start))
    return framed(
        frame,
        [
            (1, "code 1: start"),
            (4, "value: boot id 0x0000beef"),
            (2, "speed 60"),
            (1, "flags 1: replayed"),
            (12, 'name "CTU-UHB 1001", UTF-8'),
        ],
    )


def receipt_example() -> str:
    receipt = p.Receipt(5, 20, ((5, 6), (9, 9)))
    frame = wire.Frame(wire.RECEIPT, SESSION, 5, 0, p.pack_receipt(receipt))
    return framed(frame, [(4, "seen 20"), (8, "missing 5..6"), (8, "missing 9..9")])


def command_example() -> str:
    payload = p.pack_command(p.Command(p.COMMAND_ALERT, "accepted high"))
    frame = wire.Frame(wire.COMMAND, SESSION, 31, 0, payload)
    return framed(frame, [(1, "code 5: alert"), (13, 'text "accepted high", UTF-8')])


def block_example() -> str:
    frame = wire.Frame(wire.BLOCK, 0, 512, 0, p.pack_block(512, bytes(range(6))))
    return framed(frame, [(4, "offset 512"), (6, "bytes of the image; here its last 6")])


def table(head: str, rows: list[tuple[object, ...]]) -> str:
    rule = re.sub(r"[^|]+", "---", head)
    return "\n".join([head, rule, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def kinds() -> str:
    who = dict.fromkeys(wire.RECORDED, "device") | {wire.STAMP: "gateway"}
    rows = [(n, name, who.get(n, "gateway, cloud")) for n, name in wire.KINDS.items()]
    return table("| kind | name | made by |", rows)


def channels() -> str:
    per = {"fhr": p.PER_BPM, "fhr2": p.PER_BPM, "mhr": p.PER_BPM, "toco": p.PER_TOCO, "quality": 1}
    rows = [
        (bit, name, {"H": "u16", "B": "u8"}[kind], per[name], f"0x{gap:X}")
        for bit, (name, kind, gap) in enumerate(p.CHANNELS)
    ]
    return table("| bit | channel | type | counts per unit | GAP |", rows)


def vital_signs() -> str:
    rows = [(code, name, per, unit) for code, (name, per, unit) in p.VITAL_SIGNS.items()]
    return table("| code | vital sign | counts per unit | unit |", rows)


def events() -> str:
    return table("| code | event |", list(p.EVENTS.items()))


def commands() -> str:
    return table("| code | command |", list(p.COMMANDS.items()))


def warnings() -> str:
    rows = [(code, name or "over") for code, name in p.WARNINGS.items()]
    return table("| code | warning |", rows)


def status() -> str:
    return fields(p.Status._fields, p.STATUS)


def report() -> str:
    return fields(p.Report._fields, p.REPORT)


def fields(names: tuple[str, ...], form: str) -> str:
    sizes = {"B": "u8", "H": "u16", "I": "u32"}
    rows = [(name, sizes[kind]) for name, kind in zip(names, form[1:], strict=True)]
    return table("| field | type |", rows)


PARTS: tuple[Callable[[], str], ...] = (
    kinds,
    trace_example,
    channels,
    vital_signs,
    events,
    report,
    start_example,
    status,
    receipt_example,
    commands,
    command_example,
    block_example,
    warnings,
)


def mark(part: Callable[[], str]) -> tuple[str, str]:
    name = part.__name__
    return f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_the_document_says_what_the_code_does(part: Callable[[], str]) -> None:
    begin, end = mark(part)
    text = DOCUMENT.read_text()
    assert text.count(begin) == 1
    assert text.split(begin)[1].split(end)[0] == part()


def test_the_document_names_the_limits_and_topics() -> None:
    text = DOCUMENT.read_text()
    for said in (
        f"at most {wire.MAX_PAYLOAD} bytes",
        f"at most {p.MAX_RANGES} ranges",
        wire.device_up("DEVICE"),
        wire.device_down("DEVICE"),
        wire.gateway_up("GATEWAY", "DEVICE"),
        wire.gateway_down("GATEWAY", "DEVICE"),
    ):
        assert said in text, said


def write() -> None:
    text = DOCUMENT.read_text()
    for part in PARTS:
        begin, end = mark(part)
        before, rest = text.split(begin)
        text = before + begin + part() + end + rest.split(end, 1)[1]
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    write()
