package dev.allframe.runtime.saga;

import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.View;
import dev.allframe.runtime.rolling.VersionGuard;
import dev.allframe.runtime.rolling.VersionGuard.Code;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.schema.Schema;
import dev.allframe.schema.TypeSchema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * The definitions that every member of the cluster has which has sagas: no other saga is started, since it may live on
 * any member. Members announce definitions as they announce the versions of events that they read. Thread-safe.
 */
final class AnnouncedDefinitions {

    /** Under this name definitions are announced; no aggregate can have it. */
    private static final String NAME = "saga definitions";

    private final VersionGuard guard;
    private final SagaDefinitions definitions;

    AnnouncedDefinitions(VersionGuard guard, SagaDefinitions definitions) {
        this.guard = guard;
        this.definitions = definitions;
    }

    /** Tells the other members what this one has. To be completed before sagas that were stored are looked at. */
    CompletionStage<Done> announce() {
        return guard.announce(Map.of(NAME, new Code(VersionRegistry.ofToday(versions().toArray(StoredVersion[]::new)),
                List.of())));
    }

    /**
     * Lets sagas be started here.
     *
     * @param sagas the live view of those that were started
     */
    CompletionStage<Done> open(View<String, SagaRow> sagas) {
        Set<StoredVersion> started = definitions.all()
                .stream()
                .flatMap(definition -> started(sagas, definition))
                .collect(Collectors.toSet());
        List<TypeSchema> here = versions()
                .map(version -> new TypeSchema(version.type(), version.version(), new Schema.Anything(), Map.of()))
                .toList();
        return guard.guard(NAME, here, started, null);
    }

    /** What of this version was started and has not ended. */
    private static Stream<StoredVersion> started(View<String, SagaRow> sagas, Definition<?> definition) {
        return Stream.of(SagaStatus.Phase.RUNNING, SagaStatus.Phase.PARKED)
                .flatMap(phase -> sagas
                        .range(SagaViews.DEFINITION,
                                Range.leading(definition.type().name(), phase, definition.type().version().number()),
                                QueryOption.limit(1))
                        .rows()
                        .stream())
                .map(SagaRow::state)
                .filter(Objects::nonNull)
                .map(state -> version(Objects.requireNonNull(state.begun())));
    }

    private Stream<StoredVersion> versions() {
        return definitions.all().stream().map(AnnouncedDefinitions::version);
    }

    private static StoredVersion version(Definition<?> definition) {
        return version(definition.type().name(), definition.structure(), definition.type().version().number());
    }

    private static StoredVersion version(SagaState.Begun begun) {
        return version(begun.definition(), begun.structure(), begun.version());
    }

    /** One with other steps is another one. */
    private static StoredVersion version(String definition, String structure, int version) {
        return new StoredVersion("saga '" + definition + "' with steps " + structure, version);
    }

    /** Why an event must not be stored: it starts a saga that some member could not run. Null where it may. */
    @Nullable String refusal(SagaEvent event) {
        return event instanceof SagaEvent.Started started
                ? refusal(version(started.definition(), started.structure(), started.version()))
                : null;
    }

    private @Nullable String refusal(StoredVersion version) {
        return guard.refusal(NAME, version.type(), version.version());
    }

    /** The newest that every member has; where there is none, the newest of all, whose start is refused for a while. */
    Definition<?> newest(List<Definition<?>> newestFirst) {
        return newestFirst.stream()
                .filter(definition -> refusal(version(definition)) == null)
                .findFirst()
                .orElseGet(newestFirst::getFirst);
    }

    /** A saga was started. */
    void started(SagaState.Begun begun) {
        StoredVersion version = version(begun);
        guard.stored(NAME, version.type(), version.version());
    }
}
