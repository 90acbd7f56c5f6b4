package dev.allframe.runtime.saga;

import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.Watched;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaTransition;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventStore;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One saga, told through the entrance and read from what is stored. */
final class ActorSagaHandle implements SagaHandle {

    private static final StreamId NO_STREAM = StreamId.of(SagaMachine.AGGREGATE, "none");
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final Executor LATER = CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS);

    private final OpenSagas sagas;
    private final String definition;
    private final String id;
    private volatile ConsistencyToken token;

    ActorSagaHandle(OpenSagas sagas, String definition, String id, ConsistencyToken token) {
        this.sagas = sagas;
        this.definition = definition;
        this.id = id;
        this.token = token;
    }

    /** Of one that has stored nothing; its id may be none. */
    ActorSagaHandle(OpenSagas sagas, String definition, String id) {
        this(sagas, definition, id, new ConsistencyToken(sagas.storeId(), NO_STREAM, 0));
    }

    /** What is wrong with the names by which it was asked for; null where nothing is. */
    private @Nullable SagaException wrong() {
        String problem = Definition.idProblem(id)
                .or(() -> Definition.idProblem(definition).map(wrong -> "the name of a definition: " + wrong))
                .orElse(null);
        return problem == null ? null : new SagaException(new SagaError.InvalidId(problem));
    }

    private String instance() {
        return definition + "/" + id;
    }

    @Override
    public String definition() {
        return definition;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ConsistencyToken token() {
        return token;
    }

    @Override
    public CompletionStage<Optional<SagaStatus>> status() {
        return read(events -> {
            SagaState state = sagas.machine().aggregate().initialState();
            for (RecordedEvent<SagaEvent> event : (Iterable<RecordedEvent<SagaEvent>>) events::iterator) {
                state = sagas.machine().aggregate().evolve(state, event.event());
            }
            return state.begun() == null ? Optional.empty() : Optional.of(SagaRow.statusOf(state));
        });
    }

    @Override
    public CompletionStage<List<SagaTransition>> history() {
        return read(events -> {
            List<SagaTransition> all = new ArrayList<>();
            SagaState state = sagas.machine().aggregate().initialState();
            for (RecordedEvent<SagaEvent> event : (Iterable<RecordedEvent<SagaEvent>>) events::iterator) {
                all.add(Transitions.of(event.sequenceNr(), event.event(), state));
                state = sagas.machine().aggregate().evolve(state, event.event());
            }
            return all;
        });
    }

    private <A> CompletionStage<A> read(Function<Stream<RecordedEvent<SagaEvent>>, A> reading) {
        SagaException wrong = wrong();
        if (wrong != null) {
            return CompletableFuture.failedFuture(wrong);
        }
        return CompletableFuture.supplyAsync(() -> {
            EventStore<SagaEvent> store = sagas.store();
            try (Stream<RecordedEvent<SagaEvent>> events = store.streamEvents(instance())) {
                return reading.apply(events);
            } catch (RuntimeException unread) {
                throw new SagaException(new SagaError.Unavailable(CommandError.StorageUnavailable.notExecuted(
                        "the saga cannot be read: " + Failures.description(Failures.unwrapped(unread)))));
            }
        }, Thread::startVirtualThread);
    }

    @Override
    public CompletionStage<Void> cancel(String by, String reason) {
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
        return tell(at -> new SagaCommand.Cancel(at, by, reason));
    }

    @Override
    public CompletionStage<Void> decide(SagaDecision decision, String by, String reason) {
        Objects.requireNonNull(decision, "decision");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
        return tell(at -> new SagaCommand.Decide(at, decision, by, reason));
    }

    private CompletionStage<Void> tell(Function<Instant, SagaCommand> command) {
        SagaException wrong = wrong();
        return wrong != null
                ? CompletableFuture.failedFuture(wrong)
                : SagaEntrance.forUsers(sagas.entrance()
                        .tell(instance(), command.apply(sagas.entrance().now()), CommandOptions.none())
                        .thenAccept(result -> token = tokenOf(result)));
    }

    private static ConsistencyToken tokenOf(CommandResult<SagaEvent> result) {
        return switch (result) {
            case CommandResult.Accepted<SagaEvent> accepted -> accepted.token();
            case CommandResult.Refused<SagaEvent> no -> throw new SagaException(SagaStarts.errorOf(no));
            case CommandResult.Failed<SagaEvent>(CommandError.Validation invalid) ->
                throw new SagaException(new SagaError.InvalidId(invalid.message()));
            case CommandResult.Failed<SagaEvent>(var error) ->
                throw new SagaException(new SagaError.Unavailable(error));
        };
    }

    @Override
    public CompletionStage<SagaStatus> ended() {
        SagaException wrong = wrong();
        if (wrong != null) {
            return CompletableFuture.failedFuture(wrong);
        }
        CompletableFuture<SagaStatus> end = new CompletableFuture<>();
        Ending ending = new Ending(end, () -> endIfParkedStill(end));
        var unused = end.whenComplete((status, failed) -> ending.cancel());
        sagas.view().watch(instance()).subscribe(ending);
        return end;
    }

    /** Ends where the saga is parked behind the last that this handle has stored: what was before may be no end now. */
    private void endIfParkedStill(CompletableFuture<SagaStatus> end) {
        sagas.view().get(instance(), token, PATIENCE).whenComplete((answer, failure) -> {
            if (answer instanceof ViewAnswer.Seen<Optional<SagaRow>>(var row)) {
                row.map(SagaRow::status).filter(status -> status.phase() == Phase.PARKED).ifPresent(end::complete);
            } else if (!sagas.entrance().isClosed() && !end.isDone()) {
                LATER.execute(() -> endIfParkedStill(end));
            }
        });
    }

    /** Waits for a row of a saga that has ended, until nobody does. */
    private static final class Ending implements Flow.Subscriber<Watched<String, SagaRow>> {

        private final CompletableFuture<SagaStatus> end;
        private final Runnable parked;
        private volatile Flow.Subscription subscription = new NoSubscription();

        /** A waiter for an end; with what is done where the saga is parked. */
        Ending(CompletableFuture<SagaStatus> end, Runnable parked) {
            this.end = end;
            this.parked = parked;
        }

        void cancel() {
            subscription.cancel();
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            if (end.isDone()) {
                given.cancel();
            } else {
                given.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void onNext(Watched<String, SagaRow> item) {
            if (item instanceof Watched.Row<String, SagaRow> row) {
                switch (row.row().phase()) {
                    case RUNNING -> {
                        // it goes on
                    }
                    case COMPLETED, COMPENSATED -> end.complete(row.row().status());
                    case PARKED -> parked.run();
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(new SagaException(
                    new SagaError.Unavailable(CommandError.StorageUnavailable
                            .notExecuted("the view of sagas cannot be read: " + Failures.message(failure)))));
        }

        @Override
        public void onComplete() {
            end.completeExceptionally(new SagaException(new SagaError.Unavailable(new CommandError.ShuttingDown())));
        }
    }

    private static final class NoSubscription implements Flow.Subscription {
        @Override
        public void request(long count) {
            // there is nothing yet
        }

        @Override
        public void cancel() {
            // there is nothing yet
        }
    }
}
