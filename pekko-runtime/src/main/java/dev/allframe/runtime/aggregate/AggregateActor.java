package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Refusal;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.StateCodec;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.runtime.aggregate.AggregateMessage.Reply;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.EventAdapter;
import org.apache.pekko.persistence.typed.EventSeq;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.JournalPersistRejected;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate instance: dedupe, check the version, decide, store, reply.
 *
 * <p>Everything of the user's that can throw runs before anything is sent to the journal: decide, evolve and encoding. What throws there is the command's
 * own failure and changes nothing. While records are being stored, Pekko keeps further commands waiting, so that no two commands are decided on the same
 * state. A failed store is reported to the waiting caller; the actor then starts again after a pause and reads what was really stored.
 */
public final class AggregateActor<C extends Command, E extends Event, S>
        extends
            EventSourcedBehaviorWithEnforcedReplies<AggregateMessage, Recorded<E, S>, AggregateState<S>> {

    private final RegisteredAggregate<C, E, S> aggregate;
    private final StreamId stream;
    private final Hosting hosting;
    private final ActorContext<AggregateMessage> context;

    /** The command whose records are being stored. */
    private @Nullable Execute storing;

    private AggregateActor(RegisteredAggregate<C, E, S> aggregate, StreamId stream, Hosting hosting,
            ActorContext<AggregateMessage> context) {
        super(PersistenceId.ofUniqueId(stream.value()), SupervisorStrategy
                .restartWithBackoff(hosting.settings().backoffMin(), hosting.settings().backoffMax(),
                        hosting.settings().backoffRandomFactor())
                .withStashCapacity(hosting.settings().maxInFlight()));
        this.aggregate = aggregate;
        this.stream = stream;
        this.hosting = hosting;
        this.context = context;
    }

    /** The behavior of one instance, for a host of ours or of a user's own. */
    public static <C extends Command, E extends Event, S> Behavior<AggregateMessage> create(
            RegisteredAggregate<C, E, S> aggregate, String id,
            Hosting hosting) {
        StreamId stream = StreamId.of(aggregate.type().name(), id);
        return OneFailurePerWrite
                .of(Behaviors.setup(context -> new AggregateActor<>(aggregate, stream, hosting, context)));
    }

    @Override
    public AggregateState<S> emptyState() {
        return new AggregateState<>(aggregate.type().aggregate().initialState(), window(List.of()));
    }

    private CommandWindow window(List<CommandRecord> commands) {
        return new CommandWindow(aggregate.type().rememberedCommands(), commands);
    }

    @Override
    public CommandHandlerWithReply<AggregateMessage, Recorded<E, S>, AggregateState<S>> commandHandler() {
        return (state, message) -> switch (message) {
            case Execute execute -> onExecute(state, execute);
            case AggregateMessage.Stop stop -> Effect().stop().thenNoReply();
        };
    }

    private ReplyEffect<Recorded<E, S>, AggregateState<S>> onExecute(AggregateState<S> state, Execute execute) {
        String refused = hosting.guard().refusal();
        if (refused != null) {
            return fail(execute, new CommandError.StorageUnavailable(refused, true));
        }
        CommandRecord remembered = execute.commandId() == null ? null : state.window().find(execute.commandId());
        if (remembered != null) {
            return onRepeat(execute, remembered);
        }
        long version = lastSequenceNumber(context);
        if (!execute.expected().accepts(version)) {
            return fail(execute, new CommandError.VersionConflict(stream, execute.expected().toString(), version));
        }
        try {
            C command = aggregate.type().commandClass().cast(execute.command());
            return switch (aggregate.type().aggregate().decide(state.state(), command)) {
                case Decision.Persist<E>(List<E> events) ->
                    store(execute, events, records(execute, events, state.state(), version), version);
                case Decision.Refuse<E>(Refusal(var code, var message, var details)) ->
                    reply(execute, new CommandResult.Refused<>(code, message, details));
                case Decision.NoChange<E>() -> reply(execute, accepted(List.of(), version));
            };
        } catch (RuntimeException defect) {
            context.getLog().error("aggregate {} failed on {}", stream, execute.command().getClass().getName(), defect);
            return fail(execute, new CommandError.HandlerFailed(defect.toString()));
        }
    }

    private List<Recorded<E, S>> records(Execute execute, List<E> events, S state, long version) {
        EventMetadata metadata = new EventMetadata(hosting.clock().instant(), execute.commandId(),
                execute.correlationId(), execute.causationId(),
                execute.headers());
        CommandRecord command = execute.commandId() == null || execute.fingerprint() == null
                ? null
                : new CommandRecord(execute.commandId(), execute.fingerprint(), new CommandRecord.Accepted(),
                        version + 1, version + events.size());
        List<Recorded<E, S>> records = new ArrayList<>(events.size());
        S evolved = state;
        for (E event : events) {
            evolved = aggregate.type().aggregate().evolve(evolved, event);
            EncodedEvent encoded = aggregate.events().encode(event);
            Set<String> tags = aggregate.type().aggregate().tags(event);
            Envelope envelope = Envelope.of(encoded.type(), encoded.version(), Payload.json(encoded.bytes()), tags,
                    metadata, command);
            records.add(new Recorded<>(envelope, event, evolved));
            command = null;
        }
        return records;
    }

    private ReplyEffect<Recorded<E, S>, AggregateState<S>> store(Execute execute, List<E> events,
            List<Recorded<E, S>> records, long version) {
        storing = execute;
        CommandResult<E> stored = accepted(events, version + records.size());
        return (records.size() == 1 ? Effect().persist(records.getFirst()) : Effect().persist(records))
                .thenReply(execute.replyTo(), state -> {
                    storing = null;
                    return new Reply(execute.aggregate(), stored);
                });
    }

    /** The first outcome again: the events come from the store, so that remembering a command costs few bytes. */
    private ReplyEffect<Recorded<E, S>, AggregateState<S>> onRepeat(Execute execute, CommandRecord first) {
        if (!first.fingerprint().equals(execute.fingerprint())) {
            return fail(execute, new CommandError.IdempotencyConflict(first.commandId()));
        }
        return switch (first.outcome()) {
            case CommandRecord.Refused(Refusal(var code, var message, var details)) ->
                reply(execute, new CommandResult.Refused<>(code, message, details));
            case CommandRecord.Unchanged() -> reply(execute, accepted(List.of(), first.lastSequenceNr()));
            case CommandRecord.Accepted() -> {
                ActorRef<Reply> replyTo = execute.replyTo();
                hosting.history()
                        .read(stream, first.firstSequenceNr(), first.lastSequenceNr())
                        .thenApply(records -> firstOutcome(first, records))
                        .exceptionally(failed -> new CommandResult.Failed<>(new CommandError.StorageUnavailable(
                                "the first outcome of command id '" + first.commandId() + "' cannot be read: "
                                        + failed.getMessage(),
                                true)))
                        .thenAccept(result -> replyTo.tell(new Reply(execute.aggregate(), result)));
                yield Effect().noReply();
            }
        };
    }

    private CommandResult<E> firstOutcome(CommandRecord first, List<Envelope> records) {
        long expected = first.lastSequenceNr() - first.firstSequenceNr() + 1;
        if (records.size() != expected) {
            return new CommandResult.Failed<>(new CommandError.StorageUnavailable("command id '" + first.commandId()
                    + "' was accepted before, but of its " + expected + " events " + records.size()
                    + " are still stored", true));
        }
        return accepted(records.stream().map(aggregate::eventOf).filter(Objects::nonNull).toList(),
                first.lastSequenceNr());
    }

    private CommandResult<E> accepted(List<E> events, long sequenceNr) {
        return new CommandResult.Accepted<>(events, sequenceNr,
                new ConsistencyToken(hosting.storage().storeId(), stream, sequenceNr));
    }

    private ReplyEffect<Recorded<E, S>, AggregateState<S>> reply(Execute execute, CommandResult<E> result) {
        return Effect().reply(execute.replyTo(), new Reply(execute.aggregate(), result));
    }

    private ReplyEffect<Recorded<E, S>, AggregateState<S>> fail(Execute execute, CommandError error) {
        return reply(execute, new CommandResult.Failed<>(error));
    }

    @Override
    public EventHandler<AggregateState<S>, Recorded<E, S>> eventHandler() {
        return (state, recorded) -> state.after(recorded, aggregate);
    }

    @Override
    public SignalHandler<AggregateState<S>> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(JournalPersistFailed.class, (state, signal) -> notStored(signal.getFailure()))
                .onSignal(JournalPersistRejected.class, (state, signal) -> notStored(signal.getFailure()))
                .build();
    }

    private void notStored(Throwable failure) {
        if (storing != null) {
            boolean surelyNotStored = failure instanceof VersionConflictException
                    || failure instanceof StoreFullException;
            CommandError error = new CommandError.StorageUnavailable(failure.toString(),
                    surelyNotStored || storing.commandId() != null);
            storing.replyTo().tell(new Reply(storing.aggregate(), new CommandResult.Failed<>(error)));
            storing = null;
        }
    }

    @Override
    public Set<String> tagsFor(Recorded<E, S> recorded) {
        return recorded.envelope().tags();
    }

    @Override
    public EventAdapter<Recorded<E, S>, ?> eventAdapter() {
        return new EventAdapter<Recorded<E, S>, Envelope>() {
            @Override
            public Envelope toJournal(Recorded<E, S> recorded) {
                return recorded.envelope();
            }

            @Override
            public String manifest(Recorded<E, S> recorded) {
                return "";
            }

            @Override
            public EventSeq<Recorded<E, S>> fromJournal(Envelope envelope, String manifest) {
                return EventSeq.single(new Recorded<>(envelope, aggregate.eventOf(envelope), null));
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
                return new StoredState(states.type(), states.version(), Payload.json(states.encode(state.state())),
                        state.window().oldestFirst());
            }

            @Override
            public AggregateState<S> fromJournal(Object snapshot) {
                StoredState stored = (StoredState) snapshot;
                StateCodec<S> states = codec;
                if (states == null) {
                    throw new IllegalStateException("aggregate '" + aggregate.type().name()
                            + "' has stored snapshots; snapshotEvery must not be 0 while they are kept");
                }
                return new AggregateState<>(states.decode(stored.type(), stored.version(), stored.state().bytes()),
                        window(stored.commands()));
            }
        };
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        int every = aggregate.type().snapshotEvery();
        return every > 0 && hosting.storage().hasSnapshots()
                ? RetentionCriteria.snapshotEvery(every, hosting.settings().snapshotsKept())
                : RetentionCriteria.disabled();
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
        return Optional.of(hosting.settings().maxInFlight());
    }
}
