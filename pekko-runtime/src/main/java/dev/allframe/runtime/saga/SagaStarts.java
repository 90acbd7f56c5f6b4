package dev.allframe.runtime.saga;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.StoredValue;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.projection.View;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.store.ConsistencyToken;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/** Starts sagas, as many of a definition as may run. Thread-safe. */
final class SagaStarts {

    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final Duration SEEN_WITHIN = Duration.ofMinutes(1);

    private final ActorSystem<?> system;
    private final SagaEntrance entrance;
    private final CompletableFuture<View<String, SagaRow>> sagas;

    /** Starts of this node that the view has not seen yet, by definition. */
    private final Map<String, Set<String>> unseen = new ConcurrentHashMap<>();

    SagaStarts(ActorSystem<?> system, SagaEntrance entrance, CompletableFuture<View<String, SagaRow>> sagas) {
        this.system = system;
        this.entrance = entrance;
        this.sagas = sagas;
    }

    /** The token of the start; fails with a {@link SagaException}. */
    <T> CompletionStage<ConsistencyToken> start(Definition<T> definition, String id, T context,
            CommandOptions options) {
        var problem = Definition.idProblem(id);
        if (problem.isPresent()) {
            return refused(new SagaError.InvalidId(problem.get()));
        }
        StoredValue stored;
        try {
            stored = definition.forms().write(context);
        } catch (CodecException unwritable) {
            return refused(new SagaError.InvalidContext(Failures.message(unwritable)));
        }
        SagaType<T> type = definition.type();
        if (type.atMost() == Integer.MAX_VALUE) {
            return startNow(type, id, stored, options);
        }
        return sagas.thenCompose(view -> {
            Set<String> begun = unseen.computeIfAbsent(type.name(), name -> new HashSet<>());
            boolean counted;
            synchronized (begun) {
                boolean full;
                try {
                    counted = isNew(view, type, id, begun);
                    full = counted && running(view, type, begun) >= type.atMost();
                } catch (RuntimeException unread) { // such as a view that is being built
                    return refused(new SagaError.Unavailable(CommandError.StorageUnavailable
                            .notExecuted("the view of sagas cannot be read: " + Failures.message(unread))));
                }
                if (full) {
                    return refused(new SagaError.Overloaded("as many sagas '" + type.name() + "' run as may, "
                            + type.atMost() + ": start it again when some have ended"));
                }
                if (counted) {
                    begun.add(instance(type, id));
                }
            }
            CompletionStage<ConsistencyToken> started = startNow(type, id, stored, options);
            return counted
                    ? started.whenComplete((token, failure) -> seen(view, token, begun, instance(type, id)))
                    : started;
        });
    }

    /** A saga that was started before is no further one. */
    private static boolean isNew(View<String, SagaRow> view, SagaType<?> type, String id, Set<String> begun) {
        return !begun.contains(instance(type, id)) && view.get(instance(type, id)).isEmpty();
    }

    /** Counts a start until the view does, or it has failed. */
    private static void seen(View<String, SagaRow> view, @Nullable ConsistencyToken token, Set<String> begun,
            String instance) {
        CompletionStage<?> seen = token == null
                ? CompletableFuture.completedFuture(null)
                : view.await(token, SEEN_WITHIN);
        seen.whenComplete((answer, failure) -> {
            synchronized (begun) {
                begun.remove(instance);
            }
        });
    }

    private static String instance(SagaType<?> type, String id) {
        return type.name() + "/" + id;
    }

    /** Parked ones count too: they have not ended. */
    private static long running(View<String, SagaRow> view, SagaType<?> type, Set<String> begun) {
        return view.read(reader -> SagaViews.counts(reader, type.name())
                .entrySet()
                .stream()
                .filter(counted -> counted.getKey().phase() == SagaStatus.Phase.RUNNING
                        || counted.getKey().phase() == SagaStatus.Phase.PARKED)
                .mapToLong(Map.Entry::getValue)
                .sum() + begun.stream().filter(instance -> reader.get(instance).isEmpty()).count());
    }

    private <T> CompletionStage<ConsistencyToken> startNow(SagaType<T> type, String id, StoredValue context,
            CommandOptions options) {
        SagaCommand.Start start = new SagaCommand.Start(entrance.now(), type.name(), type.version().number(), id,
                context, options.correlationId(), options.causationId(), options.headers());
        return entrance.tell(instance(type, id), start, options).thenCompose(result -> switch (result) {
            case CommandResult.Accepted<SagaEvent> accepted -> CompletableFuture.completedFuture(accepted.token());
            case CommandResult.Refused<SagaEvent>(var code, var message, var details) when code
                    .equals("unknown-definition") -> // by the member on which it would live; this one has it
                refused(new SagaError.Unavailable(new CommandError.NotYetReadable(
                        message + ": start it again when that runs newer code")));
            case CommandResult.Refused<SagaEvent>(var code, var message, var details) when code
                    .equals("unreadable-context") -> // likewise: this one has written it
                refused(new SagaError.Unavailable(new CommandError.NotYetReadable(message
                        + ": start it again when every member runs newer code")));
            case CommandResult.Refused<SagaEvent> no -> refused(errorOf(no));
            case CommandResult.Failed<SagaEvent>(CommandError.Unwritable unwritable) ->
                refused(new SagaError.InvalidContext(unwritable.message()));
            case CommandResult.Failed<SagaEvent>(var error) -> refused(new SagaError.Unavailable(error));
        });
    }

    /**
     * Starts sagas for an event, however long that takes.
     *
     * @param start is done again until it needs not be: with the versions of that moment
     */
    CompletionStage<?> untilStarted(Supplier<CompletionStage<?>> start) {
        CompletionStage<?> started;
        try {
            started = start.get();
        } catch (RuntimeException | Error thrown) { // by the function that makes the context
            return CompletableFuture.failedFuture(thrown);
        }
        return started.handle((done, failure) -> {
            if (failure == null) {
                return CompletableFuture.completedFuture(null);
            }
            Throwable cause = Failures.unwrapped(failure);
            return cause instanceof SagaException refused && refused.error().retryable()
                    ? later(start)
                    : CompletableFuture.failedFuture(cause);
        }).thenCompose(stage -> stage);
    }

    /** Starts a saga for an event. One that runs already, with whatever context, is enough. */
    <T> CompletionStage<?> startByEvent(Definition<T> definition, String id, T context, CommandOptions options) {
        return start(definition, id, context, options).handle((token, failure) -> {
            if (failure == null || (Failures.unwrapped(failure) instanceof SagaException refused
                    && refused.error() instanceof SagaError.OtherContext)) {
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.failedFuture(Failures.unwrapped(failure));
        }).thenCompose(stage -> stage);
    }

    private CompletableFuture<?> later(Supplier<CompletionStage<?>> start) {
        CompletableFuture<Object> started = new CompletableFuture<>();
        if (entrance.isClosed()) {
            started.completeExceptionally(
                    new SagaException(new SagaError.Unavailable(new CommandError.ShuttingDown())));
            return started;
        }
        try {
            system.scheduler().scheduleOnce(AGAIN, () -> untilStarted(start).whenComplete((done, failure) -> {
                if (failure == null) {
                    started.complete(null);
                } else {
                    started.completeExceptionally(failure);
                }
            }), system.executionContext());
        } catch (IllegalStateException systemHasEnded) {
            started.completeExceptionally(systemHasEnded);
        }
        return started;
    }

    private static <A> CompletionStage<A> refused(SagaError error) {
        return CompletableFuture.failedFuture(new SagaException(error));
    }

    /** What a refusal of the machine means. */
    static SagaError errorOf(CommandResult.Refused<SagaEvent> refused) {
        String message = refused.message();
        return switch (refused.code()) {
            case "invalid-id" -> new SagaError.InvalidId(message);
            case "invalid-metadata" -> new SagaError.InvalidMetadata(message);
            case "unknown-definition" -> new SagaError.UnknownDefinition(message);
            case "other-context" -> new SagaError.OtherContext(message);
            case "not-started" -> new SagaError.NotStarted(message);
            case "too-late" -> new SagaError.TooLate(message);
            case "not-parked" -> new SagaError.NotParked(message);
            case "other-structure" -> new SagaError.OtherSteps(message);
            case "unreadable-context" -> new SagaError.UnreadableContext(message);
            default -> new SagaError.NotPossible(message);
        };
    }
}
