"""A stored frame as points of a time series. Pure.

ctg      one a second: fhr_mean/min/max, fhr2_..., mhr_... in bpm, toco_... in toco units, quality
         in %, valid = share of the second with a fetal heart rate; what is unknown is left out
vitals   as they were measured, in the units of device.payloads.VITAL_SIGNS
ctg_raw  each sample, when asked for
Tags: tenant (id of her organisation, "none"), recording, device. Time: start of the recording by
its gateway's clock, and the recorded milliseconds since.
"""

import logging
from typing import Any

import numpy as np

from cloud.store.feed import FeedRow
from cloud.traces import Samples, samples_of
from device import payloads, wire

log = logging.getLogger(__name__)
_NAMES = tuple(name for name, _, _ in payloads.CHANNELS)
_STEP_MS = 1000 // payloads.RATE_HZ

Point = dict[str, Any]  # measurement, tags, fields, time (Unix ms): as influxdb-client takes it


def points_of(row: FeedRow, raw: bool) -> list[Point]:
    """Points of one frame; none of a kind that is not measured, or of a damaged one."""
    try:
        frame = wire.decode(row.data)
        vitals = payloads.unpack_vitals(frame.payload) if frame.kind == wire.VITALS else {}
    except wire.WireError as error:
        log.error("frame %d of the store is not fed: %s", row.id, error)
        return []
    if vitals:
        return _point(row, "vitals", frame.t_ms, _vital_fields(vitals))
    block = samples_of(frame)
    if block is None:
        return []
    points = _point(row, "ctg", frame.t_ms, _second_fields(block[1]))
    if raw:
        for number, sample in enumerate(block[1].T):
            known = {name: float(v) for name, v in zip(_NAMES, sample, strict=True) if v == v}
            points += _point(row, "ctg_raw", frame.t_ms + number * _STEP_MS, known)
    return points


def _point(row: FeedRow, measurement: str, t_ms: int, fields: dict[str, float]) -> list[Point]:
    """The point, or none when nothing was measured."""
    if not fields:
        return []
    tags = {
        "tenant": "none" if row.organisation_id is None else str(row.organisation_id),
        "recording": str(row.recording_id),
        "device": row.device_id,
    }
    time_ms = row.start_ms + t_ms
    return [{"measurement": measurement, "tags": tags, "fields": fields, "time": time_ms}]


def _second_fields(values: Samples) -> dict[str, float]:
    known = ~np.isnan(values)
    fields = {"valid": float(known[0].mean())}
    for name, channel, there in zip(_NAMES, values, known, strict=True):
        if not there.any():
            continue
        measured = channel[there]
        if name == "quality":
            fields[name] = float(measured.mean())
        else:
            fields[name + "_mean"] = float(measured.mean())
            fields[name + "_min"] = float(measured.min())
            fields[name + "_max"] = float(measured.max())
    return fields


def _vital_fields(vitals: dict[int, int]) -> dict[str, float]:
    fields = {}
    for code, count in vitals.items():
        name, per_unit, _ = payloads.VITAL_SIGNS[code]
        if count != payloads.GAP_16:
            fields[name] = count / per_unit
    return fields
