package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.OutdatedStateException;
import dev.allframe.codec.StateCodec;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.util.List;

/**
 * The states of an aggregate as JSON text under their {@link Stored} name; {@link DomainJson} says how values look.
 *
 * @param <S> the state
 */
public final class JacksonStateCodec<S> implements StateCodec<S> {

    private final Class<S> stateClass;
    private final String type;
    private final int version;
    private final String shape;
    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final Migrations older;

    private JacksonStateCodec(AggregateType<?, ?, S> aggregate) {
        stateClass = aggregate.stateClass();
        older = MigrationPlan.withState(aggregate).toState();
        Stored stored = stateClass.getAnnotation(Stored.class);
        type = aggregate.name() + "." + stored.value();
        version = stored.version();
        shape = JsonSchemas.fingerprint(stateClass);
        writer = DomainJson.mapper().writerFor(stateClass);
        reader = DomainJson.mapper().readerFor(stateClass);
    }

    /**
     * The codec of an aggregate's states.
     *
     * @throws dev.allframe.codec.InvalidDomainException if the state class has no stored name, or the aggregate's
     *         events and steps from old versions are wrong
     */
    public static <S> JacksonStateCodec<S> of(AggregateType<?, ?, S> type) {
        return new JacksonStateCodec<>(type);
    }

    @Override
    public EncodedState encode(S state) {
        try {
            return new EncodedState(type, version, shape, writer.writeValueAsBytes(state));
        } catch (JsonProcessingException failed) {
            throw DomainJson.notWritten("state '" + type + "'", failed);
        }
    }

    @Override
    public S decode(EncodedState stored) {
        if (stored.code() != null) {
            throw new OutdatedStateException("stored state '" + stored.type() + "' version " + stored.version()
                    + " was made by older code, which ignored what it did not know in newer events", null);
        }
        if (!stored.type().equals(type) || stored.version() != version) {
            return upcast(stored);
        }
        if (stored.shape() != null && !stored.shape().equals(shape)) {
            throw new OutdatedStateException("stored state '" + type + "' version " + version + " has the shape "
                    + stored.shape() + ", and that of today is " + shape, null);
        }
        try {
            return stateClass.cast(Contents.read(reader, stored.bytes()));
        } catch (IOException failed) {
            // it may be of another shape, or of another way of writing the same
            throw new OutdatedStateException("stored state '" + type + "' version " + version
                    + " does not fit its class: " + Failures.message(failed), failed);
        }
    }

    private S upcast(EncodedState stored) {
        try {
            List<Object> states = older.toToday(stored.type(), stored.version(), stored.bytes());
            if (states.size() == 1) {
                return stateClass.cast(states.getFirst());
            }
        } catch (CodecException failed) {
            throw new OutdatedStateException(Failures.message(failed), failed);
        }
        throw new OutdatedStateException("stored state '" + stored.type() + "' version " + stored.version()
                + " did not become one state", null);
    }

    @Override
    public VersionRegistry versions() {
        return older.versions();
    }
}
