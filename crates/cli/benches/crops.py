"""What a person would write: crops with OpenCV. And the photos for it, when called as `make`."""

import csv
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

SIDE = 240
WIDTH, HEIGHT = 4000, 3000


def make(folder, count):
    """Twelve megapixels of structure at all sizes and sensor noise, and two boxes of a face's size in each."""
    random = np.random.default_rng(1)
    with open(os.path.join(folder, "boxes.csv"), "w", newline="") as file:
        rows = csv.writer(file)
        for number in range(count):
            picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
            for cells, strength in ((4, 70), (40, 30), (400, 14)):
                coarse = random.normal(0, strength, (cells * 3 // 4, cells, 3)).astype(np.float32)
                picture += cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            noise = random.normal(0, 5, (HEIGHT, WIDTH, 1)).astype(np.float32)
            picture = np.clip(picture + noise + 128, 0, 255).astype(np.uint8)
            name = f"{number:03}.jpg"
            cv2.imwrite(os.path.join(folder, name), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
            for half in range(2):
                side = int(random.integers(300, 900))
                x = half * WIDTH // 2 + int(random.integers(0, WIDTH // 2 - side))
                y = int(random.integers(0, HEIGHT - side))
                rows.writerow([name, x, y, x + side, y + side])


def crop(folder, out, threads):
    cv2.setNumThreads(1)
    boxes = {}
    with open(os.path.join(folder, "boxes.csv"), newline="") as file:
        for name, *corners in csv.reader(file):
            boxes.setdefault(name, []).append([int(corner) for corner in corners])

    def one(name):
        picture = cv2.imread(os.path.join(folder, name))
        for x1, y1, x2, y2 in boxes[name]:
            small = cv2.resize(picture[y1:y2, x1:x2], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            cv2.imwrite(os.path.join(out, f"{name[:-4]}__{x1}-{y1}-{x2}-{y2}.png"), small)

    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, boxes))
    print(len(boxes) / (time.perf_counter() - begun))


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    crop(sys.argv[2], sys.argv[3], int(sys.argv[4]))
