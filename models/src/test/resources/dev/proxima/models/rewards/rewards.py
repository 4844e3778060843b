"""Writes the fixtures that RewardModelTest compares with: for some architectures a small random sequence classifier in
Hugging Face's layout, and what transformers computes with it.

Run in this folder: python rewards.py
Made with torch 2.13.0, transformers 5.18.0, safetensors 0.8.0.
"""

import json
import shutil

import torch
from transformers import (
    Gemma2Config,
    Gemma2ForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    LlamaConfig,
    LlamaForSequenceClassification,
    Qwen2Config,
    Qwen2ForSequenceClassification,
)

VOCABULARY, PAD = 48, 2
COMMON = dict(vocab_size=VOCABULARY, bos_token_id=0, eos_token_id=1, pad_token_id=PAD, num_labels=1)
SHAPE = dict(
    COMMON,
    hidden_size=16,
    intermediate_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
)
MODELS = {
    "llama": (LlamaForSequenceClassification, LlamaConfig(**SHAPE)),
    "qwen2": (Qwen2ForSequenceClassification, Qwen2Config(**SHAPE, tie_word_embeddings=True)),
    "gpt2": (GPT2ForSequenceClassification, GPT2Config(**COMMON, n_embd=16, n_layer=2, n_head=4, n_positions=64)),
    "gemma2": (
        Gemma2ForSequenceClassification,
        Gemma2Config(**dict(SHAPE, head_dim=6), query_pre_attn_scalar=9, sliding_window=6, final_logit_softcapping=4.0),
    ),
}
MARGINS, CENTRING = [0.0, 0.7], 0.05


def rewards(model, sequences):
    """In one batch, padded on the right."""
    longest = max(len(tokens) for tokens in sequences)
    ids = torch.tensor([tokens + [PAD] * (longest - len(tokens)) for tokens in sequences])
    return model(ids, attention_mask=(ids != PAD).long()).logits[:, 0]


def fixture(name, kind, config):
    torch.manual_seed(7)
    config._attn_implementation = "eager"
    model = kind(config).eval()
    with torch.no_grad():
        for key, parameter in model.named_parameters():  # wide enough that every part matters
            noise = 0.3 * torch.randn_like(parameter)
            one = parameter.dim() == 1 and key.endswith("weight") and name != "gemma2"
            parameter.copy_(1 + noise if one else noise)
    shutil.rmtree(name, ignore_errors=True)
    model.save_pretrained(name)
    generator = torch.Generator().manual_seed(11)

    def draw(n):
        return torch.randint(3, VOCABULARY, (n,), generator=generator).tolist()

    prompt = draw(9)
    sequences = [draw(1), draw(5), prompt + draw(4), prompt, prompt + draw(20), draw(64)]
    with torch.no_grad():
        expected = rewards(model, sequences).tolist()
    pairs = []
    for length, chosen, rejected in [(4, 9, 5), (7, 3, 12)]:
        prompt = draw(length)
        pairs.append([prompt + draw(chosen), prompt + draw(rejected)])
    both = rewards(model, [pair[0] for pair in pairs] + [pair[1] for pair in pairs])
    chosen, rejected = both[:2], both[2:]
    loss = -torch.nn.functional.logsigmoid(chosen - rejected - torch.tensor(MARGINS)).mean()
    loss = loss + CENTRING * torch.mean((chosen + rejected) ** 2)
    model.zero_grad()
    loss.backward()
    squares = {key: parameter.grad.double().square().sum().item() for key, parameter in model.named_parameters()}
    with open(f"{name}/expected.json", "w") as file:
        json.dump(
            dict(
                sequences=sequences,
                rewards=expected,
                pairs=pairs,
                margins=MARGINS,
                centring=CENTRING,
                loss=loss.item(),
                grad_norm=sum(squares.values()) ** 0.5,
                score_gradient=model.score.weight.grad[0].tolist(),
            ),
            file,
        )


for name, (kind, config) in MODELS.items():
    fixture(name, kind, config)
