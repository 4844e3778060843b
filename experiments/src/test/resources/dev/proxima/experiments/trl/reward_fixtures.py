"""Writes the fixtures that RewardModelRunTest compares with: the tiny Llama of model/ with a reward head, as transformers
saves it (reward-model/), pairs with margins (margins.jsonl), the rewards that TRL's RewardTrainer begins with
(rewards.json), also where the end-of-sequence token pads, and 20 steps of its training (reward_steps.json), plain and
with margins and centred rewards.

Run in this folder, after fixtures.py: python reward_fixtures.py
Made with torch 2.13.0, transformers 5.18.0, trl 1.13.0, tokenizers 0.23.2.
"""

import json
import os
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", TQDM_DISABLE="1")

import torch
from datasets import Dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from trl import RewardConfig, RewardTrainer


def read(name):
    with open(name) as file:
        return [json.loads(line) for line in file]


def reward_model():
    return AutoModelForSequenceClassification.from_pretrained("reward-model", attn_implementation="eager")


def tokenizer():
    return AutoTokenizer.from_pretrained("reward-model")


class Recorder(RewardTrainer):
    """Keeps the unrounded loss of every step."""

    def compute_loss(self, *args, **kwargs):
        loss = super().compute_loss(*args, **kwargs)
        self.losses.append((loss[0] if isinstance(loss, tuple) else loss).item())
        return loss


def trainer(words, lines, folder, max_length, **options):
    made = Recorder(
        model=reward_model(),
        args=RewardConfig(
            output_dir=folder,
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            report_to=[],
            save_strategy="no",
            logging_steps=1,
            disable_tqdm=True,
            max_length=max_length,
            **options,
        ),
        train_dataset=Dataset.from_list(lines),
        processing_class=words,
    )
    made.losses = []
    return made


def rewards(words, lines, folder):
    """Of chosen and rejected, in one padded batch, in double precision."""
    made = trainer(words, lines, folder, 128)
    batch = made.data_collator(list(made.train_dataset))
    with torch.no_grad():
        both = made.model.double().eval()(**batch).logits[:, 0]
    chosen, rejected = both.chunk(2)
    return {"chosen": chosen.tolist(), "rejected": rejected.tolist()}


def steps(lines, folder, **options):
    made = trainer(
        tokenizer(),
        lines,
        folder,
        64,
        per_device_train_batch_size=4,
        num_train_epochs=2,
        learning_rate=5e-3,
        lr_scheduler_type="linear",
        warmup_steps=2,
        weight_decay=0.05,
        max_grad_norm=1.0,
        optim="adamw_torch",
        train_sampling_strategy="sequential",
        **options,
    )
    made.train()
    kept = ["grad_norm", "learning_rate", "accuracy", "margin", "mean_reward", "min_reward", "max_reward"]
    log = [entry for entry in made.state.log_history if "grad_norm" in entry]
    return [{"loss": loss} | {key: float(entry[key]) for key in kept} for loss, entry in zip(made.losses, log, strict=True)]


torch.manual_seed(3)
model = AutoModelForSequenceClassification.from_pretrained("model", num_labels=1)
words = AutoTokenizer.from_pretrained("model")
with torch.no_grad():
    model.score.weight.normal_(0, 0.3)
model.save_pretrained("reward-model")
words.save_pretrained("reward-model")
pairs, chats = read("pairs.jsonl"), read("chats.jsonl")
margins = [line | {"margin": 0.25 * (i % 5)} for i, line in enumerate(pairs)]
with open("margins.jsonl", "w") as file:
    file.writelines(json.dumps(line) + "\n" for line in margins)
unpadded = tokenizer()
unpadded.pad_token = None
with tempfile.TemporaryDirectory() as scratch:
    with open("rewards.json", "w") as file:
        json.dump(
            {
                "pairs": rewards(tokenizer(), pairs, scratch),
                "chats": rewards(tokenizer(), chats, scratch),
                "end_pads": rewards(unpadded, pairs, scratch),
            },
            file,
        )
    with open("reward_steps.json", "w") as file:
        json.dump(
            {
                "plain": steps(pairs, scratch),
                "margins": steps(margins, scratch, center_rewards_coefficient=0.05),
            },
            file,
        )
