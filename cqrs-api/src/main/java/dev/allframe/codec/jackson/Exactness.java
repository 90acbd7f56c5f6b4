package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds values that code of the user's has made against their written form: a text is the one that its value is written
 * as, and no element of a set and no entry of a map is lost. Stored values are not asked, as earlier builds may have
 * written them: whatever was stored stays readable.
 */
final class Exactness {

    private static final Object KEY = new Object();

    private Exactness() {}

    /** The reader, for what code of the user's has made. */
    static ObjectReader of(ObjectReader reader) {
        return reader.withAttribute(KEY, true);
    }

    static boolean isAsked(DeserializationContext context) {
        return context.getAttribute(KEY) != null;
    }

    /**
     * Refuses a text in another spelling than those in which its value is written, in the form of its property or as a
     * {@code toString()}.
     */
    static void mustBeWritten(Object value, String text, Class<?> type, @Nullable BeanProperty property,
            DeserializationContext context) throws IOException {
        if (text.equals(value.toString()) || (value instanceof ZonedDateTime && isZoned(text))) {
            return;
        }
        String written = written(value, property);
        if (!text.equals(written)) {
            throw context.weirdStringException(text, type,
                    written == null ? "it is written as no text" : "it is written '" + written + "'");
        }
    }

    /** The text of a value; null where it is a number or something else. */
    private static @Nullable String written(Object value, @Nullable BeanProperty property) throws IOException {
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        SerializerProvider serializers = DomainJson.mapper().getSerializerProviderInstance();
        try (TokenBuffer buffer = new TokenBuffer(DomainJson.mapper(), false)) {
            serializers.findTypedValueSerializer(value.getClass(), false, property)
                    .serialize(value, buffer, serializers);
            try (JsonParser parser = buffer.asParser()) {
                return parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
            }
        }
    }

    /**
     * Whether the date and time, the offset and the zone are each spelled as they are written. They need not fit each
     * other: the rules of zones change, and a time that was written before is read as the same instant.
     */
    static boolean isZoned(String text) {
        int bracket = text.indexOf('[');
        String time = bracket < 0 ? text : text.substring(0, bracket);
        String zone = bracket < 0 ? "" : text.substring(bracket);
        return time.equals(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(OffsetDateTime.parse(time)))
                && (zone.isEmpty()
                        || zone.equals("[" + ZoneId.of(zone.substring(1, zone.length() - 1)).getId() + "]"));
    }

    /** A set or a map that has as many elements or entries as its JSON. */
    static final class Complete extends DelegatingDeserializer {

        private static final long serialVersionUID = 1L;

        Complete(JsonDeserializer<?> original) {
            super(original);
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> contextual) {
            return new Complete(contextual);
        }

        @Override
        public @Nullable Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!isAsked(context) || !(json.isExpectedStartArrayToken() || json.isExpectedStartObjectToken())) {
                return super.deserialize(json, context);
            }
            try (TokenBuffer buffer = new TokenBuffer(json, context).forceUseOfBigDecimal(true)) {
                buffer.copyCurrentStructure(json);
                Object read;
                try (JsonParser copy = buffer.asParser(json)) {
                    copy.nextToken();
                    read = super.deserialize(copy, context);
                }
                int given = size(buffer);
                int kept = read instanceof Map<?, ?> map
                        ? map.size()
                        : read instanceof Collection<?> items ? items.size() : given;
                if (kept != given) {
                    context.reportInputMismatch(this, "%s of %s are equal, and would be lost", given - kept, given);
                }
                return read;
            }
        }

        private static int size(TokenBuffer buffer) throws IOException {
            int size = 0;
            try (JsonParser parser = buffer.asParser()) {
                boolean array = parser.nextToken() == JsonToken.START_ARRAY;
                JsonToken end = array ? JsonToken.END_ARRAY : JsonToken.END_OBJECT;
                for (JsonToken next = parser.nextToken(); next != end; next = parser.nextToken()) {
                    if (!array) {
                        parser.nextToken();
                    }
                    parser.skipChildren();
                    size++;
                }
            }
            return size;
        }
    }
}
