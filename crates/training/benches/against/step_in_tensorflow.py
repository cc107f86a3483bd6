"""A step of the paper's network in TensorFlow, for the bench train_step: paper SIZE CLASSES BATCH THREADS."""

import os
import sys
import time

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import numpy
import tensorflow
from tensorflow.keras import Sequential, layers

if sys.argv[1] != "paper":
    sys.exit(f"only the paper's network is written down for TensorFlow, not {sys.argv[1]}")
size, classes, batch, threads = map(int, sys.argv[2:6])
tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
tensorflow.config.threading.set_inter_op_parallelism_threads(1)
tensorflow.keras.utils.set_random_seed(42)
convolutions = [
    layer for filters in (64, 64, 128, 128) for layer in (layers.Conv2D(filters, 3, activation="relu"), layers.MaxPool2D())
]
head = [layers.Flatten(), layers.Dropout(0.5), layers.Dense(120, "relu"), layers.Dense(classes, "softmax")]
model = Sequential([layers.Input((size, size, 3)), *convolutions, *head])
loss, optimizer = tensorflow.keras.losses.MeanSquaredError(), tensorflow.keras.optimizers.Adam(1e-3)
random = numpy.random.default_rng(0)
pixels = tensorflow.constant(random.normal(size=(batch, size, size, 3)).astype("float32"))
labels = tensorflow.constant(numpy.eye(classes, dtype="float32")[numpy.arange(batch) % classes])


@tensorflow.function
def step():
    with tensorflow.GradientTape() as tape:
        value = loss(labels, model(pixels, training=True))
    optimizer.apply_gradients(zip(tape.gradient(value, model.trainable_variables), model.trainable_variables))
    return value


for _ in range(3):
    step().numpy()
print("ready", flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    step().numpy()
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
