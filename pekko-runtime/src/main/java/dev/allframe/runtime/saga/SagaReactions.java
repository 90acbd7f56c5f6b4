package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.StoredValue;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.saga.SagaViews.AwaitedEvent;
import dev.allframe.runtime.saga.SagaViews.AwaitingStep;
import dev.allframe.saga.SagaTrigger;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.store.ConsistencyToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The reactions by which events start sagas, and reach those that await them. */
final class SagaReactions {

    /** The reaction that brings events to the sagas that await them. */
    static final String AWAITED = "saga-events";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A view that does not go on by itself, such as one that is paused, answers at once. */
    private static final Executor LATER = CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS,
            Thread::startVirtualThread);

    /** An event waits for room, and for nodes that have the code; no reaction may wait longer. */
    private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(20);

    private final SagaDefinitions definitions;
    private final SagaEntrance entrance;
    private final SagaStarts starts;
    private final AnnouncedDefinitions announced;
    private final CompletableFuture<View<AwaitingStep, AwaitedEvent>> awaited;
    private final String storeId;

    SagaReactions(SagaDefinitions definitions, SagaEntrance entrance, SagaStarts starts,
            AnnouncedDefinitions announced, CompletableFuture<View<AwaitingStep, AwaitedEvent>> awaited,
            String storeId) {
        this.definitions = definitions;
        this.entrance = entrance;
        this.starts = starts;
        this.announced = announced;
        this.awaited = awaited;
        this.storeId = storeId;
    }

    List<ReactionType> types() {
        List<ReactionType> types = new ArrayList<>();
        if (!definitions.awaited().isEmpty()) {
            ReactionType routing = ReactionType.named(AWAITED).fromNow().parkFailures().within(AS_LONG_AS_IT_TAKES);
            for (AggregateType<?, ?, ?> aggregate : definitions.awaited()) {
                routing = routing(routing, aggregate);
            }
            types.add(routing);
        }
        definitions.triggered().forEach(versions -> types.add(starting(versions)));
        return types;
    }

    private <E extends Event> ReactionType routing(ReactionType type, AggregateType<?, E, ?> aggregate) {
        return type.from(aggregate, (event, info) -> route(aggregate, event, info));
    }

    /** One definition's function that throws keeps the event from no saga of another. */
    private <E extends Event> CompletionStage<?> route(AggregateType<?, E, ?> aggregate, E event, ReactionInfo info) {
        Map<String, SagaCommand.Arrive> byKey = new LinkedHashMap<>();
        RuntimeException failed = null;
        for (Definition<?> definition : definitions.all()) {
            try {
                definition.arrivals(entrance.now(), aggregate, event, info.idempotencyKey())
                        .forEach(each -> byKey.putIfAbsent(SagaViews.eventKey(each.event(), each.key()), each));
            } catch (RuntimeException thrown) {
                failed = thrown;
            }
        }
        ConsistencyToken token = new ConsistencyToken(storeId, info.stream(), info.sequenceNr());
        CompletionStage<?> arrived = byKey.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : awaited.thenCompose(view -> seen(view, token, info)).thenCompose(view -> arrive(view, byKey));
        RuntimeException inTheEnd = failed;
        return inTheEnd == null
                ? arrived
                : arrived.thenCompose(done -> CompletableFuture.failedFuture(inTheEnd));
    }

    /** The view when it knows all sagas that await the event, however long it takes. */
    private CompletionStage<View<AwaitingStep, AwaitedEvent>> seen(View<AwaitingStep, AwaitedEvent> view,
            ConsistencyToken token, ReactionInfo info) {
        return view.await(token, PATIENCE).thenCompose(answer -> switch (answer) {
            case ViewAnswer.Seen<?> seen -> CompletableFuture.completedFuture(view);
            case ViewAnswer.NotYet<?> later when !entrance.isClosed() -> CompletableFuture
                    .supplyAsync(() -> seen(view, token, info), LATER)
                    .thenCompose(stage -> stage);
            case ViewAnswer.NotYet<?> closed -> CompletableFuture.failedFuture(unknown(info, closed));
            case ViewAnswer.Never<?> never -> CompletableFuture.failedFuture(unknown(info, never));
        });
    }

    private static IllegalStateException unknown(ReactionInfo info, ViewAnswer<?> answer) {
        return new IllegalStateException("view '" + SagaViews.AWAITED + "' does not know which sagas await "
                + info.idempotencyKey() + ": " + answer);
    }

    private CompletionStage<?> arrive(View<AwaitingStep, AwaitedEvent> view, Map<String, SagaCommand.Arrive> byKey) {
        List<CompletableFuture<?>> told = new ArrayList<>();
        byKey.forEach((key, arrival) -> tell(view, key, arrival, told));
        return CompletableFuture.allOf(told.toArray(CompletableFuture<?>[]::new));
    }

    private void tell(View<AwaitingStep, AwaitedEvent> view, String key, SagaCommand.Arrive arrival,
            List<CompletableFuture<?>> told) {
        String cursor = null;
        do {
            Rows<AwaitingStep, AwaitedEvent> page = cursor == null
                    ? view.by(SagaViews.EVENT_KEY, key)
                    : view.by(SagaViews.EVENT_KEY, key, QueryOption.after(cursor));
            page.rows().stream().map(AwaitedEvent::saga).distinct().forEach(saga -> told.add(arrive(saga, arrival)));
            cursor = page.cursor();
        } while (cursor != null);
    }

    private CompletableFuture<?> arrive(String saga, SagaCommand.Arrive arrival) {
        return tell(saga, arrival, arrival.contents())
                .thenCompose(result -> result instanceof CommandResult.Failed<SagaEvent>(CommandError.Unwritable large)
                        ? tell(saga, arrival, null)
                        : CompletableFuture.completedFuture(result))
                .thenAccept(result -> {
                    if (!(result instanceof CommandResult.Accepted<SagaEvent>)) {
                        throw new IllegalStateException("saga " + saga + " has not taken event " + arrival.eventId()
                                + ": " + result);
                    }
                })
                .toCompletableFuture();
    }

    private CompletionStage<CommandResult<SagaEvent>> tell(String saga, SagaCommand.Arrive arrival,
            @Nullable StoredValue contents) {
        return entrance.tell(saga,
                at -> new SagaCommand.Arrive(at, arrival.event(), arrival.key(), arrival.eventId(), contents));
    }

    /** The reaction that starts the sagas of a definition. */
    static String nameOf(String definition) {
        return "saga-start-" + definition;
    }

    /** The newest version that every member has decides which events start a saga, and with which context. */
    private ReactionType starting(List<Definition<?>> newestFirst) {
        SagaType<?> newest = newestFirst.getFirst().type();
        Map<String, AggregateType<?, ?, ?>> sources = new LinkedHashMap<>();
        newestFirst.forEach(version -> version.type()
                .triggers()
                .forEach(trigger -> sources.putIfAbsent(trigger.type().name(), trigger.type())));
        ReactionType reaction = ReactionType.named(nameOf(newest.name())).parkFailures().within(AS_LONG_AS_IT_TAKES);
        reaction = newest.isFromBeginning() ? reaction.fromStart() : reaction.fromNow();
        for (AggregateType<?, ?, ?> source : sources.values()) {
            reaction = starting(reaction, newestFirst, source);
        }
        return reaction;
    }

    private <E extends Event> ReactionType starting(ReactionType reaction, List<Definition<?>> newestFirst,
            AggregateType<?, E, ?> source) {
        return reaction.from(source, (event, info) -> starts
                .untilStarted(() -> start(announced.newest(newestFirst), source.name(), event, info)));
    }

    private <T> CompletionStage<?> start(Definition<T> definition, String source, Event event, ReactionInfo info) {
        CompletableFuture<?>[] started = definition.type()
                .triggers()
                .stream()
                .filter(trigger -> trigger.type().name().equals(source) && trigger.event().isInstance(event))
                .map(trigger -> start(definition, trigger, event, info))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(started);
    }

    private <T, E extends Event, X extends E> CompletableFuture<?> start(Definition<T> definition,
            SagaTrigger<T, E, X> trigger, Event event, ReactionInfo reacting) {
        X cause = trigger.event().cast(event);
        EventInfo info = new EventInfo(reacting.stream(), reacting.sequenceNr(), reacting.position(),
                reacting.metadata());
        T context = trigger.context().apply(cause, info);
        if (context == null) {
            return CompletableFuture.completedFuture(null);
        }
        String id = trigger.id() == null ? idOf(reacting) : trigger.id().apply(cause, info);
        return starts.startByEvent(definition, id, context, caused(reacting)).toCompletableFuture();
    }

    private static CommandOptions caused(ReactionInfo info) {
        String correlation = info.metadata().correlationId();
        CommandOptions options = CommandOptions.none()
                .causedBy(info.idempotencyKey())
                .correlatedBy(correlation == null ? info.idempotencyKey() : correlation);
        for (String name : List.of(CommandOptions.TRACEPARENT, CommandOptions.USER)) {
            String value = info.metadata().headers().get(name);
            options = value == null ? options : options.withHeader(name, value);
        }
        return options;
    }

    /** {@code <aggregate>/<instance>#<sequenceNr>}, hashed where that is too long. */
    static String idOf(ReactionInfo info) {
        String id = info.stream().entityType() + "/" + info.id() + "#" + info.sequenceNr()
                + (info.part() == 1 ? "" : "." + info.part());
        if (id.length() <= SagaType.MAX_ID) {
            return id;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return info.stream().entityType().substring(0, Math.min(40, info.stream().entityType().length())) + "/"
                    + HexFormat.of().formatHex(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
