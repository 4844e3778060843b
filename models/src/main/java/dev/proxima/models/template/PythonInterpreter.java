package dev.proxima.models.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpreterFactory;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;

/** Prints truth values as Python does. */
final class PythonInterpreter extends JinjavaInterpreter {

  private PythonInterpreter(JinjavaInterpreter original) {
    super(original);
  }

  private PythonInterpreter(Jinjava application, Context context, JinjavaConfig config) {
    super(application, context, config);
  }

  static InterpreterFactory factory() {
    return new InterpreterFactory() {
      @Override
      public JinjavaInterpreter newInstance(JinjavaInterpreter original) {
        return new PythonInterpreter(original);
      }

      @Override
      public JinjavaInterpreter newInstance(
          Jinjava application, Context context, JinjavaConfig config) {
        return new PythonInterpreter(application, context, config);
      }
    };
  }

  @Override
  public String getAsString(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    }
    return super.getAsString(value);
  }
}
