package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.evolution.VersionRegistry;
import java.io.IOException;
import java.util.List;

/**
 * A class whose objects are stored under its own name, and read from that and from older forms.
 *
 * @param <T> the class
 */
final class StoredClass<T> {

    private final Class<T> type;
    private final String name;
    private final int version;
    private final String shape;
    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final Migrations older;

    /** A class of which the plan has found that it can be stored. */
    StoredClass(Class<T> type, String prefix, MigrationPlan plan) {
        this.type = type;
        older = plan.toState();
        Stored stored = type.getAnnotation(Stored.class);
        name = prefix + "." + stored.value();
        version = stored.version();
        shape = JsonSchemas.fingerprint(type);
        writer = DomainJson.mapper().writerFor(type);
        reader = DomainJson.mapper().readerFor(type);
    }

    /** The stored name of today. */
    String name() {
        return name;
    }

    /** The stored version of today. */
    int version() {
        return version;
    }

    /** Identifies the names and types of the components, and of theirs. */
    String shape() {
        return shape;
    }

    /** The names and versions that can be read. */
    VersionRegistry versions() {
        return older.versions();
    }

    boolean isOfToday(String storedName, int storedVersion) {
        return storedName.equals(name) && storedVersion == version;
    }

    /**
     * The JSON text of an object.
     *
     * @param what what it is, for the message
     * @throws CodecException if it cannot be written
     */
    byte[] write(String what, T object) {
        try {
            return writer.writeValueAsBytes(object);
        } catch (JsonProcessingException failed) {
            throw DomainJson.notWritten(what + " '" + name + "'", failed);
        }
    }

    /** The object of a JSON text of today's version. */
    T read(byte[] json) throws IOException {
        return type.cast(Contents.read(reader, json));
    }

    /**
     * The object of a JSON text of an older version, or under another name.
     *
     * @throws CodecException if no steps lead to today's, or one fails
     */
    T upcast(String storedName, int storedVersion, byte[] json) {
        List<Object> objects = older.toToday(storedName, storedVersion, json);
        if (objects.size() != 1) {
            throw new CodecException("stored type '" + storedName + "' version " + storedVersion + " became "
                    + objects.size() + " objects instead of one", null);
        }
        return type.cast(objects.getFirst());
    }
}
