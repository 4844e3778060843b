package dev.proxima.tests;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import com.typesafe.config.ConfigFactory;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;

/** The arrows of the architecture. */
@AnalyzeClasses(packages = "dev.proxima", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final DescribedPredicate<JavaClass> ACTORS =
      JavaClass.Predicates.assignableTo(AbstractBehavior.class)
          .or(JavaClass.Predicates.assignableTo(EventSourcedBehavior.class))
          .as("actors");

  @ArchTest
  static final ArchRule MODULES_DEPEND_DOWNWARDS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("algorithms")
          .definedBy("dev.proxima.algorithms..")
          .layer("models")
          .definedBy("dev.proxima.models..")
          .layer("actors")
          .definedBy("dev.proxima.actors..")
          .layer("experiments")
          .definedBy("dev.proxima.experiments..")
          .whereLayer("experiments")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("actors")
          .mayOnlyBeAccessedByLayers("experiments")
          .whereLayer("models")
          .mayOnlyBeAccessedByLayers("actors", "experiments");

  @ArchTest
  static final ArchRule ALGORITHMS_USE_THE_JDK_ALONE =
      classes()
          .that()
          .resideInAPackage("dev.proxima.algorithms..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.proxima.algorithms..", "java..");

  @ArchTest
  static final ArchRule DJL_STAYS_BEHIND_ITS_DOOR =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.proxima.models.djl..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule OBJECT_STORES_STAY_BEHIND_THE_ARTEFACTS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.proxima.actors.artifacts..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule MODELS_KNOW_NO_ACTORS =
      noClasses()
          .that()
          .resideInAPackage("dev.proxima.models..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.pekko..", "com.typesafe..");

  @ArchTest
  static final ArchRule PACKAGES_OF_ALGORITHMS_AND_MODELS_HAVE_NO_CYCLES =
      SlicesRuleDefinition.slices()
          .matching("dev.proxima.(algorithms|models).(**)")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule ACTORS_ARE_MADE_BY_CREATE =
      constructors()
          .that()
          .areDeclaredInClassesThat(are(ACTORS))
          .should()
          .bePrivate()
          .because("an actor is a Behavior, which create(...) returns");

  @ArchTest
  static final ArchRule PROTOCOLS_ARE_SEALED =
      classes()
          .that()
          .haveSimpleName("Command")
          .and()
          .areInterfaces()
          .should(beSealedWithRecordsOnly())
          .because("a protocol is closed, and its messages are values");

  @ArchTest
  static final ArchRule CONFIGURATION_IS_READ_IN_EXPERIMENTS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.proxima.experiments..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ConfigFactory.class);

  @ArchTest
  static final ArchRule ACTOR_SYSTEMS_START_IN_EXPERIMENTS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.proxima.experiments..")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(
                      HasOwner.Predicates.With.owner(
                          JavaClass.Predicates.assignableTo(ActorSystem.class)))
                  .and(JavaCall.Predicates.target(HasName.Predicates.name("create"))));

  @ArchTest
  static final ArchRule NO_JAVA_SERIALISATION =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ObjectOutputStream.class, ObjectInputStream.class);

  @ArchTest
  static final ArchRule RESULTS_ARE_THE_SAME_ON_EVERY_JVM =
      noClasses()
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(
                      HasOwner.Predicates.With.owner(JavaClass.Predicates.type(Math.class)))
                  .and(
                      JavaCall.Predicates.target(
                          HasName.Predicates.nameMatching(
                              "exp|expm1|log|log10|log1p|pow|cbrt|hypot|a?(sin|cos|tan)h?|atan2"))))
          .because(
              "the last bit of Math's transcendental functions is the JVM's choice; StrictMath's is not");

  @ArchTest
  static final ArchRule ACTORS_DO_NOT_ASK_FOR_THE_TIME_OF_DAY =
      noClasses()
          .that()
          .resideInAPackage("dev.proxima.actors..")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .because("the clocks of nodes differ; deadlines are by timers and System.nanoTime()");

  private static ArchCondition<JavaClass> beSealedWithRecordsOnly() {
    return new ArchCondition<>("be sealed, with records only") {
      @Override
      public void check(JavaClass protocol, ConditionEvents events) {
        Class<?> type = protocol.reflect();
        boolean holds = type.isSealed();
        if (holds) {
          for (Class<?> message : type.getPermittedSubclasses()) {
            holds &= message.isRecord();
          }
        }
        events.add(new SimpleConditionEvent(protocol, holds, protocol.getName()));
      }
    };
  }
}
