"""Shows that transformers reads the folders that Proxima saves: for each architecture, tied and untied, a small random
model is trained for a few steps by `proxima run` (task = preference); transformers then loads what that left and computes
the log-probabilities that `proxima score` prints for the same folder. Prints the greatest difference for each.

Run anywhere: python reload.py [ARCHITECTURE ...]
Run with torch 2.13.0, transformers 5.18.0, tokenizers 0.23.2.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)
from transformers.utils.logging import disable_progress_bar

ROOT = Path(__file__).resolve().parents[8]
SPECIAL = ["<s>", "</s>", "<pad>"]
VOCABULARY = 256 + len(SPECIAL)
TOKENS = dict(vocab_size=VOCABULARY, bos_token_id=256, eos_token_id=257, pad_token_id=258)
SHAPE = dict(
    TOKENS,
    hidden_size=16,
    intermediate_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
)
LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=10000.0,
    factor=4.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=16,
)
CONFIGS = {
    "llama": lambda tied: LlamaConfig(**SHAPE, rope_parameters=LLAMA3, tie_word_embeddings=tied),
    "mistral": lambda tied: MistralConfig(**SHAPE, sliding_window=7, tie_word_embeddings=tied),
    "qwen2": lambda tied: Qwen2Config(
        **SHAPE, use_sliding_window=True, sliding_window=5, max_window_layers=1, tie_word_embeddings=tied
    ),
    "qwen3": lambda tied: Qwen3Config(**SHAPE, head_dim=8, tie_word_embeddings=tied),
    "gpt2": lambda tied: GPT2Config(
        **TOKENS, n_embd=16, n_layer=2, n_head=4, n_positions=64, tie_word_embeddings=tied
    ),
    "gemma2": lambda tied: Gemma2Config(
        **SHAPE, head_dim=6, query_pre_attn_scalar=9, sliding_window=6, tie_word_embeddings=tied
    ),
}
PROMPTS = ["a", "The kettle ", "Once upon a time, in a land "]
LONG = "that sings as it warms up."
PAIRS = [
    dict(prompt=f"Review {i}: ", chosen=f"it sings {i}", rejected=f"no {9 - i} lids") for i in range(8)
]


def proxima(*arguments):
    done = subprocess.run([ROOT / "proxima", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"proxima {arguments[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def write_tokenizer(folder):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    whole = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    whole.save_pretrained(folder)
    return whole


def lines():
    for prompt in PROMPTS:
        yield from (dict(prompt=prompt, completion=chr(c)) for c in range(32, 127))
        yield dict(prompt=prompt, completion=LONG)


def logp(model, tokenizer, prompt, completion):
    before, after = (tokenizer(text, add_special_tokens=False).input_ids for text in (prompt, completion))
    with torch.no_grad():
        logps = model(torch.tensor([before + after])).logits[0].double().log_softmax(-1)
    return sum(logps[len(before) - 1 + i, token].item() for i, token in enumerate(after))


def difference(name, tied, work):
    torch.manual_seed(7)
    start = AutoModelForCausalLM.from_config(CONFIGS[name](tied))
    with torch.no_grad():
        for parameter in start.parameters():  # wide enough that every part matters
            parameter.add_(0.2 * torch.randn_like(parameter))
    start.save_pretrained(work / "start")
    tokenizer = write_tokenizer(work / "start")
    (work / "pairs.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in PAIRS))
    (work / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines()))
    settings = {
        "model.folder": work / "start",
        "data.pairs": work / "pairs.jsonl",
        "training.epochs": 2,
        "training.batch-size": 4,
        "training.learning-rate": 0.01,
    }
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    proxima("run", ROOT / "experiments/offline-dpo.conf", "--out", work / "run", *sets)
    final = work / "run/final"
    printed = proxima(
        "score", "--model", final, "--join", "tokens", "--no-special-tokens", "--no-end-token", work / "lines.jsonl"
    )
    ours = [json.loads(line)["logp_completion"] for line in printed.splitlines()]
    # The other implementations leave out Gemma 2's cap of the scores.
    saved, info = AutoModelForCausalLM.from_pretrained(
        final, output_loading_info=True, attn_implementation="eager"
    )
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if info[kind]:
            sys.exit(f"{name}: {kind}: {info[kind]}")
    same = saved.get_input_embeddings().weight.data_ptr() == saved.get_output_embeddings().weight.data_ptr()
    if same != tied:
        sys.exit(f"{name}: the embeddings are {'' if same else 'not '}tied")
    theirs = [logp(saved.eval(), tokenizer, **line) for line in lines()]
    before = [logp(start.eval(), tokenizer, **line) for line in lines()]
    moved = max(abs(a - b) for a, b in zip(theirs, before))
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True)), moved


disable_progress_bar()
for name in sys.argv[1:] or CONFIGS:
    for tied in (True, False):
        with tempfile.TemporaryDirectory() as work:
            greatest, moved = difference(name, tied, Path(work))
        kind = "tied" if tied else "untied"
        print(f"{name:8} {kind:7} greatest difference {greatest:.1e}; training moved them by up to {moved:.2f}", flush=True)
