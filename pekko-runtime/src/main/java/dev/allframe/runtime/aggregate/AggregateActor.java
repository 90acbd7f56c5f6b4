package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Refusal;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.OutdatedStateException;
import dev.allframe.codec.StateCodec;
import dev.allframe.codec.UnwritableException;
import dev.allframe.codec.jackson.JacksonStateCodec;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.runtime.aggregate.AggregateMessage.Reply;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.EventAdapter;
import org.apache.pekko.persistence.typed.EventSeq;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.SnapshotSelectionCriteria;
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

    private static final byte[] NO_EVENT = {'{', '}'};

    private final RegisteredAggregate<C, E, S> aggregate;
    private final StreamId stream;
    private final Hosting hosting;
    private final InstanceGate gate;
    private final SnapshotUse snapshot;
    private final ActorContext<AggregateMessage> context;

    /** Why this behavior does not use the snapshot; null where it does. */
    private final @Nullable String discarded;

    /** Records that were read in the recovery under way. */
    private long replayed;

    /** Why the events alone do not make the state; null where they do, or need not. */
    private @Nullable String incomplete;

    /** What the aggregate threw when it was asked for its initial state; null where it gave one. */
    private @Nullable Throwable notBegun;

    /** The command whose records are being stored. */
    private @Nullable Execute storing;

    /** The command that waits until the versions of its events are recorded. */
    private @Nullable Execute recording;

    private AggregateActor(RegisteredAggregate<C, E, S> aggregate, StreamId stream, Hosting hosting,
            InstanceGate gate, SnapshotUse snapshot, ActorContext<AggregateMessage> context) {
        super(PersistenceId.ofUniqueId(stream.value()), SupervisorStrategy
                .restartWithBackoff(hosting.settings().backoffMin(), hosting.settings().backoffMax(),
                        hosting.settings().backoffRandomFactor())
                .withStashCapacity(stashCapacity(hosting)));
        this.aggregate = aggregate;
        this.stream = stream;
        this.hosting = hosting;
        this.gate = gate;
        this.snapshot = snapshot;
        this.context = context;
        discarded = snapshot.discarded();
    }

    /** Room for everything that the gate lets in, and for being told to stop, perhaps twice. */
    private static int stashCapacity(Hosting hosting) {
        return hosting.settings().maxInFlight() + 2;
    }

    /** The behavior of one instance, for a host of ours or of a user's own. */
    public static <C extends Command, E extends Event, S> Behavior<AggregateMessage> create(
            RegisteredAggregate<C, E, S> aggregate, String id,
            Hosting hosting) {
        StreamId stream = StreamId.of(aggregate.type().name(), id);
        return InstanceGate.before(gate -> {
            SnapshotUse snapshot = new SnapshotUse();
            return () -> Behaviors.setup(
                    context -> new AggregateActor<>(aggregate, stream, hosting, gate, snapshot, context));
        }, hosting.settings().maxInFlight());
    }

    @Override
    public AggregateState<S> emptyState() {
        return new AggregateState<>(initialState(), window(List.of(), CommandWindow.NOTHING));
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

    private CommandWindow window(List<RememberedCommand> commands, long forgottenUntil) {
        return new CommandWindow(aggregate.type().rememberedCommands(), aggregate.type().rememberedTime(), commands,
                forgottenUntil);
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
        for (Throwable cause : Failures.chain(defect)) {
            if (cause instanceof UnwritableException) {
                return fail(execute, new CommandError.Unwritable("stream=" + stream + ": " + Failures.message(cause)));
            }
        }
        String description = Failures.description(defect);
        try {
            context.getLog().error("aggregate {} failed on {}", stream, execute.command().getClass().getName(), defect);
        } catch (Throwable unprintable) { // as its message may be made by a user's code
            context.getLog()
                    .error("aggregate {} failed on {}: {}", stream, execute.command().getClass().getName(),
                            description);
        }
        return fail(execute, new CommandError.HandlerFailed(description));
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
        String unreadable = incomplete != null ? incomplete : state.unreadable();
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
                return onRepeat(execute, remembered);
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
                List<Recorded<S>> records = records(execute, events, state.state(), version);
                String early = refusal(records);
                if (early != null) {
                    yield fail(execute, new CommandError.NotYetReadable(early));
                }
                CompletionStage<Void> unrecorded = hosting.versions()
                        .record(aggregate.type().name(), versions(records));
                yield unrecorded == null
                        ? store(execute, accepted(events, version + events.size()), records)
                        : afterRecording(execute, unrecorded);
            }
            case Decision.Refuse<E>(Refusal refusal) -> withoutEvent(execute, new CommandRecord.Refused(refusal),
                    state.state(), version,
                    new CommandResult.Refused<>(refusal.code(), refusal.message(), refusal.details()));
            case Decision.NoChange<E>() -> withoutEvent(execute, new CommandRecord.Unchanged(), state.state(),
                    version, accepted(List.of(), version));
        };
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
        long record = version + 1;
        CommandRecord command = new CommandRecord(Objects.requireNonNull(execute.commandId()),
                Objects.requireNonNullElse(execute.fingerprint(), ""), outcome, record, record);
        Envelope envelope = Envelope.of(Envelope.COMMAND_ONLY, 1, Payload.json(NO_EVENT), Set.of(),
                metadata(execute), command);
        CommandResult<E> stored = outcome instanceof CommandRecord.Unchanged ? accepted(List.of(), record) : result;
        return store(execute, stored, List.of(new Recorded<>(envelope, state)));
    }

    private EventMetadata metadata(Execute execute) {
        return new EventMetadata(hosting.clock().instant(), execute.commandId(), execute.correlationId(),
                execute.causationId(), execute.headers());
    }

    private List<Recorded<S>> records(Execute execute, List<E> events, S state, long version) {
        EventMetadata metadata = metadata(execute);
        CommandRecord command = execute.commandId() == null || execute.fingerprint() == null
                ? null
                : new CommandRecord(execute.commandId(), execute.fingerprint(), new CommandRecord.Accepted(),
                        version + 1, version + events.size());
        List<Recorded<S>> records = new ArrayList<>(events.size());
        S evolved = state;
        for (E event : events) {
            evolved = aggregate.type().aggregate().evolve(evolved, event);
            EncodedEvent encoded = aggregate.events().encode(event);
            Set<String> tags = aggregate.type().aggregate().tags(event);
            Envelope envelope = Envelope.of(encoded.type(), encoded.version(), Payload.json(encoded.bytes()), tags,
                    metadata, command);
            records.add(new Recorded<>(envelope, evolved));
            command = null;
        }
        return records;
    }

    /** Why one of the records must not be stored while other members have other code; null where all may. */
    private @Nullable String refusal(List<Recorded<S>> records) {
        for (Recorded<S> record : records) {
            String refusal = hosting.versions()
                    .refusal(aggregate.type().name(), record.envelope().eventType(), record.envelope().eventVersion());
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static <S> Set<StoredVersion> versions(List<Recorded<S>> records) {
        Set<StoredVersion> versions = new LinkedHashSet<>();
        records.forEach(record -> versions
                .add(new StoredVersion(record.envelope().eventType(), record.envelope().eventVersion())));
        return versions;
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
        mustBeWritable(records);
        storing = execute;
        return (records.size() == 1 ? Effect().persist(records.getFirst()) : Effect().persist(records))
                .thenReply(execute.replyTo(), state -> {
                    storing = null;
                    hosting.storage().watch().wrote();
                    records.forEach(record -> hosting.versions()
                            .stored(aggregate.type().name(), record.envelope().eventType(),
                                    record.envelope().eventVersion()));
                    return new Reply(execute.aggregate(), stored);
                });
    }

    /**
     * A state that a snapshot with these records could not take is refused before they are stored.
     *
     * @throws CodecException if it cannot be written
     */
    private void mustBeWritable(List<Recorded<S>> records) {
        StateCodec<S> codec = aggregate.states();
        long version = lastSequenceNumber(context);
        long every = aggregate.type().snapshotEvery();
        if (codec != null && takesSnapshots()
                && (snapshot.isDue() || version / every != (version + records.size()) / every)) {
            codec.encode(Objects.requireNonNull(records.getLast().evolved()));
        }
    }

    /** The first outcome again: the events come from the store, so that remembering a command costs few bytes. */
    private ReplyEffect<Recorded<S>, AggregateState<S>> onRepeat(Execute execute, CommandRecord first) {
        if (first.outcome() instanceof CommandRecord.Voided) {
            return fail(execute, new CommandError.Voided(first.commandId()));
        }
        if (execute.command() != VoidCommand.INSTANCE && !first.fingerprint().equals(execute.fingerprint())) {
            return fail(execute, new CommandError.IdempotencyConflict(first.commandId()));
        }
        return switch (first.outcome()) {
            case CommandRecord.Refused(Refusal(var code, var message, var details)) ->
                reply(execute, new CommandResult.Refused<>(code, message, details));
            case CommandRecord.Unchanged() -> reply(execute, accepted(List.of(), first.lastSequenceNr()));
            case CommandRecord.Voided() -> throw new IllegalStateException("answered above");
            case CommandRecord.Accepted() -> {
                ActorRef<Reply> replyTo = execute.replyTo();
                hosting.history()
                        .read(stream, first.firstSequenceNr(), first.lastSequenceNr())
                        .thenApply(records -> firstOutcome(first, records))
                        .exceptionally(failed -> new CommandResult.Failed<>(notReadAgain(first, failed)))
                        .thenAccept(result -> replyTo.tell(new Reply(execute.aggregate(), result)));
                yield Effect().noReply();
            }
        };
    }

    private CommandResult<E> firstOutcome(CommandRecord first, List<Envelope> records) {
        List<E> events = records.stream().flatMap(record -> aggregate.eventsOf(record).stream()).toList();
        long deleted = first.lastSequenceNr() - first.firstSequenceNr() + 1 - records.size();
        return new CommandResult.Accepted<>(events, first.lastSequenceNr(), token(first.lastSequenceNr()), deleted);
    }

    private CommandError notReadAgain(CommandRecord first, Throwable failure) {
        String reason = "the first outcome of command id '" + first.commandId() + "' cannot be read: "
                + Failures.message(failure);
        return Defects.isUnreadable(failure)
                ? new CommandError.Unreadable("stream=" + stream + ": " + reason, CommandError.Execution.EXECUTED)
                : CommandError.StorageUnavailable.executed(reason);
    }

    private CommandResult<E> accepted(List<E> events, long sequenceNr) {
        return new CommandResult.Accepted<>(events, sequenceNr, token(sequenceNr));
    }

    private ConsistencyToken token(long sequenceNr) {
        return new ConsistencyToken(hosting.storage().storeId(), stream, sequenceNr);
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

    /**
     * Where the snapshot was of another shape, a new behavior begins and makes the state from the events, if they are
     * all there.
     */
    private void recovered(AggregateState<S> state) {
        long records = replayed;
        replayed = 0;
        long version = Math.max(lastSequenceNumber(context), snapshot.version());
        if (state.outdated()) {
            String why = Objects.requireNonNull(state.unreadable());
            context.getLog().info("aggregate {} is rebuilt from its events: {}", stream, why);
            snapshot.discard(why, version);
            gate.beginAgain();
            return;
        }
        if (discarded != null) {
            if (records == version) {
                snapshot.rebuilt();
            } else if (snapshot.discarded() == null) {
                gate.beginAgain(); // with the snapshot that was taken since
                return;
            } else {
                incomplete = "the snapshot cannot be used, and its state not be rebuilt, because the first "
                        + (version - records) + " records were deleted: " + discarded;
            }
        }
        hosting.storage().watch().read();
        gate.recovered();
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
        replayed = 0;
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
        return new EventAdapter<Recorded<S>, Object>() {
            @Override
            public Object toJournal(Recorded<S> recorded) {
                return recorded.envelope();
            }

            @Override
            public String manifest(Recorded<S> recorded) {
                return "";
            }

            @Override
            public EventSeq<Recorded<S>> fromJournal(Object record, String manifest) {
                if (!(record instanceof Envelope envelope)) {
                    throw new CodecException(
                            "a record is a " + record.getClass().getName() + " and none of ours", null);
                }
                replayed++;
                return EventSeq.single(new Recorded<>(envelope, null));
            }
        };
    }

    @Override
    public SnapshotAdapter<AggregateState<S>> snapshotAdapter() {
        StateCodec<S> codec = aggregate.states();
        return new SnapshotAdapter<>() {
            @Override
            public Object toJournal(AggregateState<S> state) {
                StateCodec<S> states = Objects.requireNonNull(codec,
                        "only aggregates with a state codec save snapshots");
                EncodedState encoded = states.encode(state.state());
                return new StoredState(state.ignoring() ? encoded.onlyFor(aggregate.code()) : encoded,
                        state.window().oldestFirst(), state.window().forgottenUntil());
            }

            @Override
            public AggregateState<S> fromJournal(Object snapshot) {
                if (!(snapshot instanceof StoredState stored)) {
                    return emptyState().unreadable("the snapshot", new CodecException(
                            "it is a " + snapshot.getClass().getName() + " and none of ours", null));
                }
                try {
                    String code = stored.state().code();
                    boolean ignoring = code != null && code.equals(aggregate.code());
                    S state = snapshotCodec().decode(ignoring ? stored.state().forAll() : stored.state());
                    return new AggregateState<>(state, window(stored.commands(), stored.forgottenUntil()), ignoring);
                } catch (OutdatedStateException outdated) {
                    return emptyState().outdated(outdated);
                } catch (Throwable defect) {
                    return emptyState().unreadable("the snapshot '" + stored.state().type() + "' version "
                            + stored.state().version(), defect);
                }
            }
        };
    }

    /** How states are read: also where the aggregate takes no snapshots any more but has some. */
    private StateCodec<S> snapshotCodec() {
        StateCodec<S> codec = aggregate.states();
        return codec == null ? JacksonStateCodec.of(aggregate.type()) : codec;
    }

    @Override
    public Recovery recovery() {
        return discarded == null
                ? super.recovery()
                : Recovery.withSnapshotSelectionCriteria(SnapshotSelectionCriteria.none());
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return takesSnapshots()
                ? RetentionCriteria.snapshotEvery(aggregate.type().snapshotEvery(), hosting.settings().snapshotsKept())
                : RetentionCriteria.disabled();
    }

    private boolean takesSnapshots() {
        return aggregate.type().snapshotEvery() > 0 && hosting.storage().hasSnapshots();
    }

    @Override
    public boolean shouldSnapshot(AggregateState<S> state, Recorded<S> recorded, long sequenceNr) {
        return takesSnapshots() && snapshot.takeDue();
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
