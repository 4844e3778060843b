"""Writes the fixtures that LoraParityTest compares with: for some of the small models of ../architectures an adapter as PEFT
saves it, what PEFT computes with it, and the adapter after five steps of AdamW.

Run in this folder: python lora.py
Made with torch 2.13.0, transformers 5.18.0, peft 0.21.0, safetensors 0.8.0.
"""

import json
import os
import shutil

import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

BETA = 0.1
ADAPTERS = {
    "llama3": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"]),
    "qwen2": dict(r=2, lora_alpha=3, target_modules="all-linear"),
    "gpt2": dict(r=3, lora_alpha=4, target_modules=["c_attn", "mlp.c_proj"], use_rslora=True),
}


def loss(model, pairs):
    total = 0
    for pair in pairs:
        logps = []
        for side in ("chosen", "rejected"):
            tokens = pair["prompt"] + pair[side]
            after = torch.tensor(tokens[len(pair["prompt"]) :])
            logits = model(torch.tensor([tokens])).logits[0, len(pair["prompt"]) - 1 : -1]
            logps.append(logits.log_softmax(-1).gather(1, after[:, None]).sum())
        margin = logps[0] - logps[1] - (pair["reference"][0] - pair["reference"][1])
        total = total - torch.nn.functional.logsigmoid(BETA * margin) / len(pairs)
    return total


def fixture(name, options):
    torch.manual_seed(5)
    base = f"../architectures/{name}"
    with open(f"{base}/expected.json") as file:
        given = json.load(file)
    model = AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager")
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **options))
    trained = {key: value for key, value in model.named_parameters() if value.requires_grad}
    with torch.no_grad():
        for parameter in trained.values():
            parameter.copy_(0.3 * torch.randn_like(parameter))
    shutil.rmtree(name, ignore_errors=True)
    model.save_pretrained(name)
    os.remove(f"{name}/README.md")
    path = f"{name}/adapter_config.json"
    with open(path) as file:
        config = json.load(file)
    config["target_modules"] = sorted(config["target_modules"])  # a set, whose order changes
    with open(path, "w") as file:
        json.dump(config, file, indent=2, sort_keys=True)
    with torch.no_grad():
        logits = model(torch.tensor([given["tokens"]])).logits[0, -1].tolist()
    optimiser = torch.optim.AdamW(trained.values(), lr=1e-3, weight_decay=0.1)
    losses = []
    gradients = {}
    for step in range(5):
        optimiser.zero_grad()
        value = loss(model, given["pairs"])
        value.backward()
        losses.append(value.item())
        if step == 0:
            for key, parameter in trained.items():  # the norm and the projections on two fixed vectors
                flat = parameter.grad.double().flatten()
                index = torch.arange(flat.numel(), dtype=torch.float64)
                summary = [flat.norm(), (flat * torch.cos(index)).sum(), (flat * torch.sin(index)).sum()]
                gradients[key.replace(".default", "")] = [each.item() for each in summary]
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimiser.step()
    save_file(get_peft_model_state_dict(model), f"{name}/trained.safetensors")
    with open(f"{name}/expected.json", "w") as file:
        json.dump(dict(logits=logits, losses=losses, gradients=gradients), file)


for name, options in ADAPTERS.items():
    fixture(name, options)
