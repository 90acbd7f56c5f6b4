package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.RowCodec;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.util.List;

/**
 * The rows of a view as JSON text; {@link DomainJson} says how values look. Rows need no stored name: rows of another
 * shape are made anew from the events.
 *
 * @param <R> the rows
 */
public final class JacksonRowCodec<R> implements RowCodec<R> {

    private final Class<R> rowClass;
    private final String schema;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    private JacksonRowCodec(Class<R> rowClass) {
        this.rowClass = rowClass;
        schema = JsonSchemas.fingerprint(rowClass);
        writer = DomainJson.mapper().writerFor(rowClass);
        reader = DomainJson.mapper().readerFor(rowClass);
    }

    /**
     * The codec of a row class.
     *
     * @throws InvalidDomainException if something in the class could not be written as JSON and read again
     */
    public static <R> JacksonRowCodec<R> of(Class<R> rowClass) {
        List<String> problems = JsonTypes.problems(rowClass);
        if (!problems.isEmpty()) {
            throw new InvalidDomainException(problems);
        }
        return new JacksonRowCodec<>(rowClass);
    }

    @Override
    public byte[] encode(R row) {
        try {
            return writer.writeValueAsBytes(row);
        } catch (JsonProcessingException failed) {
            throw DomainJson.notWritten("a row of " + rowClass.getName(), failed);
        }
    }

    @Override
    public R decode(byte[] stored) {
        try {
            return rowClass.cast(Contents.read(reader, stored));
        } catch (IOException failed) {
            throw new CodecException("a stored row does not fit " + rowClass.getName() + ": "
                    + Failures.message(failed), failed);
        }
    }

    @Override
    public String schema() {
        return schema;
    }
}
