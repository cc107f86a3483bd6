"""A training step in PyTorch, for the bench train_step: NETWORK SIZE CLASSES BATCH THREADS.

NETWORK is `paper`, or `fine-tuning`: MobileNetV2 behind its 13th block on maps of SIZE/16, batch normalisation fixed,
AdamW, label smoothing.
"""

import sys
import time

import torch
from torch import nn

network, (size, classes, batch, threads) = sys.argv[1], map(int, sys.argv[2:6])
torch.set_num_threads(threads)
torch.manual_seed(42)
labels = torch.arange(batch) % classes


def paper():
    channels, side, convolutions = 3, size, []
    for filters in (64, 64, 128, 128):
        convolutions += [nn.Conv2d(channels, filters, 3), nn.ReLU(), nn.MaxPool2d(2)]
        channels, side = filters, (side - 2) // 2
    head = [nn.Flatten(), nn.Dropout(0.5), nn.Linear(channels * side * side, 120), nn.ReLU(), nn.Linear(120, classes)]
    model = nn.Sequential(*convolutions, *head, nn.Softmax(1))
    targets, mean_square = torch.eye(classes)[labels], nn.MSELoss()
    loss = lambda answers: mean_square(answers, targets)
    return model, loss, torch.optim.Adam(model.parameters(), 1e-3), torch.randn(batch, 3, size, size)


def normalised(channels, filters, kernel=1, stride=1, groups=1, relu=True):
    layers = [nn.Conv2d(channels, filters, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(filters)]
    return nn.Sequential(*layers, *[nn.ReLU6()] * relu)


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        wide = 6 * channels
        self.shortcut = stride == 1 and channels == filters
        parts = normalised(channels, wide), normalised(wide, wide, 3, stride, wide), normalised(wide, filters, relu=False)
        self.layers = nn.Sequential(*parts)

    def forward(self, x):
        return x + self.layers(x) if self.shortcut else self.layers(x)


def fine_tuning():
    blocks = [Residual(*block) for block in ((96, 160, 2), (160, 160, 1), (160, 160, 1), (160, 320, 1))]
    end = [normalised(320, 1280), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(1280, classes)]
    model = nn.Sequential(*blocks, *end).to(memory_format=torch.channels_last)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    entropy = nn.CrossEntropyLoss(label_smoothing=0.1)
    maps = torch.randn(batch, 96, size // 16, size // 16).contiguous(memory_format=torch.channels_last)
    return model, lambda answers: entropy(answers, labels), torch.optim.AdamW(model.parameters(), 3e-4), maps


model, loss, optimizer, inputs = {"paper": paper, "fine-tuning": fine_tuning}[network]()


def step():
    optimizer.zero_grad()
    value = loss(model(inputs))
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
