package dev.allframe.runtime.saga;

import dev.allframe.codec.StoredValue;
import dev.allframe.evolution.MigrationPath;
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
 * The definitions that every member of the cluster has which has sagas, and the forms of contexts that each of them
 * reads: no other saga is started, and no other context stored, since a saga may live on any member. Members announce
 * both as they announce the versions of events that they read. Thread-safe.
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
        List<StoredVersion> read = Stream.concat(versions(),
                definitions.all().stream().flatMap(AnnouncedDefinitions::contexts)).toList();
        List<StoredVersion> readingNewer = definitions.all()
                .stream()
                .flatMap(definition -> written(definition)
                        .filter(form -> definition.forms().contexts().canRead(form.type(), form.version() + 1))
                        .map(form -> context(definition, form)))
                .toList();
        return guard.announce(Map.of(NAME, new Code(
                VersionRegistry.of(read.stream().map(each -> new MigrationPath(each, List.of())).toList(),
                        readingNewer),
                List.of())));
    }

    /** The forms of contexts that a definition reads. */
    private static Stream<StoredVersion> contexts(Definition<?> definition) {
        return definition.forms().contexts().paths().stream().map(path -> context(definition, path.from()));
    }

    /** The form in which a definition writes its context. */
    private static Stream<StoredVersion> written(Definition<?> definition) {
        return definition.forms()
                .contexts()
                .paths()
                .stream()
                .filter(path -> path.steps().isEmpty())
                .map(MigrationPath::from);
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
        List<TypeSchema> here = Stream.concat(versions(), definitions.all()
                .stream()
                .flatMap(definition -> written(definition).map(form -> context(definition, form))))
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
                .flatMap(state -> Stream.of(version(Objects.requireNonNull(state.begun())),
                        context(definition, form(Objects.requireNonNull(state.context())))));
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

    private static StoredVersion form(StoredValue context) {
        return new StoredVersion(context.type(), context.version());
    }

    /** Versions of a saga may have contexts of one name. */
    private static StoredVersion context(Definition<?> definition, StoredVersion form) {
        return new StoredVersion("'" + form.type() + "' of saga '" + definition.type().name() + "' version "
                + definition.type().version().number(), form.version());
    }

    /**
     * Why an event must not be stored: it starts a saga that some member could not run, or has a context that some
     * member could not read. Null where it may.
     */
    @Nullable String refusal(SagaEvent event) {
        return switch (event) {
            case SagaEvent.Started(var at, var name, var number, var id, var structure, var context, var awaited, var correlation, var causation, var headers, var deadline) -> {
                String unknown = refusal(version(name, structure, number));
                yield unknown != null ? unknown : unread(context, definitions.find(name, number).stream().toList());
            }
            case SagaEvent.StepDone done when done.context() != null ->
                unread(done.context(), definitions.all());
            default -> null;
        };
    }

    /**
     * Why a context that one of these definitions has written must not be stored; null where it may. A step does not
     * say of which version its saga is: one that every member reads is enough, as others were not started.
     */
    private @Nullable String unread(StoredValue context, List<Definition<?>> writers) {
        StoredVersion form = form(context);
        String refusal = null;
        for (Definition<?> writer : writers) {
            if (written(writer).anyMatch(form::equals)) {
                refusal = refusal(context(writer, form));
                if (refusal == null) {
                    return null;
                }
            }
        }
        return refusal;
    }

    private @Nullable String refusal(StoredVersion version) {
        return guard.refusal(NAME, version.type(), version.version());
    }

    /** The newest that every member has; where there is none, the newest of all, whose start is refused for a while. */
    Definition<?> newest(List<Definition<?>> newestFirst) {
        return newestFirst.stream()
                .filter(definition -> refusal(version(definition)) == null
                        && written(definition).allMatch(form -> refusal(context(definition, form)) == null))
                .findFirst()
                .orElseGet(newestFirst::getFirst);
    }

    /** Something of a saga was stored. */
    void stored(SagaState state) {
        SagaState.Begun begun = state.begun();
        if (begun != null) {
            stored(version(begun));
            definitions.find(begun.definition(), begun.version())
                    .ifPresent(
                            definition -> stored(context(definition, form(Objects.requireNonNull(state.context())))));
        }
    }

    private void stored(StoredVersion version) {
        guard.stored(NAME, version.type(), version.version());
    }
}
