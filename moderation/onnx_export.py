"""A torch transformer as an ONNX file that computes the same. Needs the `detoxify` extra."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch

_MOST_ROWS = 64


class ExportError(Exception):
    """The exported model does not compute what the original does."""


def to_onnx(module: torch.nn.Module, path: Path, longest: int) -> None:
    """Write `module(input_ids, attention_mask) -> logits` for any batch of up to `longest` tokens. Raises ExportError.

    Through torch's graph capture: the older tracing exporter writes wrong logits without a word. The two example
    inputs must be two tensors, one with padding: capture takes one that is passed twice for a single input.
    """
    ids, mask = torch.full((2, 16), 5), torch.ones((2, 16), dtype=torch.long)
    mask[1, 9:] = 0
    batch = torch.export.Dim("batch", min=1, max=_MOST_ROWS)
    width = torch.export.Dim("tokens", min=2, max=longest)
    shape = {0: batch, 1: width}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(),
            (ids, mask),
            dynamo=True,
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_shapes={"input_ids": shape, "attention_mask": shape},
            optimize=True,
            verbose=False,
        )
    if program is None:
        raise ExportError("torch exported nothing")
    program.save(str(path))
    forget_origins(path)
    onnx.checker.check_model(str(path))


def forget_origins(path: Path) -> None:
    """Take out what the exporter notes beside each node: stack traces, with the paths of the machine that made the file."""
    model = onnx.load(str(path))
    graphs = [model.graph, *model.functions]
    for graph in graphs:
        for part in (graph, *graph.node, *graph.value_info):
            part.ClearField("metadata_props")
            part.ClearField("doc_string")
    for part in (model, *model.graph.input, *model.graph.output, *model.graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.save(model, str(path))
