package dev.allframe.command;

import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may say about one dispatch besides the command itself. Immutable; every method returns a changed copy.
 *
 * @param commandId the caller's id of this command: a repeat with the same id is executed once; null for none; at most
 *        {@link #MAX_ID_LENGTH} characters, because an instance remembers it
 * @param expected the version that the instance must have for the command to be decided
 * @param correlationId what the command belongs to; null starts a new correlation
 * @param causationId the message that led to this command; null for none
 * @param headers free metadata, stored with the events
 * @param timeout how long the caller waits, at most {@link #MAX_TIMEOUT}; null for the configured
 *         {@code allframe.command-timeout}
 * @param issuedAt when the caller first issued this command, by the caller's clock; null where that is not known
 */
public record CommandOptions(@Nullable String commandId, ExpectedVersion expected, @Nullable String correlationId,
        @Nullable String causationId,
        Map<String, String> headers, @Nullable Duration timeout, @Nullable Instant issuedAt) {

    /** The longest command id, in characters. */
    public static final int MAX_ID_LENGTH = 256;

    /** The header that holds a W3C trace context. */
    public static final String TRACEPARENT = "traceparent";

    /** The header that says who asked. */
    public static final String USER = "user";

    private static final Pattern TRACEPARENT_VALUE = Pattern
            .compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    /** The longest time that a caller may wait for a command. */
    public static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    private static final CommandOptions NONE = new CommandOptions(null, ExpectedVersion.any(), null, null, Map.of(),
            null, null);

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
        EventMetadata.mustBeStorable(commandId, correlationId, causationId, headers);
        issuedAt = issuedAt == null ? null : toMillis(issuedAt);
    }

    private static Instant toMillis(Instant time) {
        try {
            return Instant.ofEpochMilli(time.toEpochMilli());
        } catch (ArithmeticException beyond) {
            throw new IllegalArgumentException("a command was not issued at " + time, beyond);
        }
    }

    /** No id, any version, the configured time limit. */
    public static CommandOptions none() {
        return NONE;
    }

    /** Options with a command id, under which a repeat is recognised. */
    public static CommandOptions withCommandId(String commandId) {
        return new CommandOptions(commandId, NONE.expected, null, null, Map.of(), null, null);
    }

    /** The command is decided only if the instance has this version; else the result is a version conflict. */
    public CommandOptions expecting(ExpectedVersion version) {
        return new CommandOptions(commandId, version, correlationId, causationId, headers, timeout, issuedAt);
    }

    /** Names the message that led to this command. */
    public CommandOptions causedBy(String messageId) {
        return new CommandOptions(commandId, expected, correlationId, messageId, headers, timeout, issuedAt);
    }

    /**
     * The command follows from a stored event: it carries on its correlation, its user and its trace context, and names
     * the event as its cause.
     */
    public CommandOptions causedBy(StoredEvent event) {
        return causedBy(event.stream(), event.sequenceNr(), event.envelope().metadata());
    }

    /** As {@link #causedBy(StoredEvent)}, for what an {@link dev.allframe.store.EventStore} reads. */
    public CommandOptions causedBy(RecordedEvent<?> event) {
        return causedBy(event.stream(), event.sequenceNr(), event.metadata());
    }

    private CommandOptions causedBy(StreamId stream, long sequenceNr, EventMetadata metadata) {
        String cause = stream.value() + "#" + sequenceNr;
        String correlation = metadata.correlationId();
        Map<String, String> carried = new LinkedHashMap<>();
        for (String name : List.of(TRACEPARENT, USER)) {
            String value = metadata.headers().get(name);
            if (value != null) {
                carried.put(name, value);
            }
        }
        carried.putAll(headers);
        return new CommandOptions(commandId, expected, correlation == null ? cause : correlation, cause, carried,
                timeout, issuedAt);
    }

    /** Names what the command belongs to: a request, a conversation, a saga. */
    public CommandOptions correlatedBy(String id) {
        return new CommandOptions(commandId, expected, id, causationId, headers, timeout, issuedAt);
    }

    /** Adds one entry of free metadata, stored with the events. */
    public CommandOptions withHeader(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(name, value);
        return new CommandOptions(commandId, expected, correlationId, causationId, changed, timeout, issuedAt);
    }

    /** How long the caller waits for the result. After it the outcome is unknown, not "no". */
    public CommandOptions within(Duration limit) {
        return new CommandOptions(commandId, expected, correlationId, causationId, headers, limit, issuedAt);
    }

    /**
     * Says when the command was first issued; a repeat says the same. An instance remembers a bounded number of command
     * ids, for a bounded time: with this, a repeat that comes too late to be recognised is refused as
     * {@link CommandError.WindowExpired} instead of being executed again. The clocks of callers and nodes should agree
     * to within the time between two commands of an instance; a caller whose clock is ahead may have an old repeat
     * executed again.
     */
    public CommandOptions issuedAt(Instant time) {
        return new CommandOptions(commandId, expected, correlationId, causationId, headers, timeout, time);
    }

    /**
     * Carries the caller's W3C trace context on to the events, as their header {@link #TRACEPARENT}.
     *
     * @throws IllegalArgumentException if it is no {@code traceparent}: version, trace id, parent id and flags in lower
     *         case hexadecimal digits
     */
    public CommandOptions tracedBy(String traceparent) {
        if (!TRACEPARENT_VALUE.matcher(traceparent).matches()) {
            throw new IllegalArgumentException("'" + traceparent
                    + "' is no W3C traceparent such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        }
        return withHeader(TRACEPARENT, traceparent);
    }

    /** Names who asked for it; stored with the events as their header {@link #USER}. */
    public CommandOptions byUser(String user) {
        return withHeader(USER, user);
    }
}
