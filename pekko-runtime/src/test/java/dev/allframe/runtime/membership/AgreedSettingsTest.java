package dev.allframe.runtime.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.Valid;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.jdk.javaapi.CollectionConverters;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Guarantee("G10")
final class AgreedSettingsTest {

    static final List<String> KEYS = AgreedSettings.KEYS;

    private final AgreedSettingsChecker checker = new AgreedSettingsChecker();

    private static Config config(String hocon) {
        return ConfigFactory.parseString(hocon).withFallback(ConfigFactory.load());
    }

    /** The settings that Pekko sends: those that a checker asks for. */
    private static Config sent(Config config) {
        Map<String, Object> sent = new TreeMap<>();
        AgreedSettings.KEYS.stream()
                .filter(config::hasPath)
                .forEach(key -> sent.put(key, config.getValue(key).unwrapped()));
        return ConfigFactory.parseMap(sent);
    }

    /** The configuration that Pekko shows a checker on a seed node. */
    private static Config withoutSensitive(Config config) {
        return config.withoutPath("pekko.remote.artery.ssl");
    }

    private static String other(String key) {
        return key.endsWith("remember-entities") ? "on" : "something-else";
    }

    @ParameterizedTest
    @FieldSource("KEYS")
    void every_setting_is_held_with_both_values(String key) {
        Config here = config("");
        Config there = config(key + " = " + other(key));

        assertThat(here.hasPath(key)).as(key + " exists").isTrue();
        assertThat(AgreedSettings.differences(AgreedSettings.of(here), AgreedSettings.of(there), "there"))
                .singleElement()
                .asString()
                .contains(key, "\"" + here.getString(key).replace("false", "off") + "\" here",
                        "\"" + other(key) + "\" there");
        assertThat(checker.check(sent(there), here)).isInstanceOfSatisfying(Invalid.class,
                invalid -> assertThat(CollectionConverters.asJava(invalid.errorMessages())).hasSize(1));
        assertThat(AgreedSettingsChecker.refusal(here)).contains(key);
    }

    @Test
    void a_seed_node_lets_the_node_that_joins_decide() {
        Config joining = config("allframe.sharding.shards = 64");
        Config seed = config("");

        assertThat(checker.check(sent(joining), withoutSensitive(seed))).isEqualTo(Valid.getInstance());
        assertThat(checker.check(sent(seed), joining)).isInstanceOf(Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"allframe.sharding.shards = \"128\"", "allframe.schema-compatibility = BACKWARD_TRANSITIVE",
            "pekko.cluster.sharding.remember-entities = no", "allframe.command-timeout = 1s",
            "allframe.max-in-flight = 5"})
    void equal_values_in_another_spelling_and_other_settings_may_differ(String hocon) {
        assertThat(checker.check(sent(config(hocon)), config(""))).isEqualTo(Valid.getInstance());
    }

    @Test
    void plugins_matter_where_no_storage_is_named() {
        String plugin = "\npekko.persistence.journal.plugin = other";

        assertThat(AgreedSettings.of(config("allframe.storage = memory" + plugin)))
                .doesNotContainKey("pekko.persistence.journal.plugin");
        assertThat(AgreedSettings.of(config(plugin))).containsEntry("pekko.persistence.journal.plugin", "other");
    }

    @Test
    void a_node_without_allframe_may_be_in_the_cluster() {
        assertThat(checker.check(ConfigFactory.empty(), config(""))).isEqualTo(Valid.getInstance());
        assertThat(checker.check(sent(config("")), ConfigFactory.empty())).isEqualTo(Valid.getInstance());
    }
}
