"""Writes the fixtures that LlamaParityTest compares with.

Run in this folder: python make_fixtures.py
Made with torch 2.13.0, transformers 5.18.0, safetensors 0.8.0.
"""

import json

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

SHAPE = dict(
    vocab_size=48,
    hidden_size=24,
    intermediate_size=40,
    num_hidden_layers=2,
    num_attention_heads=6,
    num_key_value_heads=2,
    max_position_embeddings=64,
    rms_norm_eps=1e-5,
    bos_token_id=0,
    eos_token_id=1,
    pad_token_id=2,
)


def llama(name, tied, theta):
    torch.manual_seed(7)
    shape = dict(SHAPE, tie_word_embeddings=tied)
    config = LlamaConfig(
        **shape, rope_parameters={"rope_type": "default", "rope_theta": theta}, attn_implementation="eager"
    )
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # wide enough that every part matters
            noise = torch.randn_like(parameter)
            parameter.copy_(1 + 0.3 * noise if parameter.dim() == 1 else 0.3 * noise)
    generator = torch.Generator().manual_seed(11)
    sequences, greedy = [], []
    for prompt_length, length in [(1, 2), (3, 9), (5, 23), (8, 40), (20, 64)]:
        tokens = torch.randint(3, SHAPE["vocab_size"], (length,), generator=generator)
        with torch.no_grad():
            logps = model(tokens[None]).logits[0].log_softmax(-1)
        token_logps = logps[prompt_length - 1 : -1].gather(1, tokens[prompt_length:, None])
        sequences.append(
            {"tokens": tokens.tolist(), "promptLength": prompt_length, "logp": token_logps.double().sum().item()}
        )
    for prompt_length in [1, 4, 9]:
        tokens = torch.randint(3, SHAPE["vocab_size"], (prompt_length,), generator=generator).tolist()
        response = []
        while len(response) < 12 and SHAPE["eos_token_id"] not in response:
            with torch.no_grad():
                response.append(model(torch.tensor([tokens + response])).logits[0, -1].argmax().item())
        greedy.append({"prompt": tokens, "response": response})
    state = {k: v.contiguous() for k, v in model.state_dict().items() if not (tied and k == "lm_head.weight")}
    save_file(state, f"{name}.safetensors", metadata={"format": "pt"})
    with open(f"{name}.json", "w") as file:
        json.dump(dict(config=dict(shape, rope_theta=theta), sequences=sequences, greedy=greedy), file)


llama("tied", tied=True, theta=10000.0)
llama("untied", tied=False, theta=500.0)
