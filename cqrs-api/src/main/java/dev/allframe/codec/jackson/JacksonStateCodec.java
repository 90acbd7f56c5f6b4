package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.StateCodec;
import dev.allframe.codec.UnknownStoredTypeException;
import java.io.IOException;

/**
 * The states of an aggregate as JSON text under their {@link Stored} name; {@link DomainJson} says how values look.
 *
 * @param <S> the state
 */
public final class JacksonStateCodec<S> implements StateCodec<S> {

    private final Class<S> stateClass;
    private final String type;
    private final int version;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    private JacksonStateCodec(AggregateType<?, ?, S> aggregate) {
        stateClass = aggregate.stateClass();
        type = StoredNames.ofState(aggregate);
        version = stateClass.getAnnotation(Stored.class).version();
        writer = DomainJson.mapper().writerFor(stateClass);
        reader = DomainJson.mapper().readerFor(stateClass);
    }

    /**
     * The codec of an aggregate's states.
     *
     * @throws dev.allframe.codec.InvalidDomainException if the state class has no stored name
     */
    public static <S> JacksonStateCodec<S> of(AggregateType<?, ?, S> type) {
        return new JacksonStateCodec<>(type);
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public byte[] encode(S state) {
        try {
            return writer.writeValueAsBytes(state);
        } catch (JsonProcessingException failed) {
            throw new CodecException("state '" + type + "' cannot be written as JSON: " + failed.getOriginalMessage(),
                    failed);
        }
    }

    @Override
    public S decode(String storedType, int storedVersion, byte[] bytes) {
        if (!storedType.equals(type) || storedVersion != version) {
            throw new UnknownStoredTypeException(storedType, storedVersion, type + " version " + version);
        }
        try {
            return stateClass.cast(reader.readValue(bytes));
        } catch (IOException failed) {
            throw new CodecException("stored state '" + type + "' version " + version + " does not fit its class: "
                    + failed.getMessage(), failed);
        }
    }
}
