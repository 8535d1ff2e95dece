"""Encoders of many models at once: CEBRA's networks as batched matrix products, models in front.

`encoder` does it for one model on one core. Here activations are (model, time within the window,
window, channel) and every convolution is a few batched products (``baddbmm``), so that a GPU sees
a handful of large kernels a step in place of grouped convolutions.
"""

from functools import cache
from typing import NamedTuple

import cebra.models
import torch
from torch import nn
from torch.autograd import Function
from torch.nn.functional import gelu

_gelu_backward = torch.ops.aten.gelu_backward


class Layer(NamedTuple):
    """A convolution over the window; a linear layer is one of width 1."""

    name: str  # prefix of its parameters in the state dictionary
    is_hidden: bool  # GELU follows
    has_skip: bool


@cache
def is_stackable(architecture: str) -> bool:
    """Whether a network is made of such products alone, and runs them one after the other."""
    module = cebra.models.init(architecture, 2, 4, 3)
    is_plain = type(module).forward is cebra.models.Offset10Model.forward
    return is_plain and layers_of(module) is not None


def layers_of(module: nn.Module) -> list[Layer] | None:
    """Read the layers of an official network; None if it is more than products, GELU and skips."""
    names, found = [type(part).__name__ for part in module.net], []
    for number, part in enumerate(module.net):
        if isinstance(part, nn.Conv1d | nn.Linear):
            followed = names[number + 1 : number + 2] == ["GELU"]
            found.append(Layer(f"net.{number}", followed, False))
        elif names[number] == "_Skip" and [type(one) for one in part.module] == [
            nn.Conv1d,
            nn.GELU,
        ]:
            found.append(Layer(f"net.{number}.module.0", True, True))
        elif names[number] not in ("GELU", "Flatten", "Squeeze", "_Norm"):
            return None
    hidden = [layer.is_hidden for layer in found]
    return found if hidden == [True] * (len(found) - 1) + [False] else None


class StackedEncoder:
    """The forward pass of models of one shape, each with its own weights.

    Parameters
    ----------
    module : cebra.models.Model
        One of them, for its layers and its receptive field.
    table : (T, N) tensor
        Counts of all recordings, one after the other, on the device.
    first_row : (models,) tensor
        Where each model's recording begins in `table`.
    dtype : torch.dtype
        Of activations and products; weights and sums of gradients stay float32.
    """

    def __init__(self, module: nn.Module, table: torch.Tensor, first_row, dtype: torch.dtype):
        self.layers, self.normalise, self.dtype = layers_of(module), module.normalize, dtype
        offset = module.get_offset()
        window = torch.arange(-offset.left, offset.right, device=table.device)
        self.table, self.start = table, first_row[:, None, None] + window[None, :, None]

    def __call__(self, weights: dict[str, torch.Tensor], centres: torch.Tensor) -> torch.Tensor:
        """Embed the windows around centres (models, n) as float32 (models, n, d)."""
        rows = self.start + centres[:, None]  # (models, width, n)
        h = self.table.index_select(0, rows.flatten()).to(self.dtype).view(*rows.shape, -1)
        for layer in self.layers:
            weight, bias = weights[f"{layer.name}.weight"], weights[f"{layer.name}.bias"]
            weight = weight[..., None] if weight.dim() == 3 else weight
            h = _StackedConvGelu.apply(h, weight, bias, layer.is_hidden, layer.has_skip)
        embedded = h[:, 0].float()
        if not self.normalise:
            return embedded
        return embedded / embedded.norm(dim=-1, keepdim=True)


class _StackedConvGelu(Function):
    """A convolution over the window, (M, P, n, in) to (M, P - kernel + 1, n, out); GELU, skip."""

    @staticmethod
    def forward(ctx, h, weight, bias, is_hidden, has_skip):
        w = weight.permute(0, 3, 2, 1).to(h.dtype).contiguous()  # (M, kernel, in, out)
        n_times = h.shape[1] - w.shape[1] + 1
        pre = torch.baddbmm(bias[:, None].to(h.dtype), _tap(h, 0, n_times), w[:, 0])
        for k in range(1, w.shape[1]):
            pre.baddbmm_(_tap(h, k, n_times), w[:, k])
        pre = pre.view(len(h), n_times, h.shape[2], -1)
        ctx.save_for_backward(h, pre, w)
        ctx.is_hidden, ctx.has_skip = is_hidden, has_skip
        if not is_hidden:
            return pre
        return gelu(pre).add_(h[:, 1 : n_times + 1]) if has_skip else gelu(pre)

    @staticmethod
    def backward(ctx, grad):
        h, pre, w = ctx.saved_tensors
        n_times = pre.shape[1]
        grad_pre = (_gelu_backward(grad, pre) if ctx.is_hidden else grad).flatten(1, 2)
        taps = [_tap(h, k, n_times).transpose(1, 2) @ grad_pre for k in range(w.shape[1])]
        grad_w = torch.stack(taps, 1).float().permute(0, 3, 2, 1)  # (M, out, in, kernel)
        grad_bias = grad_pre.sum(1, dtype=torch.float32)
        if not ctx.needs_input_grad[0]:
            return None, grad_w, grad_bias, None, None
        grad_h = torch.zeros_like(h)
        for k in range(w.shape[1]):
            _tap(grad_h, k, n_times).baddbmm_(grad_pre, w[:, k].transpose(1, 2))
        if ctx.has_skip:
            grad_h[:, 1 : n_times + 1] += grad
        return grad_h, grad_w, grad_bias, None, None


def _tap(h: torch.Tensor, k: int, n_times: int) -> torch.Tensor:
    """Rows that a kernel's k-th weight meets, (M, n_times * n, channels), without a copy."""
    return h[:, k : k + n_times].view(len(h), n_times * h.shape[2], -1)
