"""Writes the fixtures that ArchitectureParityTest compares with: for each architecture a small random model in
Hugging Face's layout, and what transformers computes with it.

Run in this folder: python architectures.py
Made with torch 2.13.0, transformers 5.18.0, safetensors 0.8.0.
"""

import json
import os
import shutil

import torch
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

VOCABULARY, END = 48, 1
COMMON = dict(vocab_size=VOCABULARY, bos_token_id=0, eos_token_id=END, pad_token_id=2)
SHAPE = dict(
    COMMON,
    hidden_size=16,
    intermediate_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    rms_norm_eps=1e-5,
)
LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=10000.0,
    factor=4.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=16,
)
MODELS = {
    "llama3": (LlamaForCausalLM, LlamaConfig(**SHAPE, rope_parameters=LLAMA3)),
    "llama-linear": (
        LlamaForCausalLM,
        LlamaConfig(
            **SHAPE,
            rope_parameters=dict(rope_type="linear", rope_theta=500.0, factor=2.0),
            attention_bias=True,
            mlp_bias=True,
            tie_word_embeddings=True,
        ),
    ),
    "mistral": (MistralForCausalLM, MistralConfig(**dict(SHAPE, head_dim=6), sliding_window=7)),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**SHAPE, tie_word_embeddings=True)),
    "qwen2-windows": (
        Qwen2ForCausalLM,
        Qwen2Config(**SHAPE, use_sliding_window=True, sliding_window=5, max_window_layers=1),
    ),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config(**dict(SHAPE, head_dim=8), tie_word_embeddings=True)),
    "gpt2": (GPT2LMHeadModel, GPT2Config(**COMMON, n_embd=16, n_layer=2, n_head=4, n_positions=64)),
    "gemma2": (
        Gemma2ForCausalLM,
        Gemma2Config(
            **dict(SHAPE, head_dim=6),
            query_pre_attn_scalar=9,
            sliding_window=6,
            attn_logit_softcapping=5.0,
            final_logit_softcapping=4.0,
        ),
    ),
}
BETA = 0.1


def sequence_logp(model, tokens, prompt_length):
    logps = model(torch.tensor([tokens])).logits[0].log_softmax(-1)
    return logps[prompt_length - 1 : -1].gather(1, torch.tensor(tokens[prompt_length:])[:, None])[:, 0]


def fixture(name, kind, config):
    torch.manual_seed(7)
    config._attn_implementation = "eager"
    model = kind(config).eval()
    centred = name == "gemma2"
    with torch.no_grad():
        for key, parameter in model.named_parameters():  # wide enough that every part matters
            noise = 0.3 * torch.randn_like(parameter)
            one = parameter.dim() == 1 and key.endswith("weight") and not centred
            parameter.copy_(1 + noise if one else noise)
    shutil.rmtree(name, ignore_errors=True)
    model.save_pretrained(name)
    os.remove(f"{name}/generation_config.json")
    generator = torch.Generator().manual_seed(11)

    def draw(n):
        return torch.randint(3, VOCABULARY, (n,), generator=generator).tolist()

    with torch.no_grad():
        sequences = []
        for prompt_length, length in [(1, 2), (3, 9), (5, 23), (8, 40), (20, 64)]:
            tokens = draw(length)
            sequences.append(
                dict(tokens=tokens, prompt=prompt_length, logps=sequence_logp(model, tokens, prompt_length).tolist())
            )
        tokens = draw(30)
        logits = model(torch.tensor([tokens])).logits[0, -1].tolist()
        greedy = []
        for prompt_length in [1, 4, 9, 17]:
            prompt = draw(prompt_length)
            response = []
            while len(response) < 20 and END not in response:
                response.append(model(torch.tensor([prompt + response])).logits[0, -1].argmax().item())
            greedy.append(dict(prompt=prompt, response=response))
    pairs = []
    loss = 0
    for i, (prompt_length, chosen, rejected) in enumerate([(4, 9, 5), (7, 3, 12)]):
        prompt = draw(prompt_length)
        pair = dict(prompt=prompt, chosen=draw(chosen), rejected=draw(rejected), reference=[-30.0 - i, -28.0 + i])
        pairs.append(pair)
        sums = [sequence_logp(model, prompt + pair[side], prompt_length).sum() for side in ("chosen", "rejected")]
        margin = sums[0] - sums[1] - (pair["reference"][0] - pair["reference"][1])
        loss = loss - torch.nn.functional.logsigmoid(BETA * margin) / 2
    model.zero_grad()
    loss.backward()
    # Of each tensor's gradient the norm and its projections on two fixed vectors, which any wrong entry moves.
    gradients = {}
    for key, parameter in model.named_parameters():
        flat = parameter.grad.double().flatten()
        index = torch.arange(flat.numel(), dtype=torch.float64)
        gradients[key] = [flat.norm().item(), (flat * torch.cos(index)).sum().item(), (flat * torch.sin(index)).sum().item()]
    with open(f"{name}/expected.json", "w") as file:
        json.dump(
            dict(
                sequences=sequences,
                tokens=tokens,
                logits=logits,
                greedy=greedy,
                pairs=pairs,
                loss=loss.item(),
                gradients=gradients,
            ),
            file,
        )


for name, (kind, config) in MODELS.items():
    fixture(name, kind, config)
