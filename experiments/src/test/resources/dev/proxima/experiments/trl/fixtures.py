"""Writes the fixtures that ResponseScoresTest and PreferenceTaskTest compare with: a tiny Llama with a tokenizer in
model/, pairs as text (pairs.jsonl) and as conversations (chats.jsonl), what TRL's DPOTrainer makes of them before any
training (scores.json) and 20 steps of its training on the former (steps.json).

Run in this folder: python fixtures.py
Made with torch 2.13.0, transformers 5.18.0, trl 1.13.0, tokenizers 0.23.2.
"""

import json
import os
import random
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", TQDM_DISABLE="1")

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}"
    "{{ eos_token }}\n{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SUBJECTS = ["the old boat", "a new lamp", "our garden", "this coffee", "the long road", "my neighbour's dog"]
VERBS = ["is", "was never", "seems", "will be"]
GOOD = ["bright and warm", "a quiet joy", "better than before", "what I had hoped for"]
BAD = ["dull", "too loud, far too loud and too long", "not bad", ""]


def pairs():
    draw = random.Random(5)
    lines = []
    for i in range(40):
        prompt = f"{draw.choice(SUBJECTS)} {draw.choice(VERBS)}" if i % 9 else "Tell me: " + " and ".join(SUBJECTS)
        # Where there is no space between, a token may span prompt and response.
        gap = " " if i % 4 else ""
        chosen, rejected = gap + draw.choice(GOOD), gap + draw.choice(BAD)
        lines.append({"prompt": prompt, "chosen": chosen, "rejected": rejected if rejected != chosen else " no"})
    lines[3]["chosen"] += "</s>"
    return lines


def chats(lines):
    return [
        {
            "prompt": [{"role": "system", "content": "Be short."}] * (i % 2)
            + [{"role": "user", "content": line["prompt"]}],
            "chosen": [{"role": "assistant", "content": line["chosen"]}],
            "rejected": [{"role": "assistant", "content": line["rejected"]}],
        }
        for i, line in enumerate(lines[:12])
    ]


def tokenizer(texts):
    special = ["<pad>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"]
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=320, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        ),
    )
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", pad_token="<pad>", model_max_length=128
    )
    wrapped.chat_template = TEMPLATE
    return wrapped


def llama(vocabulary):
    torch.manual_seed(11)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for parameter in model.parameters():  # wide enough that every part matters
            noise = torch.randn_like(parameter)
            parameter.copy_(1 + 0.2 * noise if parameter.dim() == 1 else 0.2 * noise)
    return model


class Recorder(DPOTrainer):
    """Keeps the unrounded loss of every step."""

    def compute_loss(self, *args, **kwargs):
        loss = super().compute_loss(*args, **kwargs)
        self.losses.append((loss[0] if isinstance(loss, tuple) else loss).item())
        return loss


def trainer(model, tokenizer, lines, folder, **options):
    made = Recorder(
        model=model,
        ref_model=llama(len(tokenizer)),
        args=DPOConfig(
            output_dir=folder,
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            report_to=[],
            save_strategy="no",
            logging_steps=1,
            disable_tqdm=True,
            **options,
        ),
        train_dataset=Dataset.from_list(lines),
        processing_class=tokenizer,
    )
    made.losses = []
    return made


def scores(tokenizer, lines, folder, max_length, truncation_mode):
    """Summed log-probabilities in double precision and the number of tokens that they sum over."""
    model = llama(len(tokenizer)).double().eval()
    made = trainer(
        model,
        tokenizer,
        lines,
        folder,
        max_length=max_length,
        truncation_mode=truncation_mode,
    )
    result = []
    for example in made.train_dataset:
        batch = made.data_collator([example])
        with torch.no_grad():
            chosen, rejected = made.compute_ref_log_probs(model, batch)
        tokens = batch["completion_mask"][:, 1:].sum(1).tolist()
        result.append(
            {
                "logp_chosen": chosen.item(),
                "tokens_chosen": tokens[0],
                "logp_rejected": rejected.item(),
                "tokens_rejected": tokens[1],
            }
        )
    return {"max_length": max_length, "truncation": truncation_mode, "scores": result}


def steps(tokenizer, lines, folder):
    made = trainer(
        llama(len(tokenizer)),
        tokenizer,
        lines,
        folder,
        beta=0.3,
        per_device_train_batch_size=4,
        num_train_epochs=2,
        learning_rate=5e-3,
        lr_scheduler_type="linear",
        warmup_steps=2,
        weight_decay=0.05,
        max_grad_norm=1.0,
        optim="adamw_torch",
        max_length=64,
        train_sampling_strategy="sequential",
    )
    made.train()
    kept = ["grad_norm", "learning_rate", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies"]
    kept += ["logps/chosen", "logps/rejected"]
    log = [entry for entry in made.state.log_history if "grad_norm" in entry]
    return [{"loss": loss} | {key: float(entry[key]) for key in kept} for loss, entry in zip(made.losses, log, strict=True)]


def write(name, lines):
    with open(name, "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


texts = pairs()
conversations = chats(texts)
words = tokenizer([line[field] for line in texts for field in ("prompt", "chosen", "rejected")])
llama(len(words)).save_pretrained("model")
words.save_pretrained("model")
write("pairs.jsonl", texts)
write("chats.jsonl", conversations)
with tempfile.TemporaryDirectory() as scratch:
    with open("scores.json", "w") as file:
        json.dump(
            {
                "pairs": [scores(words, texts, scratch, *cut) for cut in [(128, "keep_start"), (16, "keep_end")]],
                "chats": [scores(words, conversations, scratch, *cut) for cut in [(128, "keep_start")]],
                "cut": scores(words, [line for i, line in enumerate(texts) if i % 9], scratch, 10, "keep_start"),
            },
            file,
        )
    with open("steps.json", "w") as file:
        json.dump(steps(words, texts, scratch), file)
