"""Batches larger than their recording: the same loss on the same draws, each bin embedded once.

The paper drew batches of 20,000 from recordings of 4,000 to 10,000 bins. Their draws repeat, so the
loss is a weighted one over the bins that were drawn. With N the batch, w_i the times that bin i was
drawn as a reference and m_j the times that j was drawn as a negative,

    align   = -1/N sum over the N pairs of s(reference, positive)
    uniform = sum_i w_i/N log sum_j m_j exp s_ij

which is what ``cebra.models.criterions`` computes on N x N similarities, up to rounding.
"""

import torch
from torch.autograd import Function

from .encoder import FAST_ARCHITECTURES, WindowEncoder
from .jobs import Job
from .one import Training

MANY = 2_048  # draws: the similarities of more, all with all, leave every cache
ROWS = 128  # references whose similarities are held at once: their block stays in the cache


def is_full(job: Job) -> bool:
    """Whether a batch of this job is better taken over distinct bins."""
    return job.parameters["batch_size"] > min(MANY, len(job.spikes))


class RecordingEncoder(WindowEncoder):
    """`WindowEncoder` for nearly all windows of a recording: what they share is computed once."""

    def __call__(self, centres: torch.Tensor) -> torch.Tensor:
        """Embed the windows around ``centres`` (n,) as float32 (n, d)."""
        n_times = (self.counts.forward if self.table is None else self.table).shape[0]
        return self._through(torch.arange(n_times)[:, None])[centres - self.left, 0]


class FullBatchTraining(Training):
    """`Training` whose batches are large, or larger than the recording."""

    def __init__(self, job: Job):
        super().__init__(job)
        self.is_euclidean = job.parameters["distance"] == "euclidean"
        shared = len(job.spikes) < 3 * self.batch_size
        if shared and job.parameters["model_architecture"] in FAST_ARCHITECTURES:
            dtype = getattr(torch, job.dtype)
            self.encoder = RecordingEncoder(self.module, job.spikes, len(job.spikes), dtype)

    def losses(self, centres: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """InfoNCE of window centres (3, batch): what aligns, and what spreads."""
        distinct, drawn = torch.unique(centres, return_inverse=True)
        left, right = self._sides(self.encoder(distinct))
        reference, positive, negative = drawn
        align = -(left[reference] * right[positive]).sum() / self.batch_size
        weight = torch.bincount(reference, minlength=len(distinct)) / self.batch_size
        times = torch.bincount(negative, minlength=len(distinct))
        is_left, is_right = weight > 0, times > 0
        uniform = WeightedLogSum.apply(
            left[is_left], right[is_right], weight[is_left], times[is_right].float().log()
        )
        return align, uniform

    def step(self, centres: torch.Tensor) -> tuple[float, float, float]:
        """Take a gradient step on window centres (3, batch_size); return total, pos, neg loss."""
        self.optimizer.zero_grad()
        align, uniform = self.losses(centres)
        loss = align + uniform
        loss.backward()
        self.optimizer.step()
        return loss.item(), align.item(), uniform.item()

    def _sides(self, embedded: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Vectors (n, q) whose products are the similarities, divided by the temperature."""
        scale = self._inverse_temperature()
        if not self.is_euclidean:
            return scale * embedded, embedded
        square = embedded.square().sum(1, keepdim=True)  # -|a - b|² = 2 ab - |a|² - |b|²
        one = torch.ones_like(square)
        left = torch.cat([2 * embedded, -square, -one], dim=1)
        return scale * left, torch.cat([embedded, one, square], dim=1)

    def _inverse_temperature(self) -> torch.Tensor | float:
        if self.job.parameters["temperature_mode"] == "constant":
            return 1 / self.criterion.temperature
        return self.criterion._prepare_inverse_temperature()


class WeightedLogSum(Function):
    """Sum over i of w_i log sum_j exp(a_i b_j + c_j), in blocks, its gradient found on the way."""

    @staticmethod
    def forward(ctx, a, b, weight, bias):
        """Sum for a (n, q), b (m, q), w (n,), c (m,)."""
        total, grad_a = 0.0, torch.empty_like(a)
        b = b.t().contiguous()  # (q, m): products with few rows run six times as fast
        grad_b = torch.zeros_like(b)
        for start in range(0, len(a), ROWS):
            rows = slice(start, start + ROWS)
            part = torch.addmm(bias, a[rows], b)  # (rows, m)
            highest = part.amax(1, keepdim=True)
            part.sub_(highest).exp_()
            sums = part.sum(1, keepdim=True)
            w = weight[rows, None]
            total += (w * (sums.log() + highest)).sum(dtype=torch.float64)
            share = w / sums
            grad_a[rows] = share * (b @ part.t()).t()
            grad_b.addmm_((share * a[rows]).t(), part)
        ctx.save_for_backward(grad_a, grad_b.t())
        return total.to(a.dtype)

    @staticmethod
    def backward(ctx, grad):
        """Scale what `forward` found."""
        grad_a, grad_b = ctx.saved_tensors
        return grad * grad_a, grad * grad_b, None, None
