package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.evolution.VersionRegistry;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Events as JSON text under their {@link Stored} names; {@link DomainJson} says how values look.
 *
 * @param <E> the events
 */
public final class JacksonEventCodec<E extends Event> implements EventCodec<E> {

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
            writers.put(event, new Writer(name, version, DomainJson.mapper().writerFor(event)));
            readers.put(name, new Reader(version, DomainJson.mapper().readerFor(event)));
        });
    }

    /**
     * The codec of an aggregate's events.
     *
     * @throws dev.allframe.codec.InvalidDomainException if an event class has no stored name, two have the same, or the steps from old versions do not
     *         lead to today's
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
            return new EncodedEvent(writer.name, writer.version, writer.json.writeValueAsBytes(event));
        } catch (JsonProcessingException failed) {
            throw new CodecException(
                    "event '" + writer.name + "' cannot be written as JSON: " + failed.getOriginalMessage(), failed);
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
                            + failed.getMessage(),
                    failed);
        }
    }

    @Override
    public VersionRegistry versions() {
        return older.versions();
    }

    private record Writer(String name, int version, ObjectWriter json) {}

    private record Reader(int version, ObjectReader json) {}
}
