package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Refusal;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.runtime.aggregate.AggregateMessage.Reply;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.EventAdapter;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.Recovery;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate instance: dedupe, check the version, decide, store, reply. Behind its {@link InstanceGate} every
 * command gets exactly one reply, unless it has expired.
 *
 * <p>Everything of the user's that can throw runs before anything is sent to the journal: decide, evolve and encoding.
 * What throws there is the command's own failure and changes nothing. What is stored and cannot be read makes every
 * command fail with a typed error; the actor stays, and executes nothing. While records are being stored, Pekko keeps
 * further commands waiting, so that no two commands are decided on the same state. A failed store is reported to the
 * waiting caller; the actor then starts again after a pause and reads what was really stored.
 */
public final class AggregateActor<C extends Command, E extends Event, S>
        extends
            EventSourcedBehaviorWithEnforcedReplies<AggregateMessage, Recorded<S>, AggregateState<S>> {

    private final RegisteredAggregate<C, E, S> aggregate;
    private final StreamId stream;
    private final Hosting hosting;
    private final InstanceGate gate;
    private final Snapshots<S> snapshots;
    private final NewRecords<E, S> newRecords;
    private final RecordVersions versions;
    private final Outcomes<E> outcomes;
    private final ToldStates<S> told;
    private final ActorContext<AggregateMessage> context;

    /** What the aggregate threw when it was asked for its initial state; null where it gave one. */
    private @Nullable Throwable notBegun;

    /** The command whose records are being stored. */
    private @Nullable Execute storing;

    /** The command that waits until the versions of its events are recorded. */
    private @Nullable Execute recording;

    private AggregateActor(RegisteredAggregate<C, E, S> aggregate, StreamId stream, Hosting hosting,
            InstanceGate gate, SnapshotUse snapshotUse, ToldStates<S> told, ActorContext<AggregateMessage> context) {
        super(PersistenceId.ofUniqueId(stream.value()), SupervisorStrategy
                .restartWithBackoff(hosting.settings().backoffMin(), hosting.settings().backoffMax(),
                        hosting.settings().backoffRandomFactor())
                .withStashCapacity(stashCapacity(hosting)));
        this.aggregate = aggregate;
        this.stream = stream;
        this.hosting = hosting;
        this.gate = gate;
        this.told = told;
        this.context = context;
        snapshots = new Snapshots<>(aggregate, hosting, snapshotUse);
        newRecords = new NewRecords<>(aggregate, hosting.clock());
        versions = new RecordVersions(aggregate.type().name(), hosting.versions());
        outcomes = new Outcomes<>(aggregate, stream, hosting);
    }

    /** Room for everything that the gate lets in, and for being told to stop, perhaps twice. */
    private static int stashCapacity(Hosting hosting) {
        return hosting.settings().maxInFlight() + 2;
    }

    /** The behavior of one instance, for a host of a user's own. */
    public static <C extends Command, E extends Event, S> Behavior<AggregateMessage> create(
            RegisteredAggregate<C, E, S> aggregate, String id, Hosting hosting) {
        return Behaviors.setup(context -> create(aggregate, id, hosting, Home.unknown(context.getSelf())));
    }

    /** The behavior of one instance, for a host of ours. */
    static <C extends Command, E extends Event, S> Behavior<AggregateMessage> create(
            RegisteredAggregate<C, E, S> aggregate, String id, Hosting hosting, Home home) {
        StreamId stream = StreamId.of(aggregate.type().name(), id);
        return InstanceGate.before(gate -> {
            SnapshotUse snapshotUse = new SnapshotUse();
            return () -> Behaviors.setup(context -> new AggregateActor<>(aggregate, stream, hosting, gate, snapshotUse,
                    new ToldStates<>(aggregate.listener(), stream, id, home, context), context));
        }, hosting.settings().maxInFlight(), home);
    }

    @Override
    public AggregateState<S> emptyState() {
        return new AggregateState<>(initialState(),
                CommandWindow.of(aggregate.type(), List.of(), CommandWindow.NOTHING));
    }

    /** Pekko asks for it where a failure would be the actor's end; an instance that has none executes nothing. */
    private S initialState() {
        try {
            notBegun = null;
            return aggregate.type().aggregate().initialState();
        } catch (Throwable defect) {
            notBegun = defect;
            return nothing();
        }
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // nobody looks at the state then
    private static <T> T nothing() {
        return null;
    }

    @Override
    public CommandHandlerWithReply<AggregateMessage, Recorded<S>, AggregateState<S>> commandHandler() {
        return (state, message) -> switch (message) {
            case AggregateMessage.VersionsRecorded(var failure) -> onVersionsRecorded(state, failure);
            case AggregateMessage other when recording != null -> keptBack(other);
            case Execute execute -> onExecute(state, execute);
            case AggregateMessage.Stop stop -> gate.mayStop() ? Effect().stop().thenNoReply() : Effect().noReply();
        };
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> onExecute(AggregateState<S> state, Execute execute) {
        if (!gate.take(execute)) {
            return Effect().noReply(); // it has its reply, or gets it from the behavior that begins
        }
        return execute(state, execute);
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> execute(AggregateState<S> state, Execute execute) {
        try {
            return onTaken(state, execute);
        } catch (Throwable defect) {
            return failedByUser(execute, defect);
        }
    }

    /**
     * Whatever users' code throws is the failure of its command: nothing was sent to the journal, and the state is the
     * one of before. That is so for the JVM's own errors too. A command for which there is not memory enough would
     * otherwise end the process, and be repeated on the next one.
     */
    private ReplyEffect<Recorded<S>, AggregateState<S>> failedByUser(Execute execute, Throwable defect) {
        storing = null;
        recording = null;
        Defects.log(context.getLog(), "aggregate " + stream + " failed on " + execute.command().getClass().getName(),
                defect);
        return fail(execute, Defects.errorOf(stream, defect));
    }

    /** What came meanwhile was kept back, so that the state is the one on which the command was decided first. */
    private ReplyEffect<Recorded<S>, AggregateState<S>> onVersionsRecorded(AggregateState<S> state,
            @Nullable Throwable failure) {
        Execute execute = recording;
        recording = null;
        if (execute == null) {
            return Effect().noReply();
        }
        ReplyEffect<Recorded<S>, AggregateState<S>> effect = failure == null
                ? execute(state, execute)
                : fail(execute, CommandError.StorageUnavailable.notExecuted(
                        "the versions of its events could not be recorded: " + Failures.description(failure)));
        if (recording == null) {
            gate.release();
        }
        return effect;
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> keptBack(AggregateMessage message) {
        gate.keepBack(message);
        return Effect().noReply();
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> onTaken(AggregateState<S> state, Execute execute) {
        if (hosting.clock().millis() > execute.expiresAt()) {
            return Effect().noReply(); // its caller has waited long enough, and has been told so
        }
        if (notBegun != null) {
            return failedByUser(execute, notBegun);
        }
        String unreadable = unreadable(state);
        if (unreadable != null) {
            return fail(execute, new CommandError.Unreadable("stream=" + stream + ": " + unreadable,
                    CommandError.Execution.NOT_EXECUTED));
        }
        String refused = hosting.refusal();
        if (refused != null) {
            return fail(execute, CommandError.StorageUnavailable.notExecuted(refused));
        }
        String commandId = execute.commandId();
        if (commandId != null) {
            long now = hosting.clock().millis();
            CommandRecord remembered = state.window().find(commandId, now);
            if (remembered != null) {
                var unused = outcomes.repeated(execute, remembered)
                        .thenAccept(result -> execute.replyTo().tell(new Reply(execute.aggregate(), result)));
                return Effect().noReply();
            }
            Instant issuedAt = execute.issuedAt();
            if (issuedAt != null && issuedAt.toEpochMilli() <= state.window().begins(now)) {
                return fail(execute, new CommandError.WindowExpired(commandId, issuedAt,
                        Instant.ofEpochMilli(state.window().begins(now))));
            }
        }
        long version = lastSequenceNumber(context);
        if (execute.command() == VoidCommand.INSTANCE) {
            return remember(execute, new CommandRecord.Voided(), state.state(), version,
                    new CommandResult.Failed<>(new CommandError.Voided(Objects.requireNonNull(commandId))));
        }
        if (!execute.expected().accepts(version)) {
            return fail(execute, new CommandError.VersionConflict(stream, execute.expected().toString(), version));
        }
        C command = aggregate.type().commandClass().cast(execute.command());
        return switch (aggregate.type().aggregate().decide(state.state(), command)) {
            case Decision.Persist<E>(List<E> events) -> {
                List<Recorded<S>> records = newRecords.ofEvents(execute, events, state.state(), version);
                String unread = versions.refusal(records);
                String early = unread != null ? unread : aggregate.refusal(events);
                if (early != null) {
                    yield fail(execute, new CommandError.NotYetReadable(early));
                }
                CompletionStage<Void> unrecorded = versions.record(records);
                yield unrecorded == null
                        ? store(execute, outcomes.accepted(events, version + events.size()), records)
                        : afterRecording(execute, unrecorded);
            }
            case Decision.Refuse<E>(Refusal refusal) -> withoutEvent(execute, new CommandRecord.Refused(refusal),
                    state.state(), version,
                    new CommandResult.Refused<>(refusal.code(), refusal.message(), refusal.details()));
            case Decision.NoChange<E>() -> withoutEvent(execute, new CommandRecord.Unchanged(), state.state(),
                    version, outcomes.accepted(List.of(), version));
        };
    }

    /** Why what is stored does not make the state; null where it does. */
    private @Nullable String unreadable(AggregateState<S> state) {
        return snapshots.incomplete() != null ? snapshots.incomplete() : state.unreadable();
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> withoutEvent(Execute execute, CommandRecord.Outcome outcome,
            S state, long version, CommandResult<E> result) {
        return aggregate.type().remembersRefusals() && execute.fingerprint() != null
                ? remember(execute, outcome, state, version, result)
                : reply(execute, result);
    }

    /**
     * Stores a record that holds nothing but the memory of a command. A repeat of what has changed nothing names the
     * version with that record.
     */
    private ReplyEffect<Recorded<S>, AggregateState<S>> remember(Execute execute, CommandRecord.Outcome outcome,
            S state, long version, CommandResult<E> result) {
        CommandResult<E> stored = outcome instanceof CommandRecord.Unchanged
                ? outcomes.accepted(List.of(), version + 1)
                : result;
        return store(execute, stored, List.of(newRecords.ofMemory(execute, outcome, state, version)));
    }

    /** Decides the command again when the versions of its events are recorded; other messages are kept back. */
    private ReplyEffect<Recorded<S>, AggregateState<S>> afterRecording(Execute execute,
            CompletionStage<Void> unrecorded) {
        recording = execute;
        context.pipeToSelf(unrecorded, (done, failure) -> new AggregateMessage.VersionsRecorded(failure));
        return Effect().noReply();
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> store(Execute execute, CommandResult<E> stored,
            List<Recorded<S>> records) {
        snapshots.mustBeWritable(records, lastSequenceNumber(context));
        storing = execute;
        return (records.size() == 1 ? Effect().persist(records.getFirst()) : Effect().persist(records))
                .thenReply(execute.replyTo(), state -> {
                    storing = null;
                    hosting.storage().watch().wrote();
                    versions.stored(records);
                    told.tell(state.state(), lastSequenceNumber(context), false);
                    return new Reply(execute.aggregate(), stored);
                });
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> reply(Execute execute, CommandResult<E> result) {
        return Effect().reply(execute.replyTo(), new Reply(execute.aggregate(), result));
    }

    private ReplyEffect<Recorded<S>, AggregateState<S>> fail(Execute execute, CommandError error) {
        return reply(execute, new CommandResult.Failed<>(error));
    }

    @Override
    public EventHandler<AggregateState<S>, Recorded<S>> eventHandler() {
        return (state, recorded) -> state.after(recorded, aggregate);
    }

    @Override
    public SignalHandler<AggregateState<S>> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(JournalPersistFailed.class, (state, signal) -> notStored(signal.getFailure()))
                .onSignal(RecoveryFailed.class, (state, signal) -> notRecovered(signal.getFailure()))
                .onSignal(RecoveryCompleted.instance(), this::recovered)
                .onSignal(PostStop.instance(), state -> stopped())
                .build();
    }

    private void recovered(AggregateState<S> state) {
        switch (snapshots.recovered(state, lastSequenceNumber(context))) {
            case BEGIN_AGAIN -> {
                if (state.outdated()) {
                    context.getLog()
                            .info("aggregate {} is rebuilt from its events: {}", stream, state.unreadable());
                }
                gate.beginAgain();
            }
            case GO_ON -> {
                hosting.storage().watch().read();
                gate.recovered();
                if (notBegun == null && unreadable(state) == null) {
                    told.tell(state.state(), lastSequenceNumber(context), true);
                }
            }
        }
    }

    private void notStored(Throwable failure) {
        if (storing != null) {
            CommandError error = WriteFailures.of(stream, failure, storing, hosting.storage().backend() != null);
            if (error instanceof CommandError.StorageUnavailable) {
                hosting.storage().watch().didNotWrite(now(), error.message());
            }
            storing.fail(error);
            storing = null;
        }
    }

    /** Where it may succeed another time, the actor starts again after a pause; callers need not wait for it. */
    private void notRecovered(Throwable failure) {
        snapshots.notRecovered();
        String reason = "stream=" + stream + " cannot be recovered: " + Failures.description(failure);
        if (Defects.isUnreadable(failure)) {
            gate.recoveryFailed(new CommandError.Unreadable(reason, CommandError.Execution.NOT_EXECUTED),
                    context.getSelf());
        } else {
            hosting.storage().watch().didNotRead(now(), reason);
            gate.recoveryFailed(CommandError.StorageUnavailable.notExecuted(reason), context.getSelf());
        }
    }

    /** When the storage has failed, which is known whatever a clock of the user's throws. */
    private Instant now() {
        try {
            return hosting.clock().instant();
        } catch (Throwable defect) {
            context.getLog().error("the clock failed", defect);
            return Instant.now();
        }
    }

    private void stopped() {
        if (recording != null) {
            recording.fail(CommandError.NoAnswer.notExecuted("the instance was stopped before it came to the command"));
            recording = null;
        }
        if (storing != null) {
            storing.fail(CommandError.NoAnswer.unknown("the instance was stopped while the command was being stored",
                    storing.isRecognised()));
            storing = null;
        }
    }

    @Override
    public Set<String> tagsFor(Recorded<S> recorded) {
        return recorded.envelope().tags();
    }

    @Override
    public EventAdapter<Recorded<S>, ?> eventAdapter() {
        return new RecordAdapter<>(snapshots::replayed);
    }

    @Override
    public SnapshotAdapter<AggregateState<S>> snapshotAdapter() {
        return new SnapshotStates<>(aggregate, this::emptyState);
    }

    @Override
    public Recovery recovery() {
        return snapshots.recovery(super.recovery());
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return snapshots.retention();
    }

    @Override
    public boolean shouldSnapshot(AggregateState<S> state, Recorded<S> recorded, long sequenceNr) {
        return snapshots.takeDue();
    }

    @Override
    public String journalPluginId() {
        return hosting.storage().journal();
    }

    @Override
    public String snapshotPluginId() {
        return hosting.storage().hasSnapshots() ? hosting.storage().snapshot() : "pekko.persistence.no-snapshot-store";
    }

    @Override
    public Optional<Integer> stashCapacity() {
        return Optional.of(stashCapacity(hosting));
    }
}
