package dev.allframe.api.testkit;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.jackson.SchemaFiles;
import dev.allframe.schema.CompatibilityMode;
import java.nio.file.Path;
import java.util.List;

/**
 * The gate in the build for events that change: fails where today's classes cannot read what was stored before, or
 * where a version was changed after it was stored.
 *
 * <pre>{@code
 * @Test
 * void events_stay_compatible() {
 *   EventSchemas.of(ACCOUNT)
 *       .withExamples(new Opened("Ann", czk(0)))
 *       .assertCompatibleWith("src/main/schemas", BACKWARD_TRANSITIVE);
 * }
 * }</pre>
 *
 * <p>With the system property {@code allframe.schemas=write} it first writes the files that are missing; they belong
 * into version control. It never changes one.
 *
 * @param <E> the events
 */
public final class EventSchemas<E extends Event> {

    private static final String PROPERTY = "allframe.schemas";

    private final AggregateType<?, E, ?> type;
    private final List<E> examples;

    private EventSchemas(AggregateType<?, E, ?> type, List<E> examples) {
        this.type = type;
        this.examples = List.copyOf(examples);
    }

    /** The schemas of an aggregate's events. */
    public static <E extends Event> EventSchemas<E> of(AggregateType<?, E, ?> type) {
        return new EventSchemas<>(type, List.of());
    }

    /** Events to be kept as they are stored today: of every version that was ever kept, an example must be readable. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final EventSchemas<E> withExamples(E... events) {
        return new EventSchemas<>(type, List.of(events));
    }

    /**
     * Compares today's classes with the schemas and examples in a directory.
     *
     * @param directory relative to where the build runs the test, the module's directory with Maven
     * @throws AssertionError that lists everything that is wrong, and what to do
     */
    public void assertCompatibleWith(String directory, CompatibilityMode mode) {
        SchemaFiles<E> files = SchemaFiles.of(type, Path.of(directory));
        if ("write".equals(System.getProperty(PROPERTY))) {
            files.writeMissing(examples);
        }
        List<String> problems = files.problems(mode);
        if (!problems.isEmpty()) {
            throw new AssertionError("the events of '" + type.name() + "' do not keep what " + directory + " says ("
                    + mode + "). Missing files are written with -D" + PROPERTY + "=write.\n\n"
                    + String.join("\n\n", problems));
        }
    }
}
