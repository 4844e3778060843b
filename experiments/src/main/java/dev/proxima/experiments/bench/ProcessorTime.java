package dev.proxima.experiments.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What this JVM has used of the processors, which others' load hardly changes. */
final class ProcessorTime {

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private ProcessorTime() {}

  static long nanos() {
    return SYSTEM.getProcessCpuTime();
  }
}
