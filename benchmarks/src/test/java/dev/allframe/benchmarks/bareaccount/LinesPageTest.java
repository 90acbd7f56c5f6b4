package dev.allframe.benchmarks.bareaccount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page that compares accounts and lists of them shows what its script counts today. */
final class LinesPageTest {

    private static final Path DOCS = Path.of("..", "docs").toAbsolutePath().normalize();

    @ParameterizedTest
    @ValueSource(strings = {"account", "list", "transfer", "feature"})
    void the_page_shows_the_count_of_today_and_it_is_within_its_limit(String what)
            throws IOException, InterruptedException {
        Process script = new ProcessBuilder(DOCS.resolve("count-lines").toString(), what).redirectErrorStream(true)
                .start();
        String counted = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(script.waitFor()).as(counted).isZero();
        assertThat(counted).contains(switch (what) {
            case "account" -> "AccountsTest.java (test)";
            case "list" -> "BalancesTest.java (test)";
            default -> "MoneyTransfers.java";
        });
        assertThat(Files.readString(DOCS.resolve("lines.md"))).as("after docs/count-lines %s --update", what)
                .contains(counted);
    }
}
