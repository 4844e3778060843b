package dev.proxima.actors.artifacts;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.proxima.algorithms.outer.ExtrapolationSchedule;
import dev.proxima.algorithms.outer.ReferenceUpdate;

/** The outer loop as JSON: schedules are their text, updates of the reference say their kind. */
final class OuterLoopModule extends SimpleModule {

  private static final long serialVersionUID = 1;

  OuterLoopModule() {
    setMixInAnnotation(ReferenceUpdate.class, Update.class);
    addSerializer(ExtrapolationSchedule.class, ToStringSerializer.instance);
    addDeserializer(ExtrapolationSchedule.class, new ScheduleReader());
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "update")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = ReferenceUpdate.Extrapolated.class, name = "extrapolated"),
    @JsonSubTypes.Type(value = ReferenceUpdate.MovingAverage.class, name = "ema"),
  })
  private interface Update {}

  private static final class ScheduleReader extends FromStringDeserializer<ExtrapolationSchedule> {

    private static final long serialVersionUID = 1;

    ScheduleReader() {
      super(ExtrapolationSchedule.class);
    }

    @Override
    protected ExtrapolationSchedule _deserialize(String text, DeserializationContext context) {
      return ExtrapolationSchedule.parse(text);
    }
  }
}
