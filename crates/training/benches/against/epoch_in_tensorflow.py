"""An epoch of the paper's Keras program, for the bench train_epoch: FOLDER SIZE BATCH THREADS.

All pictures are read once, as the paper does; its Listing 3 changes them anew in each epoch; a fifth of them is kept
to check with after it.
"""

import os
import sys
import time

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import numpy
import tensorflow
from PIL import Image
from tensorflow.keras import Sequential, layers
from tensorflow.keras.preprocessing.image import ImageDataGenerator

folder, (size, batch, threads) = sys.argv[1], map(int, sys.argv[2:5])
tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
tensorflow.config.threading.set_inter_op_parallelism_threads(1)
tensorflow.keras.utils.set_random_seed(42)

categories = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
files = [(path.path, label) for label, name in enumerate(categories) for path in os.scandir(os.path.join(folder, name))]
random = numpy.random.default_rng(42)
random.shuffle(files)
pixels = numpy.stack([numpy.asarray(Image.open(path).convert("RGB").resize((size, size))) for path, _ in files])
labels = numpy.eye(len(categories), dtype="float32")[[int(label) for _, label in files]]
checks = len(files) // 5
settings = dict(rescale=1 / 255, featurewise_center=True, featurewise_std_normalization=True)
changes = ImageDataGenerator(
    **settings, rotation_range=20, width_shift_range=0.2, height_shift_range=0.2, zoom_range=0.2, horizontal_flip=True
)
plain = ImageDataGenerator(**settings)
# `fit` applies `rescale` itself.
changes.fit(pixels[checks:])
plain.fit(pixels[checks:])
training = changes.flow(pixels[checks:], labels[checks:], batch_size=batch)
validation = plain.flow(pixels[:checks], labels[:checks], batch_size=batch, shuffle=False)

convolutions = [
    layer for filters in (64, 64, 128, 128) for layer in (layers.Conv2D(filters, 3, activation="relu"), layers.MaxPool2D())
]
head = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(120, "relu"), layers.Dense(len(categories), "softmax")]
model = Sequential([layers.Input((size, size, 3)), *convolutions, *head])
model.compile(tensorflow.keras.optimizers.Adam(1e-3), "mse", metrics=["accuracy"])


def epoch():
    model.fit(training, validation_data=validation, epochs=1, verbose=0)


epoch()
print("ready", flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    epoch()
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
