package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate of schemas as a shell sees it. */
final class SchemaToolTest {

    @Stored("opened")
    record Opened(String owner) implements Event {}

    static final AggregateType<Command, Opened, String> ACCOUNT = JacksonEventCodecTest.typeOf(Opened.class);

    static final String NONE = "";

    private static final String FIELD = SchemaToolTest.class.getName() + ".ACCOUNT";

    @TempDir
    private Path directory = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return SchemaTool.run(args, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void what_fits_is_0_and_what_does_not_is_1() throws Exception {
        String where = directory.toString();
        assertThat(run(where, FIELD)).isEqualTo(1);
        assertThat(out()).contains("account.opened version 1 has no file", "1 problems in ");

        assertThat(run("--write", "--mode=full", where, FIELD)).isZero();
        Path file = directory.resolve("account.opened.v1.json");
        assertThat(out()).contains("wrote " + file, "account.opened 1",
                "The events keep what " + where + " says (FULL)");

        Files.writeString(file, Files.readString(file).replace("owner", "holder"));
        assertThat(run(where, FIELD)).isEqualTo(1);
        assertThat(out()).contains("account.opened version 1 is not what");
    }

    @Test
    void wrong_usage_is_2_and_says_what_is_right() {
        for (String[] wrong : new String[][]{{}, {"dir"}, {"--what", "dir", FIELD}, {"--mode=odd", "dir", FIELD},
                {"dir", "no.such.Type.ACCOUNT"}, {"dir", "nothing"},
                {"dir", SchemaToolTest.class.getName() + ".NONE"},
                {"dir", SchemaToolTest.class.getName() + ".directory"}}) {
            err.reset();
            assertThat(run(wrong)).as("%s", String.join(" ", wrong)).isEqualTo(2);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("Usage: SchemaTool");
        }
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("Exit codes: 0 all fits");
    }
}
