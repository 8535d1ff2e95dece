"""CEBRA's convolutional encoders as matrix products over windows, for one core.

The weights are those of the official module (``cebra.models``), the arithmetic is the same, the
order of the data is not: activations are (time within the window, window, channel), so that every
convolution is a few products of contiguous blocks; and the first layer, which reads sparse spike
counts, is one sparse product for the whole recording.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from torch import nn
from torch.autograd import Function
from torch.nn.functional import gelu

FAST_ARCHITECTURES = ("offset10-model", "offset10-model-mse", "offset5-model")
_gelu_backward = torch.ops.aten.gelu_backward


class _ConvGelu(Function):
    """A convolution over the window, (P, n, in) to (P - kernel + 1, n, out); then GELU and skip."""

    @staticmethod
    def forward(ctx, h, weight, bias, is_hidden, has_skip):
        w = weight.permute(2, 1, 0).to(h.dtype).contiguous()  # (kernel, in, out)
        n_times = h.shape[0] - len(w) + 1
        pre = torch.addmm(bias.to(h.dtype), h[:n_times].flatten(0, 1), w[0])
        for k in range(1, len(w)):
            pre.addmm_(h[k : k + n_times].flatten(0, 1), w[k])
        pre = pre.view(n_times, h.shape[1], -1)
        ctx.save_for_backward(h, pre, w)
        ctx.is_hidden, ctx.has_skip = is_hidden, has_skip
        if not is_hidden:
            return pre
        return gelu(pre).add_(h[1 : n_times + 1]) if has_skip else gelu(pre)

    @staticmethod
    def backward(ctx, grad):
        h, pre, w = ctx.saved_tensors
        n_times = len(pre)
        grad_pre = (_gelu_backward(grad, pre) if ctx.is_hidden else grad).flatten(0, 1)
        taps = [h[k : k + n_times].flatten(0, 1) for k in range(len(w))]
        grad_w = torch.stack([tap.t() @ grad_pre for tap in taps]).float().permute(2, 1, 0)
        grad_bias = grad_pre.sum(0, dtype=torch.float32)
        if not ctx.needs_input_grad[0]:
            return None, grad_w, grad_bias, None, None
        grad_h = torch.empty_like(h)
        torch.mm(grad_pre, w[0].t(), out=grad_h[:n_times].flatten(0, 1))
        grad_h[n_times:] = 0
        for k in range(1, len(w)):
            grad_h[k : k + n_times].flatten(0, 1).addmm_(grad_pre, w[k].t())
        if ctx.has_skip:
            grad_h[1 : n_times + 1] += grad
        return grad_h, grad_w, grad_bias, None, None


class _SparseConvGelu(Function):
    """The first layer on the whole recording, then the rows (P, n) that the windows need."""

    @staticmethod
    def forward(ctx, rows, weight, bias, counts, dtype):
        n_out, n_in, kernel = weight.shape
        w = weight.permute(2, 1, 0).reshape(kernel * n_in, n_out)
        pre = torch.from_numpy(counts.forward @ w.numpy(force=True)) + bias
        ctx.save_for_backward(rows, pre)
        ctx.counts, ctx.kernel = counts, kernel
        return gelu(pre).to(dtype).index_select(0, rows.flatten()).view(*rows.shape, n_out)

    @staticmethod
    def backward(ctx, grad):
        rows, pre = ctx.saved_tensors
        grad_pre = torch.zeros_like(pre).index_add_(0, rows.flatten(), grad.flatten(0, 1).float())
        grad_pre = _gelu_backward(grad_pre, pre)
        grad_w = torch.from_numpy(ctx.counts.backward @ grad_pre.numpy())
        grad_w = grad_w.view(ctx.kernel, -1, grad_pre.shape[1]).permute(2, 1, 0)
        return None, grad_w, grad_pre.sum(0), None, None


@dataclass(frozen=True)
class SparseCounts:
    """Counts of ``kernel`` successive bins side by side, and their transpose."""

    forward: sparse.csr_matrix  # (T - kernel + 1, kernel * N)
    backward: sparse.csr_matrix  # (kernel * N, T - kernel + 1)

    @classmethod
    def of(cls, spikes: np.ndarray, kernel: int) -> "SparseCounts":
        """Stack ``spikes`` (T, N) for a first layer of width ``kernel``."""
        counts = sparse.csr_matrix(spikes, dtype=np.float32)
        n_rows = counts.shape[0] - kernel + 1
        stacked = sparse.hstack([counts[k : k + n_rows] for k in range(kernel)], format="csr")
        return cls(stacked, stacked.T.tocsr())


class WindowEncoder:
    """The forward pass of an official offset model on windows of one recording.

    Parameters
    ----------
    module : cebra.models.Model
        One of ``FAST_ARCHITECTURES``; its parameters are used and trained in place.
    spikes : (T, N) array
        The recording.
    n_windows : int
        Windows a step, to choose between the sparse first layer (its cost grows with T and the
        number of spikes) and gathered windows (it grows with their number).
    dtype : torch.dtype
        Of activations and matrix products; weights, loss and sums of gradients stay float32.
    """

    def __init__(self, module: nn.Module, spikes: np.ndarray, n_windows: int, dtype=torch.float32):
        self.dtype = dtype
        layers = [layer for layer in module.net if any(True for _ in layer.parameters())]
        self.convs = [layer.module[0] if hasattr(layer, "crop") else layer for layer in layers]
        self.has_skip = [hasattr(layer, "crop") for layer in layers]
        self.normalise = module.normalize
        self.left, self.width = module.get_offset().left, len(module.get_offset())
        n_gathered = n_windows * self.width * spikes.shape[1]
        if 4 * np.count_nonzero(spikes) + 32 * len(spikes) < n_gathered:
            self.counts, self.table = SparseCounts.of(spikes, self.convs[0].kernel_size[0]), None
        else:
            self.counts, self.table = None, torch.from_numpy(np.ascontiguousarray(spikes))

    def __call__(self, centres: torch.Tensor) -> torch.Tensor:
        """Embed the windows around ``centres`` (n,) as float32 (n, d)."""
        n_times = self.width
        if self.counts is not None:
            n_times -= self.convs[0].kernel_size[0] - 1
        rows = torch.arange(n_times)[:, None] + (centres - self.left)[None]
        return self._through(rows)[0]

    def _through(self, rows: torch.Tensor) -> torch.Tensor:
        """Push rows (P, n) of the first layer's input, or of its output, through the layers."""
        first = self.convs[0]
        if self.counts is not None:
            h = _SparseConvGelu.apply(rows, first.weight, first.bias, self.counts, self.dtype)
        else:
            h = self.table.index_select(0, rows.flatten()).to(self.dtype).view(*rows.shape, -1)
            h = _ConvGelu.apply(h, first.weight, first.bias, True, False)
        for conv, has_skip in zip(self.convs[1:], self.has_skip[1:], strict=True):
            h = _ConvGelu.apply(h, conv.weight, conv.bias, conv is not self.convs[-1], has_skip)
        embedded = h.float()
        return embedded / embedded.norm(dim=-1, keepdim=True) if self.normalise else embedded


class ModuleEncoder:
    """The official module's own forward pass on windows of one recording, for any architecture.

    Parameters
    ----------
    module : cebra.models.Model
    spikes : (T, N) array
    """

    def __init__(self, module: nn.Module, spikes: np.ndarray):
        self.module, offset = module, module.get_offset()
        self.window = torch.arange(-offset.left, offset.right)
        self.table = torch.from_numpy(np.ascontiguousarray(spikes))

    def __call__(self, centres: torch.Tensor) -> torch.Tensor:
        """Embed the windows around ``centres`` (n,) as float32 (n, d)."""
        rows = centres[:, None] + self.window
        return self.module(self.table[rows].float().transpose(1, 2))
