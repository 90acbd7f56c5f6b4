package dev.allframe.command;

import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StoredEvent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may say about one dispatch besides the command itself. Immutable; every method returns a changed copy.
 *
 * @param commandId the caller's id of this command: a repeat with the same id is executed once; null for none; at most {@link #MAX_ID_LENGTH} characters,
 *        because an instance remembers it
 * @param expected the version that the instance must have for the command to be decided
 * @param correlationId what the command belongs to; null starts a new correlation
 * @param causationId the message that led to this command; null for none
 * @param headers free metadata, stored with the events
 * @param timeout how long the caller waits, at most {@link #MAX_TIMEOUT}; null for the configured {@code allframe.command-timeout}
 */
public record CommandOptions(@Nullable String commandId, ExpectedVersion expected, @Nullable String correlationId,
        @Nullable String causationId,
        Map<String, String> headers, @Nullable Duration timeout) {

    /** The longest command id, in characters. */
    public static final int MAX_ID_LENGTH = 256;

    /** The longest time that a caller may wait for a command. */
    public static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    private static final CommandOptions NONE = new CommandOptions(null, ExpectedVersion.any(), null, null, Map.of(),
            null);

    public CommandOptions {
        if (commandId != null && commandId.isBlank()) {
            throw new IllegalArgumentException(
                    "a command id must not be blank; leave it out where a repeat need not be recognised");
        }
        if (commandId != null && commandId.length() > MAX_ID_LENGTH) {
            throw new IllegalArgumentException("a command id has at most " + MAX_ID_LENGTH + " characters, not "
                    + commandId.length());
        }
        if (timeout != null
                && (timeout.isZero() || timeout.isNegative() || timeout.compareTo(MAX_TIMEOUT) > 0)) {
            throw new IllegalArgumentException("timeout must be positive and at most " + MAX_TIMEOUT + ", not "
                    + timeout);
        }
        headers = Map.copyOf(headers);
    }

    /** No id, any version, the configured time limit. */
    public static CommandOptions none() {
        return NONE;
    }

    /** Options with a command id, under which a repeat is recognised. */
    public static CommandOptions withCommandId(String commandId) {
        return new CommandOptions(commandId, NONE.expected, null, null, Map.of(), null);
    }

    /** The command is decided only if the instance has this version; else the result is a version conflict. */
    public CommandOptions expecting(ExpectedVersion version) {
        return new CommandOptions(commandId, version, correlationId, causationId, headers, timeout);
    }

    /** Names the message that led to this command. */
    public CommandOptions causedBy(String messageId) {
        return new CommandOptions(commandId, expected, correlationId, messageId, headers, timeout);
    }

    /** The command follows from a stored event: it carries on its correlation and names the event as its cause. */
    public CommandOptions causedBy(StoredEvent event) {
        String cause = event.stream().value() + "#" + event.sequenceNr();
        String correlation = event.envelope().metadata().correlationId();
        return new CommandOptions(commandId, expected, correlation == null ? cause : correlation, cause, headers,
                timeout);
    }

    /** Names what the command belongs to: a request, a conversation, a saga. */
    public CommandOptions correlatedBy(String id) {
        return new CommandOptions(commandId, expected, id, causationId, headers, timeout);
    }

    /** Adds one entry of free metadata, stored with the events. */
    public CommandOptions withHeader(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(name, value);
        return new CommandOptions(commandId, expected, correlationId, causationId, changed, timeout);
    }

    /** How long the caller waits for the result. After it the outcome is unknown, not "no". */
    public CommandOptions within(Duration limit) {
        return new CommandOptions(commandId, expected, correlationId, causationId, headers, limit);
    }
}
