package dev.proxima.models.template;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.beans.FeatureDescriptor;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.MethodNotFoundException;
import jinjava.javax.el.PropertyNotFoundException;

/**
 * What templates may ask of values: the methods of Python's strings, the properties of loops, and
 * what Jinjava's own lists, maps, filters and tests offer. No other Java method can be reached.
 */
final class PythonResolver extends ELResolver {

  private static final ELResolver JINJAVA = JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY;

  /** Those that change nothing; Jinja2's sandbox forbids the others too. */
  private static final Set<String> MAP_METHODS = Set.of("get", "items", "keys", "values");

  private static final Set<String> LIST_METHODS = Set.of("count", "index");

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    if (base instanceof JinjaForTag.Loop loop && property.equals("previtem")) {
      return resolved(context, loop.neighbour(-1));
    }
    if (base instanceof JinjaForTag.Loop loop && property.equals("nextitem")) {
      return resolved(context, loop.neighbour(1));
    }
    if (base instanceof String text) {
      return resolved(context, character(text, property));
    }
    if (base instanceof Map || base instanceof List || base instanceof ForLoop) {
      return JINJAVA.getValue(context, base, property);
    }
    throw new PropertyNotFoundException("there is no '" + property + "' of " + describe(base));
  }

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    if (base instanceof String text) {
      return resolved(context, PythonStrings.call(text, method.toString(), arguments));
    }
    boolean open =
        base instanceof Filter
            || base instanceof ExpTest
            || base instanceof Map && MAP_METHODS.contains(method.toString())
            || base instanceof List && LIST_METHODS.contains(method.toString())
            || base instanceof ForLoop && method.equals("cycle");
    if (!open) {
      throw new MethodNotFoundException("there is no '" + method + "' of " + describe(base));
    }
    return JINJAVA.invoke(context, base, method, types, arguments);
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return JINJAVA.getType(context, base, property);
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    JINJAVA.setValue(context, base, property, value);
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return JINJAVA.getCommonPropertyType(context, base);
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return JINJAVA.getFeatureDescriptors(context, base);
  }

  private static Object resolved(ELContext context, Object value) {
    context.setPropertyResolved(true);
    return value;
  }

  private static String character(String text, Object property) {
    if (!property.toString().matches("-?\\d{1,9}")) {
      throw new PropertyNotFoundException("there is no '" + property + "' of a string");
    }
    int[] points = text.codePoints().toArray();
    int index = Integer.parseInt(property.toString());
    int from = index < 0 ? index + points.length : index;
    return from < 0 || from >= points.length ? null : Character.toString(points[from]);
  }

  private static String describe(Object base) {
    return base == null ? "an undefined value" : "a " + base.getClass().getSimpleName();
  }
}
