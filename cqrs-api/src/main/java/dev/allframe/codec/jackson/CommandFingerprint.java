package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.allframe.aggregate.Command;
import dev.allframe.codec.CodecException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Identifies the contents of a command: SHA-256 over its name and its JSON with sorted properties, maps and sets, cut
 * to 128 bits. Two commands have the same fingerprint on every node and after every restart exactly if their contents
 * are written alike. So 1.0 and 1.00 differ, as they do for {@link java.math.BigDecimal#equals}: a rule can tell them
 * apart, and a caller who repeats a command repeats it as it was.
 */
public final class CommandFingerprint {

    private static final int BYTES = 16;

    private static final JsonMapper CANONICAL = DomainJson.configure(JsonMapper.builder())
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .addModule(new SimpleModule().addSerializer(Set.class, new SortedSets()))
            .build();

    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    });

    private CommandFingerprint() {}

    /**
     * The fingerprint as 32 hexadecimal digits.
     *
     * @throws CodecException if the command cannot be written as JSON
     */
    public static String of(Command command) {
        try {
            // before the thread's digest is touched, for it may throw
            byte[] contents = CANONICAL.writeValueAsBytes(command);
            MessageDigest digest = SHA_256.get();
            digest.update(('"' + command.getClass().getSimpleName() + '"').getBytes(StandardCharsets.UTF_8));
            digest.update(contents);
            return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), BYTES));
        } catch (JsonProcessingException failed) {
            throw new CodecException("command " + command.getClass().getName() + " cannot be written as JSON: "
                    + JsonFailures.message(failed), failed);
        }
    }

    /** A set has no order of its own, and that of {@link Set#of} changes with every start of the JVM. */
    @SuppressWarnings("rawtypes")
    private static final class SortedSets extends JsonSerializer<Set> {

        @Override
        public void serialize(Set set, JsonGenerator json, SerializerProvider serializers) throws IOException {
            List<String> elements = new ArrayList<>(set.size());
            for (Object element : set) {
                elements.add(CANONICAL.writeValueAsString(element));
            }
            elements.sort(null);
            json.writeStartArray();
            for (String element : elements) {
                json.writeRawValue(element);
            }
            json.writeEndArray();
        }
    }
}
