"""An epoch of the paper's program in PyTorch, for the bench train_epoch: FOLDER SIZE BATCH THREADS.

As epoch_in_tensorflow.py; the changes of a batch are one `grid_sample`.
"""

import math
import os
import sys
import time

import numpy
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

folder, (size, batch, threads) = sys.argv[1], map(int, sys.argv[2:5])
torch.set_num_threads(threads)
torch.manual_seed(42)

categories = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
files = [(path.path, label) for label, name in enumerate(categories) for path in os.scandir(os.path.join(folder, name))]
numpy.random.default_rng(42).shuffle(files)
pixels = numpy.stack([numpy.asarray(Image.open(path).convert("RGB").resize((size, size))) for path, _ in files])
pixels = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
targets = torch.eye(len(categories))[torch.tensor([int(label) for _, label in files])]
checks = len(files) // 5
mean = pixels[checks:].mean((0, 2, 3), keepdim=True)
pixels = (pixels - mean) / pixels[checks:].std((0, 2, 3), keepdim=True)

channels, side, convolutions = 3, size, []
for filters in (64, 64, 128, 128):
    convolutions += [nn.Conv2d(channels, filters, 3), nn.ReLU(), nn.MaxPool2d(2)]
    channels, side = filters, (side - 2) // 2
head = [nn.Flatten(), nn.Dropout(0.5), nn.Linear(channels * side * side, 120), nn.ReLU(), nn.Linear(120, len(categories))]
model = nn.Sequential(*convolutions, *head, nn.Softmax(1))
optimizer, loss = torch.optim.Adam(model.parameters(), 1e-3), nn.MSELoss()


def changed(pictures):
    count = len(pictures)
    within = lambda limit: (torch.rand(count) * 2 - 1) * limit
    angle, flip = within(math.radians(20)), torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    wide, high = (1 + within(0.2)) * flip, 1 + within(0.2)
    rows = [wide * angle.cos(), -high * angle.sin(), within(0.4), wide * angle.sin(), high * angle.cos(), within(0.4)]
    grid = functional.affine_grid(torch.stack(rows, 1).view(count, 2, 3), pictures.shape, align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def epoch():
    model.train()
    for chosen in (torch.randperm(len(pixels) - checks) + checks).split(batch):
        optimizer.zero_grad()
        loss(model(changed(pixels[chosen])), targets[chosen]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for first in range(0, checks, batch):
            model(pixels[first : min(first + batch, checks)])


epoch()
print("ready", flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    epoch()
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
