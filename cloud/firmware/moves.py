"""What a probe's events make of an offer of new firmware. Pure."""

from dataclasses import replace

from cloud.store.firmware import Offer
from device import payloads
from device.payloads import Event
from device.wire import WireError

OFFERED, LOADING, LOADED, TRIAL = "offered", "loading", "loaded", "on trial"
INSTALLED, ROLLED_BACK, REFUSED = "installed", "rolled back", "refused"
OVER = (INSTALLED, ROLLED_BACK, REFUSED)


def after(offer: Offer, event: Event) -> Offer:
    """The offer as this event leaves it; what is over stays as it is."""
    if offer.state in OVER:
        return offer
    if event.code == payloads.BOOT:
        return _booted(offer, event)
    if event.code != payloads.UPDATE:
        return offer
    if event.value != payloads.UPDATE_OVER:
        return replace(offer, state=LOADING, asked=min(event.value, offer.size))
    said = bytes(event.data).decode("utf-8", "replace")[:200]
    if said == payloads.UPDATE_TAKEN:
        return replace(offer, state=LOADED, asked=offer.size, said=said)
    return replace(offer, state=REFUSED, said=said)


def _booted(offer: Offer, event: Event) -> Offer:
    """A start tells which version runs; one that is on trial has not been kept yet."""
    try:
        report = payloads.unpack_report(event.data)
    except WireError:
        return offer
    if report.version >= offer.version:
        return replace(offer, state=TRIAL if report.trial else INSTALLED, asked=offer.size)
    if offer.state in (LOADED, TRIAL):
        return replace(offer, state=ROLLED_BACK)
    return offer
