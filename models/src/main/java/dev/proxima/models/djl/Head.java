package dev.proxima.models.djl;

/** What stands on a decoder's last norm. */
enum Head {
  /** Logits over the vocabulary. */
  LANGUAGE,
  /** One number for a whole sequence: a sequence classifier's single label. */
  REWARD
}
