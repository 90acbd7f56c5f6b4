package dev.allframe.runtime.serialization;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.Config;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.jackson.DomainJson;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.runtime.aggregate.AggregateMessage.Reply;
import dev.allframe.runtime.aggregate.AggregateRegistry;
import dev.allframe.runtime.aggregate.RegisteredAggregate;
import dev.allframe.runtime.aggregate.VoidCommand;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.ExpectedVersion;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages between nodes as CBOR. Commands and events travel inside as their own bytes: a command by its
 * simple class name, an event as it is stored. Clocks of nodes differ, so that a moment travels as the time that is
 * left. The aggregate must be registered on both nodes.
 */
public final class MessageSerializer extends SerializerWithStringManifest {

    private static final String EXECUTE = "execute-1";
    private static final String REPLY = "reply-1";

    private static final CBORMapper CBOR = DomainJson.configure(CBORMapper.builder()).build();

    private static final String FRAME = "pekko.remote.artery.advanced.maximum-frame-size";

    /** What Pekko writes before a message, such as the paths of sender and recipient, is less than that. */
    private static final int FRAME_HEADER_BYTES = 4096;

    private final long maxMessageBytes;
    private final ActorRefResolver refs;
    private final AggregateRegistry registry;

    /** Called by Pekko. */
    public MessageSerializer(ExtendedActorSystem system) {
        refs = ActorRefResolver.get(Adapter.toTyped(system));
        registry = AggregateRegistry.get(system);
        Config config = system.settings().config();
        maxMessageBytes = config.hasPath(FRAME) ? config.getBytes(FRAME) - FRAME_HEADER_BYTES : Long.MAX_VALUE;
    }

    @SuppressWarnings("ArrayRecordComponent") // lives between two lines
    private record ExecuteOnWire(String aggregate, String id, String commandName, byte[] command,
            @Nullable String commandId,
            @Nullable String fingerprint, ExpectedVersion expected, @Nullable String correlationId,
            @Nullable String causationId,
            Map<String, String> headers, @Nullable Instant issuedAt, long expiresInMillis, String replyTo) {}

    private record ReplyOnWire(String aggregate, Outcome outcome) {}

    private sealed interface Outcome {
        record Accepted(List<EncodedEvent> events, long sequenceNr, ConsistencyToken token,
                long deletedEvents) implements Outcome {}

        record Refused(String code, String message, Map<String, String> details) implements Outcome {}

        record Failed(CommandError error) implements Outcome {}
    }

    @Override
    public int identifier() {
        return 46_003;
    }

    @Override
    public String manifest(Object message) {
        return switch (message) {
            case Execute execute -> EXECUTE;
            case Reply reply -> REPLY;
            default -> throw new CodecException("not a message between nodes: " + message.getClass().getName(), null);
        };
    }

    /**
     * Pekko drops a message that cannot be written. So whoever waits for it is told here: the sender of a command, or
     * the one who waits for a reply.
     */
    @Override
    public byte[] toBinary(Object message) {
        return switch (message) {
            case Execute execute -> {
                try {
                    yield sendable(write(onWire(execute)));
                } catch (Throwable failed) {
                    CodecException unwritable = unwritable(failed);
                    execute.fail(new CommandError.Unwritable("the command cannot be sent to the node that hosts its"
                            + " instance: " + Failures.message(unwritable)));
                    throw unwritable;
                }
            }
            case Reply reply -> {
                try {
                    yield sendable(write(onWire(reply)));
                } catch (Throwable failed) {
                    yield write(onWire(new Reply(reply.aggregate(),
                            new CommandResult.Failed<>(unsendable(reply.result(), unwritable(failed))))));
                }
            }
            default -> throw new CodecException("not a message between nodes: " + message.getClass().getName(), null);
        };
    }

    /** Whatever a component's code has thrown: the JVM's own errors would end the process where Pekko sees them. */
    private static CodecException unwritable(Throwable failed) {
        return failed instanceof CodecException codec
                ? codec
                : new CodecException("it cannot be written: " + Failures.description(failed), failed);
    }

    private static CommandError unsendable(CommandResult<?> result, CodecException why) {
        String message = "the result of the command cannot be sent to this node: " + Failures.message(why);
        return switch (result) {
            case CommandResult.Accepted<?> accepted -> CommandError.NoAnswer.executed(message);
            case CommandResult.Refused<?> refused ->
                new CommandError.NoAnswer(message, CommandError.Execution.NOT_EXECUTED, false);
            case CommandResult.Failed<?> failed ->
                new CommandError.NoAnswer(message, failed.error().execution(), failed.error().retryable());
        };
    }

    private byte[] sendable(byte[] message) {
        if (message.length > maxMessageBytes) {
            throw new CodecException("it has " + message.length + " bytes, and at most " + maxMessageBytes
                    + " fit between nodes; raise pekko.remote.artery.advanced.maximum-frame-size on every member",
                    null);
        }
        return message;
    }

    private static byte[] write(Object onWire) {
        try {
            return CBOR.writeValueAsBytes(onWire);
        } catch (JsonProcessingException failed) {
            throw DomainJson.notWritten("it", failed);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        try {
            return switch (manifest) {
                case EXECUTE -> execute(CBOR.readValue(bytes, ExecuteOnWire.class));
                case REPLY -> {
                    ReplyOnWire reply = CBOR.readValue(bytes, ReplyOnWire.class);
                    yield new Reply(reply.aggregate, result(reply.aggregate, reply.outcome));
                }
                default -> throw new CodecException(
                        "unknown message '" + manifest + "'; the other node runs a later version", null);
            };
        } catch (IOException failed) {
            throw new CodecException("message '" + manifest + "' cannot be read: " + Failures.message(failed), failed);
        }
    }

    private ExecuteOnWire onWire(Execute execute) {
        boolean voiding = execute.command() == VoidCommand.INSTANCE;
        return new ExecuteOnWire(execute.aggregate(), execute.id(),
                voiding ? VoidCommand.WIRE_NAME : execute.command().getClass().getSimpleName(),
                voiding ? new byte[0] : write(execute.command()), execute.commandId(),
                execute.fingerprint(),
                execute.expected(), execute.correlationId(), execute.causationId(), execute.headers(),
                execute.issuedAt(),
                execute.expiresAt() - registry.clockOf(execute.aggregate()).millis(),
                refs.toSerializationFormat(execute.replyTo()));
    }

    private Execute execute(ExecuteOnWire wire) throws IOException {
        return new Execute(wire.aggregate, wire.id, readable(wire), wire.commandId, wire.fingerprint, wire.expected,
                wire.correlationId, wire.causationId,
                wire.headers, wire.issuedAt, later(registry.clockOf(wire.aggregate).millis(), wire.expiresInMillis),
                refs.resolveActorRef(wire.replyTo));
    }

    /** Pekko drops a message that cannot be read. So whoever waits for the command's result is told here. */
    private Command readable(ExecuteOnWire wire) {
        try {
            return command(wire);
        } catch (Throwable failed) { // of a class that is missing or another here, or by code of it
            String message = "the command cannot be read by the node that hosts its instance: "
                    + Failures.message(failed);
            refs.<Reply>resolveActorRef(wire.replyTo)
                    .tell(new Reply(wire.aggregate,
                            new CommandResult.Failed<>(CommandError.NoAnswer.notExecuted(message))));
            throw new CodecException(message, failed);
        }
    }

    private Command command(ExecuteOnWire wire) throws IOException {
        if (wire.commandName.equals(VoidCommand.WIRE_NAME)) {
            return VoidCommand.INSTANCE;
        }
        Class<?> commandClass = aggregate(wire.aggregate).commands().get(wire.commandName);
        if (commandClass == null) {
            throw new CodecException(
                    "aggregate '" + wire.aggregate + "' has no command " + wire.commandName + " on this node", null);
        }
        return (Command) CBOR.readValue(wire.command, commandClass);
    }

    /** The last moment of all where the sum is beyond it: so expires what never does. */
    private static long later(long nowMillis, long millis) {
        return millis > Long.MAX_VALUE - nowMillis ? Long.MAX_VALUE : nowMillis + millis;
    }

    private ReplyOnWire onWire(Reply reply) {
        return new ReplyOnWire(reply.aggregate(), onWire(reply.aggregate(), reply.result()));
    }

    private Outcome onWire(String aggregate, CommandResult<?> result) {
        return switch (result) {
            case CommandResult.Accepted<?> accepted -> new Outcome.Accepted(
                    encoded(aggregate(aggregate), accepted.events()), accepted.sequenceNr(), accepted.token(),
                    accepted.deletedEvents());
            case CommandResult.Refused<?> refused ->
                new Outcome.Refused(refused.code(), refused.message(), refused.details());
            case CommandResult.Failed<?> failed -> new Outcome.Failed(failed.error());
        };
    }

    private static <E extends Event> List<EncodedEvent> encoded(RegisteredAggregate<?, E, ?> aggregate,
            List<? extends Event> events) {
        return events.stream()
                .map(event -> aggregate.events().encode(aggregate.type().eventClass().cast(event)))
                .toList();
    }

    private CommandResult<?> result(String aggregate, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted accepted -> accepted(aggregate, accepted);
            case Outcome.Refused(var code, var message, var details) ->
                new CommandResult.Refused<>(code, message, details);
            case Outcome.Failed(var error) -> new CommandResult.Failed<>(error);
        };
    }

    /** Where the events cannot be read here, who waits is told so. */
    private CommandResult<?> accepted(String aggregate, Outcome.Accepted accepted) {
        try {
            return new CommandResult.Accepted<>(decoded(aggregate(aggregate), accepted.events), accepted.sequenceNr,
                    accepted.token, accepted.deletedEvents);
        } catch (Throwable unreadable) { // of classes, or by code of theirs
            return new CommandResult.Failed<>(CommandError.NoAnswer.executed("the command was accepted as version "
                    + accepted.sequenceNr + ", and its events cannot be read here: " + Failures.message(unreadable)));
        }
    }

    private static <E extends Event> List<E> decoded(RegisteredAggregate<?, E, ?> aggregate,
            List<EncodedEvent> events) {
        return events.stream().flatMap(event -> aggregate.events().decode(event).stream()).toList();
    }

    private RegisteredAggregate<?, ?, ?> aggregate(String name) {
        RegisteredAggregate<?, ?, ?> aggregate = registry.find(name);
        if (aggregate == null) {
            throw new CodecException("aggregate '" + name
                    + "' is not registered on this node; register the same aggregates on every member", null);
        }
        return aggregate;
    }
}
