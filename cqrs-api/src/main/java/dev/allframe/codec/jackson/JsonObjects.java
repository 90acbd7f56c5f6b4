package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.allframe.codec.JsonObject;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@link JsonObject} as an object inside of what holds it, and reads it with the text of each number. Between
 * nodes, in CBOR, it is its text as bytes: CBOR has other numbers.
 */
final class JsonObjects {

    /** Writes an object in its own order. */
    static final JsonSerializer<JsonObject> WRITER = new Writer() {
        @Override
        public void serialize(JsonObject object, JsonGenerator json, SerializerProvider serializers)
                throws IOException {
            if (json.canWriteBinaryNatively() && !(json instanceof TokenBuffer)) {
                json.writeBinary(object.text().getBytes(StandardCharsets.UTF_8));
                return;
            }
            // by tokens rather than as raw text, so that levels are counted from the outermost object
            try (JsonParser parser = DomainJson.mapper().createParser(object.text())) {
                parser.nextToken();
                copy(parser, json);
            }
        }
    };

    /** Writes the same for equal objects. */
    static final JsonSerializer<JsonObject> CANONICAL = new Writer() {
        @Override
        public void serialize(JsonObject object, JsonGenerator json, SerializerProvider serializers)
                throws IOException {
            json.writeRawValue(object.canonical());
        }
    };

    private JsonObjects() {}

    /** Reads the object at which the parser stands; null where there is none. */
    static @Nullable JsonObject read(JsonParser json) throws IOException {
        if (json.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT)) {
            return JsonObject.of(new String(json.getBinaryValue(), StandardCharsets.UTF_8));
        }
        if (!json.hasToken(JsonToken.START_OBJECT)) {
            return null;
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = DomainJson.mapper().createGenerator(text)) {
            copy(json, copy);
        }
        return JsonObject.of(text.toString());
    }

    /** Copies an object up to its end; a fraction by its text, which is the only exact form of all fractions. */
    private static void copy(JsonParser from, JsonGenerator to) throws IOException {
        int open = 0;
        do {
            JsonToken token = from.currentToken();
            if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                to.writeNumber(from.getText());
            } else {
                to.copyCurrentEvent(from);
            }
            open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        } while (open > 0 && from.nextToken() != null);
    }

    private abstract static class Writer extends JsonSerializer<JsonObject> {

        @Override
        public void serializeWithType(JsonObject object, JsonGenerator json, SerializerProvider serializers,
                TypeSerializer type) throws IOException {
            var prefix = type.writeTypePrefix(json, type.typeId(object, JsonToken.VALUE_EMBEDDED_OBJECT));
            serialize(object, json, serializers);
            type.writeTypeSuffix(json, prefix);
        }
    }
}
