"""Starts a program and says when colours show on the screen: what a person waits for, measured outside the program.

screen_clock.py COLOUR[,KEY,COLOUR]... X,Y -- PROGRAM [ARGUMENT]...

Colours are RRGGBB; each must fill the surroundings of the place X,Y of the screen. Prints, as JSON, milliseconds: from the start of the
program until the first colour, then from each key press until the colour after it; and, once the last one shows, the
program's resident memory in MB. Runs on the system's Python; needs libX11 and libXtst.
"""

import ctypes
import json
import signal
import subprocess
import sys
import time

x11, xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")


class XImage(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("width", "height", "xoffset", "format")] + [
        ("data", ctypes.POINTER(ctypes.c_ubyte)),
        *[(name, ctypes.c_int) for name in ("byte_order", "bitmap_unit", "bitmap_bit_order", "bitmap_pad", "depth")],
        ("bytes_per_line", ctypes.c_int),
        ("bits_per_pixel", ctypes.c_int),
    ]


for name, result in [("XOpenDisplay", ctypes.c_void_p), ("XDefaultRootWindow", ctypes.c_ulong), ("XGetImage", ctypes.POINTER(XImage))]:
    getattr(x11, name).restype = result
x11.XKeysymToKeycode.restype = ctypes.c_ubyte
display = ctypes.c_void_p(x11.XOpenDisplay(None))
root = x11.XDefaultRootWindow(display)
STEP, TOLERANCE, PATIENCE = 8, 24, 60.0


def shows(colour, x, y):
    """Whether most of a few places around this one have the colour."""
    wanted = [int(colour[i : i + 2], 16) for i in (0, 2, 4)]
    found = 0
    for place in range(-2, 3):
        image = x11.XGetImage(
            display, ctypes.c_ulong(root), x + place * STEP, y, 1, 1, ctypes.c_ulong(0xFFFFFF), 2
        )
        pixel = image.contents.data[:3][::-1]
        x11.XDestroyImage(image)
        found += all(abs(a - b) <= TOLERANCE for a, b in zip(pixel, wanted))
    return found >= 3


def until(colour, place, since):
    while not shows(colour, *place):
        if time.perf_counter() - since > PATIENCE:
            raise SystemExit(f"{colour} did not show within {PATIENCE:.0f} s")
        time.sleep(0.002)
    return round(1000 * (time.perf_counter() - since), 1)


def press(key):
    code = x11.XKeysymToKeycode(display, ctypes.c_ulong(x11.XStringToKeysym(key.encode())))
    for down in (1, 0):
        xtst.XTestFakeKeyEvent(display, code, down, ctypes.c_ulong(0))
    x11.XFlush(display)


def memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def main(sequence, at, separator, *command):
    assert separator == "--"
    place = [int(number) for number in at.split(",")]
    first, *rest = sequence.split(",")
    start = time.perf_counter()
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answer = {"start": until(first, place, start), "keys": []}
        for key, colour in zip(rest[::2], rest[1::2]):
            pressed = time.perf_counter()
            press(key)
            answer["keys"].append(until(colour, place, pressed))
        answer["total"] = round(1000 * (time.perf_counter() - start), 1)
        answer["memory"] = memory(program.pid)
        print(json.dumps(answer))
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait()


main(*sys.argv[1:])
