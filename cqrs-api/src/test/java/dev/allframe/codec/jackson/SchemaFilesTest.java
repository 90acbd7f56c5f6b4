package dev.allframe.codec.jackson;

import static dev.allframe.schema.CompatibilityMode.BACKWARD;
import static dev.allframe.schema.CompatibilityMode.BACKWARD_TRANSITIVE;
import static dev.allframe.schema.CompatibilityMode.FORWARD;
import static dev.allframe.schema.CompatibilityMode.FULL;
import static dev.allframe.schema.CompatibilityMode.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.evolution.Upcasters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class SchemaFilesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    /** Any rules: only the events matter here. */
    private record Rules<E extends Event>() implements Aggregate<Command, E, Integer> {

        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<E> decide(Integer state, Command command) {
            return Decision.noChange();
        }

        @Override
        public Integer evolve(Integer state, E event) {
            return state;
        }
    }

    private static <E extends Event> AggregateType<Command, E, Integer> account(Class<E> events) {
        return AggregateType.named("account", Command.class, events, Integer.class, new Rules<E>()).snapshotEvery(0);
    }

    @Stored("opened")
    record First(String owner) implements Event {}

    @Stored("opened")
    record FirstChanged(String owner, int limit) implements Event {}

    @Stored(value = "opened", version = 2)
    record SecondWithDefault(String owner, @Since(version = 2, defaultValue = "5") int limit) implements Event {}

    @Stored(value = "opened", version = 2)
    record SecondWithoutAnything(String owner, int limit) implements Event {}

    @Stored(value = "opened", version = 2)
    record SecondOfAnotherType(int owner, @Since(version = 2, defaultValue = "5") int limit) implements Event {}

    @Stored("closed")
    record Another(String why) implements Event {}

    private List<Path> write(Class<? extends Event> events, Event... examples) {
        return writeExamples(events, examples);
    }

    @SuppressWarnings("unchecked")
    private <E extends Event> List<Path> writeExamples(Class<E> events, Event... examples) {
        return SchemaFiles.of(account(events), directory).writeMissing((List<E>) List.of(examples));
    }

    private List<String> problems(Class<? extends Event> events, dev.allframe.schema.CompatibilityMode mode) {
        return SchemaFiles.of(account(events), directory).problems(mode);
    }

    @Test
    void what_is_written_is_kept() {
        assertThat(problems(First.class, BACKWARD)).singleElement()
                .asString()
                .startsWith("account.opened version 1 has no file");
        assertThat(write(First.class, new First("Ann"))).extracting(file -> file.getFileName().toString())
                .containsExactly("account.opened.v1.json", "account.opened.v1.example.json");
        assertThat(problems(First.class, FULL)).isEmpty();
        assertThat(write(First.class, new First("Bea"))).as("files that are there").isEmpty();
    }

    @Test
    void a_version_that_was_changed_is_told_with_what_has_changed() {
        write(First.class);
        assertThat(problems(FirstChanged.class, NONE)).singleElement()
                .asString()
                .contains(
                        "account.opened version 1 is not what",
                        "what was stored: limit: is not written, and has no default there",
                        "what is stored now: limit: is written, and is not known", "Raise its version to 2");
    }

    @Test
    void an_added_component_with_a_default_is_compatible_backward_and_not_forward() {
        write(First.class, new First("Ann"));
        write(SecondWithDefault.class);
        assertThat(problems(SecondWithDefault.class, BACKWARD_TRANSITIVE)).isEmpty();
        assertThat(problems(SecondWithDefault.class, FORWARD)).singleElement()
                .asString()
                .contains(
                        "account.opened version 2 cannot be read by code that knows account.opened version 1",
                        "limit: is written, and is not known");
    }

    @Test
    void a_new_version_that_says_nothing_of_the_old_one_is_told() {
        write(First.class, new First("Ann"));
        write(SecondWithoutAnything.class);
        assertThat(problems(SecondWithoutAnything.class, BACKWARD)).hasSize(2)
                .anySatisfy(problem -> assertThat(problem)
                        .contains("account.opened version 1 cannot be read any more: add @Since"))
                .anySatisfy(problem -> assertThat(problem).contains("account.opened.v1.example.json: "));
        assertThat(problems(SecondWithoutAnything.class, NONE)).as("the example must be readable").hasSize(1);
    }

    @Test
    void a_component_of_another_type_is_told_though_there_is_a_path() {
        write(First.class);
        write(SecondOfAnotherType.class);
        assertThat(problems(SecondOfAnotherType.class, BACKWARD)).singleElement()
                .asString()
                .contains(
                        "account.opened version 2 cannot read what account.opened version 1 has stored",
                        "owner: is text, and a whole number");
    }

    @Test
    void an_upcaster_stands_for_what_schemas_cannot_tell() {
        write(First.class, new First("Ann"));
        write(SecondWithoutAnything.class);

        AggregateType<Command, SecondWithoutAnything, Integer> upcasting = account(SecondWithoutAnything.class)
                .upcasting(Upcasters.from(First.class)
                        .to(SecondWithoutAnything.class, first -> new SecondWithoutAnything(first.owner(), 5)));
        assertThat(SchemaFiles.of(upcasting, directory).problems(BACKWARD_TRANSITIVE)).isEmpty();
    }

    @Test
    void an_event_that_is_no_more_must_stay_readable() {
        write(First.class, new First("Ann"));
        write(Another.class);
        assertThat(problems(Another.class, BACKWARD)).hasSize(2)
                .anySatisfy(
                        problem -> assertThat(problem).contains("account.opened version 1 cannot be read any more"));

        AggregateType<Command, Another, Integer> dropping = account(Another.class)
                .upcasting(Upcasters.json("opened", 1).dropped());
        assertThat(SchemaFiles.of(dropping, directory).problems(BACKWARD_TRANSITIVE)).isEmpty();
    }

    @Test
    void code_that_is_older_than_the_files_is_told() {
        write(SecondWithDefault.class);
        write(First.class);
        assertThat(problems(First.class, NONE)).singleElement()
                .asString()
                .contains("account.opened version 1 is older than version 2, of which there is a file");
    }

    @Test
    void files_that_are_none_of_ours_are_told_or_left_alone() throws IOException {
        write(First.class);
        Files.writeString(directory.resolve("account.opened.v2.json"), "{");
        Files.writeString(directory.resolve("account.opened.v3.json"),
                Files.readString(directory.resolve("account.opened.v1.json")));
        Files.writeString(directory.resolve("account.readme.txt"), "hello");
        Files.writeString(directory.resolve("cart.opened.v1.json"), "another aggregate's");
        assertThat(problems(First.class, NONE)).hasSize(2)
                .anySatisfy(problem -> assertThat(problem).contains("account.opened.v2.json: not a schema of ours"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("account.opened.v3.json: it is the schema of account.opened version 1"));
    }
}
