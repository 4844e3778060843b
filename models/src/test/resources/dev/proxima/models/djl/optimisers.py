"""Writes optimisers.json, which OptimiserTest compares with, and schedules.json for LearningRateTest.

Run in this folder: python optimisers.py
Made with torch 2.13.0, transformers 5.18.0.
"""

import json

import torch
import transformers

STEPS = 20

CASES = {
    "adamw": (torch.optim.AdamW, {}),
    "adamw-options": (torch.optim.AdamW, dict(betas=(0.8, 0.95), eps=1e-4)),
    "rmsprop": (torch.optim.RMSprop, {}),
    "rmsprop-momentum": (torch.optim.RMSprop, dict(alpha=0.9, eps=1e-3, momentum=0.8)),
    "rmsprop-centred": (torch.optim.RMSprop, dict(alpha=0.9, centered=True)),
    "rmsprop-centred-momentum": (torch.optim.RMSprop, dict(momentum=0.5, centered=True)),
    "sgd": (torch.optim.SGD, {}),
    "sgd-momentum": (torch.optim.SGD, dict(momentum=0.9, dampening=0.3)),
    "sgd-nesterov": (torch.optim.SGD, dict(momentum=0.9, nesterov=True)),
}


def short(tensor):
    return [float(f"{x:.9g}") for x in tensor.flatten().tolist()]


def optimisers():
    """20 steps on a matrix, which decays by 0.1, and a vector, which does not; clipped to norm 1, rate halved in the middle."""
    torch.manual_seed(3)
    start = [torch.randn(3, 4), torch.randn(5)]
    gradients = [
        [torch.randn(3, 4), torch.randn(5) * 10 ** torch.randint(-4, 1, (5,)).float()] for _ in range(STEPS)
    ]
    for step in gradients[::3]:  # short enough not to be clipped
        step[0] *= 0.1
        step[1] *= 0.1
    result = {
        "start": [short(p) for p in start],
        "gradients": [[short(g) for g in step] for step in gradients],
        "norms": [],
        "cases": {},
    }
    for name, (kind, options) in CASES.items():
        parameters = [torch.nn.Parameter(torch.tensor(short(p)).reshape(p.shape)) for p in start]
        groups = [{"params": [p], "weight_decay": 0.1 if p.dim() > 1 else 0.0} for p in parameters]
        optimiser = kind(groups, lr=0.01, **options)
        trace, norms = [], []
        for step in range(STEPS):
            for group in optimiser.param_groups:
                group["lr"] = 0.01 if step < STEPS // 2 else 0.005
            for parameter, gradient in zip(parameters, result["gradients"][step]):
                parameter.grad = torch.tensor(gradient).reshape(parameter.shape)
            norms.append(float(f"{torch.nn.utils.clip_grad_norm_(parameters, 1.0).item():.9g}"))
            optimiser.step()
            trace.append([short(p.detach()) for p in parameters])
        result["norms"] = norms
        result["cases"][name] = trace
    with open("optimisers.json", "w") as file:
        json.dump(result, file, separators=(",", ":"))


def schedules():
    """The rate of each of 23 steps, 4 of them (0.15 of 23, rounded up) for the warm-up, with a peak of 0.003."""
    result = {}
    for name in ["constant", "linear", "cosine"]:
        optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.003)
        make = getattr(transformers, f"get_{name}_schedule_with_warmup")
        length = {} if name == "constant" else {"num_training_steps": 23}
        scheduler = make(optimiser, num_warmup_steps=4, **length)
        result[name] = []
        for _ in range(23):
            result[name].append(scheduler.get_last_lr()[0])
            optimiser.step()
            scheduler.step()
    with open("../schedules.json", "w") as file:
        json.dump(result, file)


optimisers()
schedules()
