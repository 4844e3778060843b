package dev.proxima.experiments.report;

import static dev.proxima.actors.run.PolicyEvaluation.Policy.PROXIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Accelerated;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.Restart;
import dev.proxima.experiments.report.RunResult.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SummaryTest {

  @Test
  void writesEachMetricWithItsStandardErrorInAFixedOrder() {
    // Written by hand from Runs.offline().
    assertThat(Summary.json(Runs.offline()))
        .isEqualTo(
            """
            {
              "name" : "offline-pairs",
              "seed" : 1,
              "methods" : {
                "apo" : {
                  "reference" : "alpha = 0.3",
                  "iterations" : [
                    {
                      "iteration" : 0,
                      "proximal" : {
                        "logps/chosen" : -100.0,
                        "logps/chosen_standard_error" : 1.5,
                        "preference_accuracy" : 0.5,
                        "preference_accuracy_standard_error" : 0.025,
                        "evaluation_prompts" : 400
                      },
                      "extrapolated" : {
                        "logps/chosen" : -100.0,
                        "logps/chosen_standard_error" : 1.5,
                        "preference_accuracy" : 0.5,
                        "preference_accuracy_standard_error" : 0.025,
                        "evaluation_prompts" : 400
                      }
                    },
                    {
                      "iteration" : 1,
                      "alpha" : 0.3,
                      "proximal" : {
                        "logps/chosen" : -102.5,
                        "logps/chosen_standard_error" : 1.5,
                        "preference_accuracy" : 0.625,
                        "preference_accuracy_standard_error" : 0.025,
                        "evaluation_prompts" : 400
                      }
                    }
                  ]
                }
              }
            }
            """);
  }

  @Test
  void saysHowTheReferencesFollowAndByHowMuch() {
    JsonNode apo =
        Summary.of(
                Runs.withMethod(
                    new Method(
                        "apo",
                        new Extrapolated(
                            Accelerated.NESTEROV, MomentumFrom.PROXIMAL, Restart.HELD_OUT),
                        List.of(0.25),
                        PROXIMAL,
                        "apo/final")))
            .at("/methods/apo");

    assertThat(apo.get("reference").textValue()).isEqualTo("nesterov, restart");
    assertThat(apo.at("/iterations/0").has("alpha")).isFalse();
    assertThat(apo.at("/iterations/1/alpha").doubleValue()).isEqualTo(0.25);
  }

  @Test
  void keepsTheMethodsOrderAndSortsIterations() {
    JsonNode methods = Summary.of(Runs.withRewards()).get("methods");

    assertThat(methods.fieldNames()).toIterable().containsExactly("apo", "iterative-dpo");
    assertThat(methods.at("/apo/iterations"))
        .extracting(node -> node.get("iteration").asInt())
        .containsExactly(0, 1);
    assertThat(methods.at("/apo/iterations/1/extrapolated/reward_mean").doubleValue())
        .isEqualTo(1.25);
  }

  @Test
  void withoutExtrapolationThePoliciesAreTheSame() {
    JsonNode last = Summary.of(Runs.withRewards()).at("/methods/iterative-dpo/iterations/1");

    assertThat(last.get("extrapolated")).isEqualTo(last.get("proximal"));
  }

  @Test
  void writesNullForANumberThatJsonCannotHold() {
    TreeMap<String, Estimate> scores =
        new TreeMap<>(Map.of("kl_to_sft", new Estimate(Double.NaN, 0, 1)));
    RunResult result =
        new RunResult(
            "n",
            "t",
            0,
            List.of(Runs.APO),
            List.of(Runs.evaluation(Runs.APO, 1, PROXIMAL, scores)),
            List.of(),
            List.of(),
            List.of(),
            "");

    assertThat(Summary.json(result)).contains("\"kl_to_sft\" : null");
  }
}
