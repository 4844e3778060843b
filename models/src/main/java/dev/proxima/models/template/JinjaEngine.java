package dev.proxima.models.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.javax.el.ExpressionFactory;

/**
 * Jinjava set up as transformers sets up Jinja2: nothing escaped, and {@code raise_exception},
 * {@code strftime_now} and {@code tojson} of its own.
 */
final class JinjaEngine extends Jinjava {

  /** As Jinja2's sandbox has it. */
  private static final int MAX_RANGE = 100_000;

  private static final int CACHED_EXPRESSIONS = 1000;
  private static final String NOW = "strftime_now";

  private final ExpressionFactory expressions =
      new ExpressionFactoryImpl(
          new TreeStore(new JinjaSyntax(), new Cache(CACHED_EXPRESSIONS)), new PythonTruth());

  JinjaEngine(Clock clock) {
    super(config(clock));
    Context global = getGlobalContext();
    global.registerFunction(
        new ELFunctionDefinition(
            "", "raise_exception", JinjaEngine.class, "raiseException", String.class));
    global.registerFunction(
        new ELFunctionDefinition("", NOW, JinjaEngine.class, "strftimeNow", String.class));
    // Functions are no variables to Jinjava, but templates ask whether this one is defined.
    global.put(NOW, true);
    PythonFilters.all().forEach(global::registerFilter);
    global.registerTag(new JinjaForTag());
    global.registerTag(new JinjaIfTag());
    global.registerTag(new GenerationTag());
  }

  @Override
  public ExpressionFactory getExpressionFactory() {
    return expressions;
  }

  private static JinjavaConfig config(Clock clock) {
    return JinjavaConfig.newBuilder()
        .withKeepTrailingNewline(true)
        .withNestedInterpretationEnabled(false)
        .withRangeLimit(MAX_RANGE)
        .withTimeZone(clock.getZone())
        .withDateTimeProvider(clock::millis)
        .withInterperterFactory(PythonInterpreter.factory())
        .withElResolver(new PythonResolver())
        .withLegacyOverrides(
            LegacyOverrides.newBuilder()
                .withEvaluateMapKeys(true)
                .withIterateOverMapKeys(true)
                .withUsePyishObjectMapper(true)
                .withParseWhitespaceControlStrictly(true)
                .withAllowAdjacentTextNodes(true)
                .withUseTrimmingForNotesAndExpressions(true)
                .withKeepNullableLoopValues(true)
                .build())
        .build();
  }

  /** Called by templates. */
  static Object raiseException(String message) {
    throw new RaisedException(message);
  }

  /** Called by templates. */
  static String strftimeNow(String format) {
    JinjavaConfig config = JinjavaInterpreter.getCurrent().getConfig();
    Instant now = Instant.ofEpochMilli(config.getDateTimeProvider().getCurrentTimeMillis());
    return Strftime.format(format, ZonedDateTime.ofInstant(now, config.getTimeZone()));
  }
}
