"""Reads what Bauta exported with other people's tools, and writes what Bauta shall import.

    other_tools.py FOLDER

FOLDER holds photos/ and Bauta's exports of two boxes on a.jpg (mask, =hat) and one on b.jpg (mask), all in whole
pixels: coco.json, voc/, yolo/, labelme/, boxes.csv, boxes.xlsx. Each tool writes its own files of the same boxes to
made/TOOL. Prints one line a tool: "ok TOOL", or "skipped TOOL: why".
"""

import importlib.abc
import importlib.machinery
import json
import os
import shutil
import sys
import unittest.mock

ROOT = sys.argv[1]
BOXES = [
    ("a.jpg", "mask", (10.0, 20.0, 60.0, 80.0)),
    ("a.jpg", "=hat", (100.0, 10.0, 150.0, 62.0)),
    ("b.jpg", "mask", (0.0, 0.0, 200.0, 100.0)),
]


class Undrawn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """What the tools draw with and fetch with, where it is not installed: empty modules. No format needs them."""

    NAMES = {"PyQt5", "av", "imgviz", "matplotlib", "requests", "scipy"}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.NAMES:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return unittest.mock.MagicMock(name=spec.name)

    def exec_module(self, module):
        pass


# Last, so that what is installed comes first.
sys.meta_path.append(Undrawn())


def at(*parts):
    return os.path.join(ROOT, *parts)


def made(tool, *parts):
    path = at("made", tool, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def same(found):
    found = sorted((os.path.basename(str(image)), label, tuple(round(float(v), 3) for v in box)) for image, label, box in found)
    assert found == sorted(BOXES), found


def pycocotools():
    from pycocotools.coco import COCO

    coco = COCO(at("coco.json"))
    names = {c["id"]: c["name"] for c in coco.loadCats(coco.getCatIds())}
    found = []
    for image in coco.loadImgs(coco.getImgIds()):
        for ann in coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]])):
            x, y, w, h = ann["bbox"]
            assert ann["area"] == w * h
            found.append((image["file_name"], names[ann["category_id"]], (x, y, x + w, y + h)))
    same(found)
    # What COCO's own functions make of it, saved as they hold it.
    with open(made("pycocotools", "coco.json"), "w") as file:
        json.dump(coco.dataset, file)


def openpyxl():
    import openpyxl

    book = openpyxl.load_workbook(at("boxes.xlsx"))
    assert book.sheetnames == ["Annotations", "Categories", "Images", "Summary"], book.sheetnames
    sheet = book["Annotations"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref.startswith("A1:")
    header, *rows = sheet.iter_rows(values_only=True)
    rows = [dict(zip(header, row)) for row in rows]
    same((r["image"], r["category"], (r["x"], r["y"], r["x"] + r["width"], r["y"] + r["height"])) for r in rows)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), "a formula"
    assert book["Summary"]._charts, "no chart"
    own = openpyxl.Workbook()
    own.active.append(["File name", "Class", "XMin", "YMin", "XMax", "YMax"])
    for image, label, box in BOXES:
        own.active.append([image, None, *box])
        cell = own.active.cell(own.active.max_row, 2)
        cell.value, cell.data_type = label, "s"
    own.save(made("openpyxl", "boxes.xlsx"))


def pandas():
    import pandas

    tables = [pandas.read_csv(at("boxes.csv"))]
    if "openpyxl" not in MISSING:
        tables.append(pandas.read_excel(at("boxes.xlsx"), sheet_name="Annotations"))
    for table in tables:
        # In a CSV, an apostrophe keeps spreadsheets from running the name.
        labels = [label.removeprefix("'") for label in table["category"]]
        corners = zip(table["x"], table["y"], table["x"] + table["width"], table["y"] + table["height"])
        same(zip(table["image"], labels, corners))
    own = pandas.DataFrame([(i, label, *box) for i, label, box in BOXES], columns=["image", "label", "x1", "y1", "x2", "y2"])
    own.to_csv(made("pandas", "boxes.csv"), index=False, sep=";", encoding="utf-16")


def supervision():
    import supervision as sv

    def found(dataset):
        for path, _, detections in dataset:
            for box, label in zip(detections.xyxy, detections.class_id):
                yield path, dataset.classes[label], box

    def close(dataset, tolerance=0.01):
        got = sorted((os.path.basename(i), c, tuple(float(v) for v in b)) for i, c, b in found(dataset))
        for (image, label, box), (image_wanted, label_wanted, wanted) in zip(got, sorted(BOXES), strict=True):
            assert (image, label) == (image_wanted, label_wanted), got
            assert all(abs(a - b) <= tolerance for a, b in zip(box, wanted)), got

    photos = at("photos")
    coco = sv.DetectionDataset.from_coco(photos, at("coco.json"))
    close(coco)
    # supervision counts the left and upper edge from 1, as VOC's own files; labelImg and its successors from 0.
    close(sv.DetectionDataset.from_pascal_voc(photos, at("voc")), tolerance=1)
    close(sv.DetectionDataset.from_yolo(photos, at("yolo", "labels"), at("yolo", "data.yaml")))
    coco.as_yolo(annotations_directory_path=made("supervision-yolo", "labels"), data_yaml_path=made("supervision-yolo", "data.yaml"))
    coco.as_coco(annotations_path=made("supervision-coco", "coco.json"))


def labelme():
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from labelme._label_file import LabelFile
    except ImportError:
        from labelme.label_file import LabelFile

    found = []
    for name in ["a", "b"]:
        file = LabelFile(at("labelme", f"{name}.json"))
        for shape in file.shapes:
            (x1, y1), (x2, y2) = shape["points"]
            path = getattr(file, "image_path", None) or file.imagePath
            found.append((path, shape["label"], (x1, y1, x2, y2)))
        out = made("labelme", f"{name}.json")
        # By place: the names of the last three changed between versions.
        file.save(out, file.shapes, f"{name}.jpg", 100, 200, None, {}, {})
    same(found)


MISSING = set()
for tool in [openpyxl, pandas, pycocotools, supervision, labelme]:
    shutil.rmtree(at("made", tool.__name__), ignore_errors=True)
    try:
        tool()
        print("ok", tool.__name__)
    except ImportError as error:
        MISSING.add(tool.__name__)
        print(f"skipped {tool.__name__}: {error}")
