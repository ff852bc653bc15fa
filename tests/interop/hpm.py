"""Firmware files of PICMG HPM.1 for lab BMCs, made apart from the product's own reader and writer of them."""
import hashlib
import struct

DEVICE, MANUFACTURER, PRODUCT = 0x20, 32473, 1  # what Get Device ID of a lab BMC says
UPLOAD = 2


def zero_sum(data):
    return bytes([-sum(data) % 256])


def bcd(number):
    return number // 10 * 16 + number % 10


def version(text):
    """The six bytes of `3.4`."""
    major, minor = map(int, text.split("."))
    return bytes([major, bcd(minor), 0, 0, 0, 0])


def wrap(firmware, component, text, name=b"lab firmware"):
    """An image with one upload, of `firmware`, for the component of this number."""
    mask = 1 << component
    header = struct.pack("<8sBB3sHIBBBBBBB", b"PICMGFWU", 0, DEVICE, MANUFACTURER.to_bytes(3, "little"), PRODUCT, 0,
                         0xA0,
                         mask, 2, 2, 2, 0, 0)
    header += version(text) + struct.pack("<H", 0)
    header += zero_sum(header)
    record = bytes([UPLOAD, mask])
    record += zero_sum(record) + version(text) + name.ljust(21, b"\0") + struct.pack("<I", len(firmware))
    whole = header + record + firmware
    return whole + hashlib.md5(whole).digest()
