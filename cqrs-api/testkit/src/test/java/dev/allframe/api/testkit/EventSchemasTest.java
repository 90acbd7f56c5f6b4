package dev.allframe.api.testkit;

import static dev.allframe.schema.CompatibilityMode.BACKWARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class EventSchemasTest {

    private static final String PROPERTY = "allframe.schemas";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @Stored("lit")
    record Lit(int brightness) implements Event {}

    private static final class Lamps implements Aggregate<Command, Lit, Integer> {

        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<Lit> decide(Integer state, Command command) {
            return Decision.noChange();
        }

        @Override
        public Integer evolve(Integer state, Lit event) {
            return event.brightness();
        }
    }

    private static final AggregateType<Command, Lit, Integer> LAMP = AggregateType
            .named("lamp", Command.class, Lit.class, Integer.class, new Lamps())
            .snapshotEvery(0);

    private final String before = System.getProperty(PROPERTY, "");

    @AfterEach
    void restore() {
        System.setProperty(PROPERTY, before);
    }

    private void check() {
        EventSchemas.of(LAMP).withExamples(new Lit(3)).assertCompatibleWith(directory.toString(), BACKWARD);
    }

    @Test
    void what_is_missing_is_told_and_written_where_that_is_asked_for() throws IOException {
        System.setProperty(PROPERTY, "");
        assertThatThrownBy(this::check).isInstanceOf(AssertionError.class)
                .hasMessageContaining("the events of 'lamp' do not keep what")
                .hasMessageContaining("lamp.lit version 1 has no file")
                .hasMessageContaining("-Dallframe.schemas=write");

        System.setProperty(PROPERTY, "write");
        check();

        System.setProperty(PROPERTY, "");
        check();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("lamp.lit.v1.json",
                    "lamp.lit.v1.example.json");
        }
    }

    @Test
    void a_file_that_is_there_is_never_changed() throws IOException {
        System.setProperty(PROPERTY, "write");
        check();
        Path schema = directory.resolve("lamp.lit.v1.json");
        String changed = Files.readString(schema).replace("brightness", "luminance");
        Files.writeString(schema, changed);

        assertThatThrownBy(this::check).isInstanceOf(AssertionError.class)
                .hasMessageContaining("lamp.lit version 1 is not what")
                .hasMessageContaining("Raise its version to 2");
        assertThat(schema).hasContent(changed);
    }
}
