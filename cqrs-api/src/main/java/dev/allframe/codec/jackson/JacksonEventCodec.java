package dev.allframe.codec.jackson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.aggregate.WriteCheck;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.failure.Failures;
import dev.allframe.schema.SchemaDifference;
import dev.allframe.schema.TypeSchema;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as JSON text under their {@link Stored} names; {@link DomainJson} says how values look.
 *
 * @param <E> the events
 */
public final class JacksonEventCodec<E extends Event> implements EventCodec<E> {

    private static final Logger LOG = System.getLogger(JacksonEventCodec.class.getName());

    private final Class<E> eventClass;
    private final Map<Class<?>, Writer> writers = new HashMap<>();
    private final Map<String, Reader> readers = new HashMap<>();

    private final Migrations older;

    private JacksonEventCodec(AggregateType<?, E, ?> type) {
        eventClass = type.eventClass();
        MigrationPlan plan = MigrationPlan.of(type);
        older = plan.toEvents();
        plan.events().forEach((name, event) -> {
            int version = event.getAnnotation(Stored.class).version();
            WriteCheck check = type.writeCheck(event);
            writers.put(event, new Writer(name, version, DomainJson.mapper().writerFor(event), check,
                    check == WriteCheck.OFF ? null : SchemaOfClass.of(name, version, event)));
            readers.put(name, new Reader(version, DomainJson.readerFor(event)));
        });
    }

    /**
     * The codec of an aggregate's events.
     *
     * @throws dev.allframe.codec.InvalidDomainException if an event class has no stored name, two have the same, or the
     *         steps from old versions do not lead to today's
     */
    public static <E extends Event> JacksonEventCodec<E> of(AggregateType<?, E, ?> type) {
        return new JacksonEventCodec<>(type);
    }

    @Override
    public EncodedEvent encode(E event) {
        Writer writer = writers.get(event.getClass());
        if (writer == null) {
            throw new CodecException(event.getClass().getName() + " is not an event of " + eventClass.getName(), null);
        }
        try {
            byte[] json = writer.json.writeValueAsBytes(event);
            if (writer.schema != null) {
                check(writer.schema, writer.check, DomainJson.mapper().readTree(json));
            }
            return new EncodedEvent(writer.name, writer.version, json);
        } catch (IOException failed) {
            throw DomainJson.notWritten("event '" + writer.name + "'", failed);
        }
    }

    private static void check(TypeSchema schema, WriteCheck check, JsonNode contents) {
        List<SchemaDifference> violations = SchemaViolations.of(schema, contents);
        if (!violations.isEmpty()) {
            String told = "event " + schema + " does not fit its schema: "
                    + String.join("; ", violations.stream().map(SchemaDifference::toString).toList());
            if (check == WriteCheck.REJECT) {
                throw new CodecException(told, null);
            }
            LOG.log(Level.WARNING, told);
        }
    }

    @Override
    public List<E> decode(EncodedEvent stored) {
        Reader reader = readers.get(stored.type());
        if (reader == null || reader.version != stored.version()) {
            return older.toToday(stored.type(), stored.version(), stored.bytes())
                    .stream()
                    .<E>map(eventClass::cast)
                    .toList();
        }
        try {
            return List.of(eventClass.cast(Contents.read(reader.json, stored.bytes())));
        } catch (IOException failed) {
            throw new CodecException(
                    "stored event '" + stored.type() + "' version " + stored.version() + " does not fit its class: "
                            + Failures.message(failed),
                    failed);
        }
    }

    @Override
    public VersionRegistry versions() {
        return older.versions();
    }

    /** How events of a class are written; with their schema where they are compared with it. */
    private record Writer(String name, int version, ObjectWriter json, WriteCheck check,
            @Nullable TypeSchema schema) {}

    private record Reader(int version, ObjectReader json) {}
}
