package dev.allframe.codec.jackson;

import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.StoredValue;
import dev.allframe.codec.ValueCodec;
import dev.allframe.evolution.Upcast;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Values of a class as JSON objects under its {@link Stored} name, by the same rules as states: {@link DomainJson} says
 * how values look, {@link Since} and upcasters bring old versions to today's.
 *
 * @param <T> the values
 */
public final class JacksonValueCodec<T> implements ValueCodec<T> {

    private final StoredClass<T> stored;

    private JacksonValueCodec(StoredClass<T> stored) {
        this.stored = stored;
    }

    /**
     * The codec of a class.
     *
     * @param type the class, a record with a {@link Stored} name
     * @param prefix what stands before the stored name and a point, as an aggregate's name does before those of its
     *         events
     * @param upcasts the steps from old stored forms
     * @throws dev.allframe.codec.InvalidDomainException if the class has no stored name or could not be read again, or
     *         the steps do not lead to it
     */
    public static <T> JacksonValueCodec<T> of(Class<T> type, String prefix, List<Upcast> upcasts) {
        return new JacksonValueCodec<>(new StoredClass<>(type, prefix, MigrationPlan.ofValue(prefix, type, upcasts)));
    }

    @Override
    public StoredValue encode(T value) {
        byte[] json = stored.write("value", value);
        try {
            return new StoredValue(stored.name(), stored.version(),
                    JsonObject.of(new String(json, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException noObject) {
            throw new CodecException("value '" + stored.name() + "' " + Failures.message(noObject), noObject);
        }
    }

    @Override
    public T decode(StoredValue value) {
        byte[] json = value.data().text().getBytes(StandardCharsets.UTF_8);
        if (!stored.isOfToday(value.type(), value.version())) {
            return stored.upcast(value.type(), value.version(), json);
        }
        try {
            return stored.read(json);
        } catch (IOException failed) {
            throw new CodecException("stored value '" + value.type() + "' version " + value.version()
                    + " does not fit its class: " + Failures.message(failed), failed);
        }
    }

    @Override
    public VersionRegistry versions() {
        return stored.versions();
    }

    @Override
    public String shape() {
        return stored.shape();
    }
}
