package dev.allframe.runtime.saga;

import dev.allframe.command.CommandOptions;
import dev.allframe.failure.Failures;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewReader;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaMetadata;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaPage;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.machine.Definition;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.ExpectedVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The sagas of one AllFrame, for users. Thread-safe. */
final class ActorSagaOrchestrator implements SagaOrchestrator {

    private final SagaDefinitions definitions;
    private final SagaStarts starts;
    private final StepUses uses;
    private final OpenSagas sagas;

    ActorSagaOrchestrator(SagaDefinitions definitions, SagaStarts starts, StepUses uses, OpenSagas sagas) {
        this.definitions = definitions;
        this.starts = starts;
        this.uses = uses;
        this.sagas = sagas;
    }

    @Override
    public <T> CompletionStage<SagaHandle> start(SagaType<T> type, String id, T context, CommandOptions options) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(options, "options");
        if (options.commandId() != null || options.issuedAt() != null
                || !options.expected().equals(ExpectedVersion.any())) {
            throw new IllegalArgumentException("a saga is recognised by its id: a command id, an expected version or a"
                    + " time of issue have no meaning for its start");
        }
        Optional<Definition<T>> definition = definitions.find(type);
        if (definition.isEmpty()) {
            return CompletableFuture.failedFuture(new SagaException(new SagaError.UnknownDefinition("saga '"
                    + type.name() + "' version " + type.version().number()
                    + " was not given to the builder of this AllFrame: add .saga(…)")));
        }
        return SagaEntrance.forUsers(starts.start(definition.get(), id, context, options)
                .thenApply(token -> new ActorSagaHandle(sagas, type.name(), id, token)));
    }

    @Override
    public SagaHandle saga(String definition, String id) {
        Objects.requireNonNull(definition, "definition");
        Objects.requireNonNull(id, "id");
        Definition.idProblem(definition).or(() -> Definition.idProblem(id)).ifPresent(problem -> {
            throw new SagaException(new SagaError.InvalidId(problem));
        });
        return new ActorSagaHandle(sagas, definition, id);
    }

    @Override
    public CompletionStage<ViewAnswer<SagaPage>> find(SagaQuery query, ConsistencyToken token, Duration timeout) {
        Objects.requireNonNull(query, "query");
        return sagas.view().await(token, timeout).thenApply(answer -> switch (answer) {
            case ViewAnswer.Seen<?> seen -> new ViewAnswer.Seen<>(find(query));
            case ViewAnswer.NotYet<?>(var lag, var state) -> new ViewAnswer.NotYet<>(lag, state);
            case ViewAnswer.Never<?>(var reason) -> new ViewAnswer.Never<>(reason);
        });
    }

    @Override
    public SagaPage find(SagaQuery query) {
        Objects.requireNonNull(query, "query");
        Instant now = sagas.entrance().now();
        return sagas.view().read(reader -> {
            List<SagaStatus> found = new ArrayList<>();
            String cursor = query.cursor();
            do {
                Rows<String, SagaRow> page = page(reader, query, query.limit() - found.size(), cursor);
                page.rows()
                        .stream()
                        .filter(row -> isWanted(row, query, now))
                        .map(SagaRow::status)
                        .forEach(found::add);
                cursor = page.cursor();
            } while (cursor != null && found.size() < query.limit());
            return new SagaPage(found, cursor);
        });
    }

    /** By the narrowest index that the question has; the rest is looked at. */
    private static Rows<String, SagaRow> page(ViewReader<String, SagaRow> reader, SagaQuery query, int limit,
            @Nullable String cursor) {
        QueryOption[] options = cursor == null
                ? new QueryOption[]{QueryOption.limit(limit)}
                : new QueryOption[]{QueryOption.limit(limit), QueryOption.after(cursor)};
        try {
            return page(reader, query, options);
        } catch (IllegalArgumentException noCursor) { // all else of the question was checked when it was made
            throw new SagaException(new SagaError.InvalidCursor(Failures.message(noCursor)
                    + ": give what next() of the page before said, with the same question"));
        }
    }

    private static Rows<String, SagaRow> page(ViewReader<String, SagaRow> reader, SagaQuery query,
            QueryOption[] options) {
        if (query.correlationId() != null) {
            return reader.by(SagaViews.CORRELATION, query.correlationId(), options);
        }
        if (query.definition() != null) {
            return reader.range(SagaViews.DEFINITION, query.phase() == null
                    ? Range.leading(query.definition())
                    : Range.leading(query.definition(), query.phase()), options);
        }
        return query.phase() != null
                ? reader.by(SagaViews.PHASE, query.phase(), options)
                : reader.range(SagaViews.STARTED, Range.all(), options);
    }

    private static boolean isWanted(SagaRow row, SagaQuery query, Instant now) {
        SagaStatus status = row.status();
        return (query.definition() == null || query.definition().equals(status.definition()))
                && (query.phase() == null || query.phase() == status.phase())
                && (query.step() == null || query.step().equals(status.step()))
                && (query.olderThan() == null || isOlder(status.startedAt(), now, query.olderThan()));
    }

    /** Nothing is older than time goes back. */
    private static boolean isOlder(Instant started, Instant now, Duration age) {
        return Duration.between(started, now).compareTo(age) > 0;
    }

    private record Version(String definition, int version) implements Comparable<Version> {
        @Override
        public int compareTo(Version other) {
            int byName = definition.compareTo(other.definition);
            return byName != 0 ? byName : Integer.compare(version, other.version);
        }
    }

    @Override
    public List<SagaMetadata> describe() {
        Map<Version, Map<SagaStatus.Phase, Long>> counts = new TreeMap<>();
        definitions.all()
                .forEach(definition -> counts.put(
                        new Version(definition.type().name(), definition.type().version().number()),
                        new EnumMap<>(SagaStatus.Phase.class)));
        sagas.view()
                .read(reader -> SagaViews.counts(reader, null))
                .forEach((saga, count) -> counts
                        .computeIfAbsent(new Version(saga.definition(), saga.version()),
                                version -> new EnumMap<>(SagaStatus.Phase.class))
                        .put(saga.phase(), count));
        return counts.entrySet().stream().map(entry -> {
            Version version = entry.getKey();
            Optional<Definition<?>> known = definitions.find(version.definition, version.version);
            return new SagaMetadata(version.definition, version.version, known.isPresent(), entry.getValue(),
                    uses.ends(version.definition, version.version),
                    known.<List<SagaMetadata.StepUse>>map(uses::of).orElse(List.of()));
        }).toList();
    }
}
