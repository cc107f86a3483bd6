"""A step of the paper's network in PyTorch, for the bench train_step: SIZE CLASSES BATCH THREADS."""

import sys
import time

import torch
from torch import nn

size, classes, batch, threads = map(int, sys.argv[1:5])
torch.set_num_threads(threads)
torch.manual_seed(42)
channels, side, convolutions = 3, size, []
for filters in (64, 64, 128, 128):
    convolutions += [nn.Conv2d(channels, filters, 3), nn.ReLU(), nn.MaxPool2d(2)]
    channels, side = filters, (side - 2) // 2
head = [nn.Flatten(), nn.Dropout(0.5), nn.Linear(channels * side * side, 120), nn.ReLU(), nn.Linear(120, classes)]
model = nn.Sequential(*convolutions, *head, nn.Softmax(1))
loss, optimizer = nn.MSELoss(), torch.optim.Adam(model.parameters(), 1e-3)
pixels = torch.randn(batch, 3, size, size)
labels = torch.eye(classes)[torch.arange(batch) % classes]


def step():
    optimizer.zero_grad()
    value = loss(model(pixels), labels)
    value.backward()
    optimizer.step()
    return value.item()


for _ in range(3):
    step()
print("ready", flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
