package dev.allframe.journal.allsource;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.journal.plugin.StorageSettings;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever key of this module's reference.conf has a value that means nothing, the whole key is named. */
final class WrongValueTest {

    private static final String NONSENSE = "no sense";

    private static final Config REFERENCE = ConfigFactory.parseString("copy = ${allsource}, copy.dir = any")
            .withFallback(ConfigFactory.defaultReferenceUnresolved())
            .resolve();

    static Stream<String> keys() {
        Stream<String> values = REFERENCE.getConfig("allsource").entrySet().stream().map(entry -> entry.getKey());
        return Stream.concat(values, Stream.of("journal.event-adapters", "journal.event-adapter-bindings",
                "journal.dispatcher", "journal", "snapshot", "query", "state"));
    }

    /** The section is used under another name, which is the one that its user has written. */
    @ParameterizedTest
    @MethodSource("keys")
    void a_value_that_means_nothing_is_refused_with_the_whole_key(String key) {
        boolean isText = key.equals("dir");
        String hocon = isText ? "[" + NONSENSE + "]" : NONSENSE;
        Config wrong = ConfigFactory.parseString("copy." + key + " = " + hocon).withFallback(REFERENCE);

        assertThatThrownBy(() -> AllSourceBackendProvider
                .config(StorageSettings.of(wrong, "copy", getClass().getClassLoader())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("copy\\." + key.replace(".", "\\.") + " = (\\[\")?" + NONSENSE
                        + "(\"])? must be .+");
    }
}
