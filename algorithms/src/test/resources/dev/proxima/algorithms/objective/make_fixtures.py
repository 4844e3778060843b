"""Writes parity.tsv, the losses and gradients that ParityTest compares with, in float64.

Run in this folder: python make_fixtures.py
Made with torch 2.13.0, trl 1.13.0.

TRL's own code computes the losses of DPOTrainer, KTOTrainer, CPOTrainer and ORPOTrainer: their
methods are called on a stub of the trainer, with a stub of a model whose vocabulary has two tokens,
the response's with the probability exp(leaf) and another with the rest. So the gradient with
respect to a leaf is the gradient with respect to the log-probability of a token. What TRL lacks is
written out below in torch, each with its source.
"""

import math
from collections import defaultdict
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from trl import DPOTrainer, KTOTrainer
from trl.experimental.cpo import CPOTrainer
from trl.experimental.orpo import ORPOTrainer

LENGTHS = [(4, 5), (5, 3), (1, 2), (7, 7), (6, 2)]
REWARDS = [(1.5, 0.25), (0.5, -0.5), (2.0, 1.75), (-1.0, -1.0), (0.0, 1.0)]
WIN_RATES = [(0.9, 0.4), (0.75, 0.2), (0.55, 0.5), (0.5, 0.5), (0.3, 0.6)]
N = len(LENGTHS)


def draw(seed):
    """Token log-probabilities of n chosen, then n rejected responses."""
    generator = torch.Generator().manual_seed(seed)
    lengths = [chosen for chosen, _ in LENGTHS] + [rejected for _, rejected in LENGTHS]
    return [-0.05 - 3 * torch.rand(n, generator=generator, dtype=torch.float64) for n in lengths]


POLICY, REFERENCE = draw(1), draw(2)


def padded(rows):
    width = max(len(row) for row in rows)
    return torch.stack([F.pad(row, (0, width - len(row)), value=-1.0) for row in rows])


def mask():
    width = max(len(row) for row in POLICY)
    return torch.stack([torch.arange(width) < len(row) for row in POLICY]).long()


def logits(rows):
    """[2n, width + 1, 2]: the second token of the vocabulary is every label."""
    logps = padded(rows)
    two = torch.stack([torch.log(-torch.expm1(logps)), logps], dim=-1)
    return torch.cat([two, torch.zeros(len(rows), 1, 2, dtype=torch.float64)], dim=1)


def inputs():
    prompt = torch.zeros(2 * N, 1, dtype=torch.long)
    completion_mask = torch.cat([prompt, mask()], dim=1)
    ids = torch.ones_like(completion_mask)
    return dict(input_ids=ids, attention_mask=ids, completion_mask=completion_mask)


def model(rows):
    def forward(**_):
        return SimpleNamespace(logits=logits(rows))

    return forward


def stub(**settings):
    same = lambda x: x
    accelerator = SimpleNamespace(device="cpu", gather=same, gather_for_metrics=same, unwrap_model=same)
    return SimpleNamespace(
        model=SimpleNamespace(training=True),
        ref_model=model(REFERENCE),
        accelerator=accelerator,
        aux_loss_enabled=False,
        precompute_ref_logps=False,
        _metrics=defaultdict(lambda: defaultdict(list)),
        _total_train_tokens=0,
        _tp_size=1,
        **settings,
    )


class Quiet:
    """In place of disable_gradient_checkpointing, which wants a real model."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def dpo(*losses, weights=None, beta=0.1, smoothing=0.0, divergence="reverse_kl", tau=0.05, ld_alpha=None, wpo=False):
    def loss(leaves):
        self = stub(
            beta=beta,
            label_smoothing=smoothing,
            loss_types=losses,
            loss_weights=weights or [1.0] * len(losses),
            ld_alpha=ld_alpha,
            f_divergence_type=divergence,
            use_weighting=wpo,
            args=SimpleNamespace(gradient_checkpointing_kwargs=None, discopop_tau=tau),
        )
        return DPOTrainer._compute_loss(self, model(leaves), inputs(), False)

    return loss


def kto(beta=0.1, desirable=1.0, undesirable=1.0, estimate=True):
    """The reference point is estimated from the responses themselves, in place of shuffled ones."""

    def loss(leaves):
        self = stub(
            beta=beta,
            loss_type="kto",
            desirable_weight=desirable,
            undesirable_weight=undesirable,
            calculate_KL=estimate,
            args=SimpleNamespace(gradient_checkpointing_kwargs=None),
        )
        policy = model(leaves)
        sums = lambda rows: torch.stack([row.sum() for row in rows])
        self._compute_kl_logps = lambda m, _: sums(leaves if m is policy else REFERENCE)
        labels = torch.tensor([True] * N + [False] * N)
        return KTOTrainer._compute_loss(self, policy, dict(inputs(), label=labels), False)

    return loss


def sums(leaves):
    rows = torch.stack([row.sum() for row in leaves])
    return rows[:N], rows[N:]


def means(leaves):
    rows = torch.stack([row.mean() for row in leaves])
    return rows[:N], rows[N:]


def cpo(loss_type, beta, gamma=0.0, smoothing=0.0, likelihood=0.0):
    """CPOTrainer.cpo_loss, and the likelihood of the chosen response per token of its own."""

    def loss(leaves):
        self = stub(beta=beta, alpha=0.0, loss_type=loss_type, simpo_gamma=gamma, label_smoothing=smoothing)
        logps = means(leaves) if loss_type == "simpo" else sums(leaves)
        return (CPOTrainer.cpo_loss(self, *logps)[0] - likelihood * means(leaves)[0]).mean()

    return loss


def orpo(beta):
    """ORPOTrainer.odds_ratio_loss in float64, and the likelihood per token of each response."""

    def loss(leaves):
        single, torch.Tensor.float = torch.Tensor.float, lambda tensor: tensor
        try:
            ratio = ORPOTrainer.odds_ratio_loss(stub(beta=beta), *means(leaves))[0]
        finally:
            torch.Tensor.float = single
        return (-means(leaves)[0] - ratio).mean()

    return loss


def log_ratios(leaves):
    policy, reference = sums(leaves), sums(REFERENCE)
    return policy[0] - reference[0], policy[1] - reference[1]


def alpha_divergence(alpha, beta):
    """DPOTrainer._compute_loss refuses float64 here: f'(t) = (t^(alpha - 1) - 1) / (alpha - 1)."""

    def loss(leaves):
        chosen, rejected = (torch.expm1((alpha - 1) * u) / (alpha - 1) for u in log_ratios(leaves))
        return -F.logsigmoid(beta * (chosen - rejected)).mean()

    return loss


def conservative(beta, smoothing):
    """dpo_loss of TRL 0.x and of eric-mitchell/direct-preference-optimization."""

    def loss(leaves):
        chosen, rejected = log_ratios(leaves)
        margin = beta * (chosen - rejected)
        return (-(1 - smoothing) * F.logsigmoid(margin) - smoothing * F.logsigmoid(-margin)).mean()

    return loss


def ipo_summed(beta):
    """CPOTrainer.cpo_loss, loss_type "ipo", on log-ratios."""

    def loss(leaves):
        self = stub(beta=beta, alpha=0.0, loss_type="ipo", label_smoothing=0.0)
        return CPOTrainer.cpo_loss(self, *log_ratios(leaves))[0].mean()

    return loss


def dpop(beta, weight):
    """Pal et al. 2024."""

    def loss(leaves):
        chosen, rejected = log_ratios(leaves)
        return -F.logsigmoid(beta * (chosen - rejected - weight * torch.relu(-chosen))).mean()

    return loss


def r_dpo(beta, alpha):
    """Park et al. 2024: r = beta * log-ratio + alpha * length."""

    def loss(leaves):
        chosen, rejected = log_ratios(leaves)
        lengths = torch.tensor([float(a - b) for a, b in LENGTHS], dtype=torch.float64)
        return -F.logsigmoid(beta * (chosen - rejected) + alpha * lengths).mean()

    return loss


def odpo(beta, alpha, logarithm):
    """Amini et al. 2024; a pair without a positive gap has no loss under the logarithm."""

    def loss(leaves):
        chosen, rejected = log_ratios(leaves)
        gaps = torch.tensor([a - b for a, b in REWARDS], dtype=torch.float64)
        if logarithm:
            offset = torch.where(gaps > 0, alpha * torch.log(gaps.clamp(min=1e-300)), -math.inf)
        else:
            offset = alpha * gaps
        return torch.where(
            offset.isfinite(), -F.logsigmoid(beta * (chosen - rejected) - offset.clamp(min=-1e300)), 0.0
        ).mean()

    return loss


def alpha_dpo(beta, gamma, alpha):
    """Wu et al. 2024; junkangwu/alpha-DPO with the batch's own statistics (gamma_update = 0)."""

    def loss(leaves):
        (chosen, rejected), reference = means(leaves), means(REFERENCE)
        gap = ((chosen - rejected) - (reference[0] - reference[1])).detach()
        z = (gap - gap.mean()) / gap.std()
        return -F.logsigmoid(beta * (chosen - rejected - (gamma + alpha * z))).mean()

    return loss


def sppo_soft(beta):
    """Wu et al. 2024, equation 4.7, with eta = 1 / beta, in TRL's scale."""

    def loss(leaves):
        rates = torch.tensor(WIN_RATES, dtype=torch.float64)
        chosen, rejected = log_ratios(leaves)
        chosen_error = chosen - (rates[:, 0] - 0.5) / beta
        rejected_error = rejected - (rates[:, 1] - 0.5) / beta
        return (chosen_error**2 + rejected_error**2).mean()

    return loss


CASES = [
    ("dpo", "beta=0.1", dpo("sigmoid")),
    ("dpo", "beta=0.3,smoothing=0.1", conservative(0.3, 0.1)),
    ("dpo", "beta=0.1,divergence=forward-kl", dpo("sigmoid", divergence="forward_kl")),
    ("dpo", "beta=0.1,divergence=jensen-shannon", dpo("sigmoid", divergence="js_divergence")),
    ("dpo", "beta=0.1,divergence=alpha,divergence-alpha=0.3", alpha_divergence(0.3, 0.1)),
    ("dpo", "beta=0.1,ld-alpha=0.4", dpo("sigmoid", ld_alpha=0.4)),
    ("dpo", "beta=0.1,wpo=sampled", dpo("sigmoid", wpo=True)),
    ("dpo", "beta=0.1,wpo=sampled,ld-alpha=0", dpo("sigmoid", wpo=True, ld_alpha=0.0)),
    ("robust-dpo", "beta=0.1,smoothing=0.1", dpo("robust", smoothing=0.1)),
    ("robust-dpo", "beta=0.1,smoothing=0.2,divergence=forward-kl", dpo("robust", smoothing=0.2, divergence="forward_kl")),
    ("dpo-norm", "beta=2", dpo("sigmoid_norm", beta=2.0)),
    ("dpo-norm", "beta=2,divergence=jensen-shannon", dpo("sigmoid_norm", beta=2.0, divergence="js_divergence")),
    ("dpop", "beta=0.1,lambda=5", dpop(0.1, 5.0)),
    ("r-dpo", "beta=0.1,alpha=0.05", r_dpo(0.1, 0.05)),
    ("odpo", "beta=0.1,alpha=0.5", odpo(0.1, 0.5, True)),
    ("odpo", "beta=0.1,alpha=0.5,offset=identity", odpo(0.1, 0.5, False)),
    ("alpha-dpo", "beta=2.5,gamma=0.3,alpha=0.2", alpha_dpo(2.5, 0.3, 0.2)),
    ("ipo", "beta=0.1,scale=log-ratio", ipo_summed(0.1)),
    ("ipo", "beta=0.3,aggregation=mean,scale=log-ratio", dpo("ipo", beta=0.3)),
    ("hinge", "beta=0.1", dpo("hinge")),
    ("hinge", "beta=0.1,divergence=jensen-shannon", dpo("hinge", divergence="js_divergence")),
    ("sppo", "beta=0.1,scale=log-ratio", dpo("sppo_hard")),
    ("sppo", "beta=0.1,scale=log-ratio,labels=soft", sppo_soft(0.1)),
    ("nca", "beta=0.1", dpo("nca_pair")),
    ("exo", "beta=0.1,smoothing=0.001", dpo("exo_pair", smoothing=0.001)),
    ("bco", "beta=0.1", dpo("bco_pair")),
    ("aot", "beta=0.1,smoothing=0.1", dpo("aot", smoothing=0.1)),
    ("aot-unpaired", "beta=0.1,smoothing=0.1", dpo("aot_unpaired", smoothing=0.1)),
    ("aot", "beta=0.1,ld-alpha=0.5", dpo("aot", ld_alpha=0.5)),
    ("anchored-zero", "beta=0.1", dpo("apo_zero")),
    ("anchored-down", "beta=0.1", dpo("apo_down")),
    ("discopop", "beta=0.05", dpo("discopop", beta=0.05)),
    ("discopop", "beta=0.1,tau=0.5,divergence=forward-kl", dpo("discopop", tau=0.5, divergence="forward_kl")),
    ("simpo", "beta=2,gamma=0.5", cpo("simpo", 2.0, gamma=0.5)),
    ("simpo", "beta=2,gamma=0.5,smoothing=0.1", cpo("simpo", 2.0, gamma=0.5, smoothing=0.1)),
    ("cpo", "beta=0.1,likelihood-weight=0.7", cpo("sigmoid", 0.1, likelihood=0.7)),
    ("orpo", "beta=0.1", orpo(0.1)),
    ("kto", "beta=0.1,desirable-weight=1.2,undesirable-weight=0.8", kto(desirable=1.2, undesirable=0.8)),
    ("kto", "beta=0.1,reference-point=zero", kto(estimate=False)),
    ("sft", "mean=batch", dpo("sft")),
    ("dpo + 0.2 sft", "beta=0.1,mean=batch", dpo("sigmoid", "sft", weights=[1.0, 0.2])),
    ("0.8 dpo + 0.2 bco + sft", "beta=0.1,mean=batch", dpo("sigmoid", "bco_pair", "sft", weights=[0.8, 0.2, 1.0])),
]


def row(values):
    return ",".join(repr(float(value)) for value in values)


def rows(tensors):
    return ";".join(row(tensor) for tensor in tensors)


def main():
    torch.set_default_dtype(torch.float64)  # exo_pair makes a tensor of its smoothing
    import trl.trainer.dpo_trainer as dpo_module
    import trl.trainer.kto_trainer as kto_module

    for module in dpo_module, kto_module:
        module.disable_gradient_checkpointing = Quiet
        module.is_peft_model = lambda _: False
    with open("parity.tsv", "w") as out:
        for name, tensors in ("policy", POLICY), ("reference", REFERENCE):
            print(name, rows(tensors[:N]), rows(tensors[N:]), sep="\t", file=out)
        print("rewards", rows(zip(*REWARDS)), rows(zip(*WIN_RATES)), sep="\t", file=out)
        for objective, options, loss in CASES:
            leaves = [tensor.clone().requires_grad_() for tensor in POLICY]
            value = loss(leaves)
            assert value.dtype == torch.float64, (objective, value.dtype)
            gradients = torch.autograd.grad(value, leaves, allow_unused=True, materialize_grads=True)
            columns = "case", objective, options, repr(value.item()), rows(gradients[:N]), rows(gradients[N:])
            print(*columns, sep="\t", file=out)


if __name__ == "__main__":
    main()
