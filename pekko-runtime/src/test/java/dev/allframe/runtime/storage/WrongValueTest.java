package dev.allframe.runtime.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.projection.ProjectionSettings;
import dev.allframe.runtime.query.QuerySettings;
import dev.allframe.runtime.reaction.ReactionSettings;
import dev.allframe.runtime.saga.SagaSettings;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever key of this module's reference.conf has a value that means nothing, the whole key is named. */
final class WrongValueTest {

    private static final Config REFERENCE = ConfigFactory.defaultReference();

    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "wrong-values", REFERENCE);

    /** What else must be set for a key to be read, and nonsense where a text has sense. */
    private static final Map<String, String> SPECIAL = Map.of(
            "allframe.sharding.role", "allframe.sharding.role = [no sense]",
            "allframe.storage", "allframe.storage = no sense",
            "allframe.pekko-journal-visible-to",
            "allframe.pekko-journal-visible-to = no sense, pekko.persistence.journal.plugin = foreign, foreign.class = x");

    @AfterAll
    static void end() {
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().join();
    }

    /** Those of the storage are of a journal that the test's class path has. */
    static Stream<String> keys() {
        Stream<String> values = REFERENCE.getConfig("allframe")
                .entrySet()
                .stream()
                .map(entry -> entry.getKey())
                .filter(key -> System.getProperty("allframe." + key) == null) // which are in every configuration
                .filter(key -> !key.startsWith("projections.dispatcher")); // Pekko's own
        return Stream.concat(values, Stream.of("storages")).map("allframe."::concat);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void a_value_that_means_nothing_is_refused_with_the_whole_key(String key) {
        String hocon = SPECIAL.getOrDefault(key, key + " = no sense, allframe.storage = memory");

        assertRefused(hocon, key.replace(".", "\\.") + " = (\\[\")?no sense(\"])? must be .+");
    }

    @ParameterizedTest
    @MethodSource("sections")
    void a_value_in_the_place_of_a_section_is_refused_with_a_whole_key_of_the_section(String section) {
        assertRefused(section + " = no sense, allframe.storage = memory",
                section.replace(".", "\\.") + "\\.[a-z-]+ = \\(inside of \"no sense\"\\) must be .+");
    }

    static Stream<String> sections() {
        return Stream.of("sharding", "rolling-update", "restart-backoff", "storages.memory").map("allframe."::concat);
    }

    private static void assertRefused(String hocon, String message) {
        Config config = ConfigFactory.parseString(hocon).withFallback(REFERENCE);

        assertThatThrownBy(() -> {
            Hosting.Settings.of(config);
            ProjectionSettings.of(config);
            QuerySettings.of(config);
            ReactionSettings.of(config);
            SagaSettings.of(config);
            StoragePlugins.of(SYSTEM, config);
        }, "%s", hocon).isInstanceOf(ConfigurationException.class).hasMessageMatching(message);
    }
}
