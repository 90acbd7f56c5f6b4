package dev.allframe.codec.jackson;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.aggregate.Command;
import dev.allframe.codec.CodecException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Identifies the contents of a command: SHA-256 over its name and its JSON with sorted properties, maps and sets, cut
 * to 128 bits. Two commands have the same fingerprint on every node and after every restart exactly if their contents
 * are equal. So 1.0 and 1.00 differ, as they do for {@link java.math.BigDecimal#equals}: a rule can tell them apart,
 * and a caller who repeats a command repeats it as it was. Fingerprints are stored: where a declared type tells the
 * class of its value, the form that is hashed does not change.
 */
public final class CommandFingerprint {

    private static final int BYTES = 16;

    private static final JsonMapper CANONICAL = DomainJson
            .forms(JsonMapper.builder(DomainJson.unbounded(new JsonFactory())))
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .addModule(new CanonicalForm())
            .setDefaultTyping(new OpenTypes().init(JsonTypeInfo.Id.CUSTOM, null))
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
            throw DomainJson.notWritten("command " + command.getClass().getName(), failed);
        }
    }
}
