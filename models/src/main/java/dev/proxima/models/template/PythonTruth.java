package dev.proxima.models.template;

import com.hubspot.jinjava.el.TruthyTypeConverter;
import com.hubspot.jinjava.util.ObjectTruthValue;

/** What counts as true: as in Python, every text but the empty one does, "false" too. */
final class PythonTruth extends TruthyTypeConverter {

  private static final long serialVersionUID = 1;

  static boolean of(Object value) {
    return value instanceof String text ? !text.isEmpty() : ObjectTruthValue.evaluate(value);
  }

  @Override
  protected Boolean coerceToBoolean(Object value) {
    return of(value);
  }
}
