package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Command;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.store.ExpectedVersion;
import java.time.Instant;
import java.util.Map;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** The protocol of an aggregate instance and of its hosts. */
public sealed interface AggregateMessage {

    /**
     * Decide a command.
     *
     * @param aggregate the aggregate's name
     * @param id the instance
     * @param command the command; {@link VoidCommand} asks that the id be void
     * @param commandId the caller's id; null for none
     * @param fingerprint identifies the command's contents; null where the aggregate does not remember the command
     * @param expected the version that the instance must have
     * @param correlationId what the command belongs to
     * @param causationId the message that led to it
     * @param headers free metadata
     * @param issuedAt when its caller first issued it; null where that is not known
     * @param expiresAt the moment, in milliseconds of AllFrame's clock, after which the caller waits no longer and the
     *        command is neither decided nor answered; {@link Long#MAX_VALUE} for never
     * @param replyTo gets exactly one {@link Reply}, unless the command has expired
     */
    record Execute(String aggregate, String id, Command command, @Nullable String commandId,
            @Nullable String fingerprint, ExpectedVersion expected,
            @Nullable String correlationId, @Nullable String causationId, Map<String, String> headers,
            @Nullable Instant issuedAt, long expiresAt,
            ActorRef<Reply> replyTo) implements AggregateMessage, RemoteMessage {

        /** Whether an instance recognises the command when it is repeated, and does not execute it a second time. */
        public boolean isRecognised() {
            return commandId != null && (fingerprint != null || command == VoidCommand.INSTANCE);
        }

        /** Answers with an error. */
        public void fail(CommandError error) {
            replyTo.tell(new Reply(aggregate, new CommandResult.Failed<>(error)));
        }
    }

    /** Stop when everything before is done; sent by the host of an instance, on its own node. */
    enum Stop implements AggregateMessage, NoSerializationVerificationNeeded {
        INSTANCE
    }

    /**
     * An instance is told, by itself alone: the versions of the events that it is about to store are recorded.
     *
     * @param failure why they are not; null where they are
     */
    record VersionsRecorded(@Nullable Throwable failure)
            implements
                AggregateMessage,
                NoSerializationVerificationNeeded {}

    /**
     * The answer to {@link Execute}.
     *
     * @param aggregate the aggregate's name, by which the events in the result are read
     * @param result what became of the command
     */
    record Reply(String aggregate, CommandResult<?> result) implements RemoteMessage {}
}
