package dev.proxima.experiments.data;

/** A prompt and the response that supervised fine-tuning imitates. */
public record FineTuningExample(Conversation prompt, String completion) {}
