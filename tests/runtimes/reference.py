"""What Python says of an exported model: MODEL FOLDER CROP…

Checks the model with onnx.checker. Writes each crop as a lossless picture of the model's own size into FOLDER (so that
nobody has to resize it or to decode JPEG as somebody else does) and prints ONNX Runtime's probabilities of it, as JSON.
"""

import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from PIL import Image

model, folder, *crops = sys.argv[1:]
onnx.checker.check_model(onnx.load(model), full_check=True)
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
(image,) = session.get_inputs()
side = image.shape[2]
answers = []
for number, crop in enumerate(crops):
    picture = Image.open(crop).convert("RGB").resize((side, side))
    file = Path(folder) / f"{number}.png"
    picture.save(file)
    planes = numpy.asarray(picture, numpy.float32).transpose(2, 0, 1)[None]
    (probabilities,) = session.run(["probabilities"], {"image": planes})
    answers.append({"file": str(file), "probabilities": probabilities[0].tolist()})
print(json.dumps(answers))
