"""A recording that has ended and is queued to be read, made by the real service."""

from device import payloads, wire
from models.synth import synthetic
from tests.cloud.web.service import Service
from tests.process import wait_until


def ended(service: Service, device: str, scenario: str = "normal", minutes: int = 2) -> int:
    """The id of a recording that came as frames, was stopped and assessed, and is in the queue."""
    trace, _ = synthetic(3, minutes, scenario)
    number = service.play(device, trace)
    session = service.parts.live.recordings[number].recording.session
    frames = round(trace.end_s) + 2
    stop = payloads.pack_event(payloads.Event(payloads.STOP, frames, b""))
    frame = wire.Frame(wire.EVENT, session, frames - 1, round(trace.end_s * 1000), stop)
    service.send(device, session, [frame], round(trace.end_s * 1000))
    wait_until(lambda: queued(service, number), 30, "it is queued")
    return number


def queued(service: Service, recording_id: int) -> bool:
    path = f"/api/recordings/{recording_id}/readings"
    return bool(service.client("centre").get(path).json())
