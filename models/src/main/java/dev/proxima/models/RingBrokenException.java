package dev.proxima.models;

import java.util.concurrent.CancellationException;

/** A training cannot go on because another member of its ring is gone. */
public final class RingBrokenException extends CancellationException {

  private static final long serialVersionUID = 1;

  public RingBrokenException(String message) {
    super(message);
  }
}
