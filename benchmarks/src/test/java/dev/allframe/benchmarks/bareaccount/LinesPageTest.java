package dev.allframe.benchmarks.bareaccount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page that compares the two accounts shows what its script counts today. */
final class LinesPageTest {

    private static final Path DOCS = Path.of("..", "docs").toAbsolutePath().normalize();

    @Test
    void the_page_shows_the_count_of_today_and_it_is_under_half() throws IOException, InterruptedException {
        Process script = new ProcessBuilder(DOCS.resolve("count-lines").toString()).redirectErrorStream(true).start();
        String counted = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(script.waitFor()).as(counted).isZero();
        assertThat(counted).contains("Account.java", "AccountEntity.java");
        assertThat(Files.readString(DOCS.resolve("lines.md"))).as("after docs/count-lines --update").contains(counted);
    }
}
