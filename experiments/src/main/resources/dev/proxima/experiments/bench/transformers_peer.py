"""Does a benchmark's workloads with transformers: one request a line, one JSON answer a line."""

import json
import sys
import time

import torch
import transformers

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
transformers.logging.set_verbosity_error()
model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
model.generation_config = transformers.GenerationConfig(pad_token_id=0)
optimiser = None


def train(rows, length):
    global optimiser
    if optimiser is None:
        optimiser = torch.optim.AdamW(model.parameters(), lr=1e-6, weight_decay=0, fused=True)
    tokens = torch.randint(model.config.vocab_size, (rows, length))
    start = time.perf_counter()
    model.train()
    optimiser.zero_grad()
    model(input_ids=tokens, labels=tokens, use_cache=False).loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return rows * length, time.perf_counter() - start


def generate(rows, prompt, response):
    tokens = torch.randint(model.config.vocab_size, (rows, prompt))
    start = time.perf_counter()
    model.eval()
    with torch.no_grad():
        model.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            do_sample=True,
            top_k=0,
            min_new_tokens=response,
            max_new_tokens=response,
        )
    return rows * response, time.perf_counter() - start


def forget_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass  # the peak is then that of all requests so far


def peak():
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))
    except OSError:
        return 0


def answer(**values):
    print(json.dumps(values), flush=True)


answer(name=f"transformers {transformers.__version__} (torch {torch.__version__})")
for line in sys.stdin:
    kind, rows, prompt, response = line.split()
    rows, prompt, response = int(rows), int(prompt), int(response)
    forget_peak()
    tokens, seconds = train(rows, prompt + response) if kind == "train" else generate(rows, prompt, response)
    answer(tokens=tokens, seconds=seconds, peak_memory=peak())
