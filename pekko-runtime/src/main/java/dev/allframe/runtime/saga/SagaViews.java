package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Version;
import dev.allframe.projection.ViewReader;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.AwaitedKey;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The views of sagas: how far each is, and which events they await. Derived: building them anew loses nothing. */
final class SagaViews {

    /** The name of the view of all sagas. */
    static final String SAGAS = "sagas";

    /** The name of the view of awaited events. */
    static final String AWAITED = "saga-awaited";

    /** Sagas of a definition in one phase. */
    record OfDefinition(String definition, SagaStatus.Phase phase, int version) {
        static OfDefinition of(SagaRow saga) {
            return new OfDefinition(saga.definition(), saga.phase(), saga.version());
        }
    }

    /** The step of a saga that awaits an event. */
    record AwaitingStep(String saga, String step) {}

    /** An event that a step awaits. */
    record AwaitedEvent(String saga, String event, String key) {}

    static final RangeIndex<SagaRow, Instant> WAKE_AT = RangeIndex.on("wake-at", SagaRow::wakeAt, Keys.INSTANT);
    static final Index<SagaRow, Boolean> BUSY = Index.on("busy", row -> row.isBusy() ? true : null,
            Keys.of(Boolean.class));
    static final RangeIndex<SagaRow, OfDefinition> DEFINITION = RangeIndex.on("definition", OfDefinition::of,
            Keys.of(OfDefinition.class));
    static final RangeIndex<SagaRow, Instant> STARTED = RangeIndex.on("started", SagaRow::startedAt,
            Keys.INSTANT);
    static final Index<SagaRow, SagaStatus.Phase> PHASE = Index.on("phase", SagaRow::phase,
            Keys.of(SagaStatus.Phase.class));
    static final Index<SagaRow, String> CORRELATION = Index.on("correlation", SagaRow::correlationId,
            Keys.STRING);

    static final Index<AwaitedEvent, String> OF_SAGA = Index.on("saga", AwaitedEvent::saga, Keys.STRING);
    static final Index<AwaitedEvent, String> EVENT_KEY = Index.on("event-key",
            row -> eventKey(row.event(), row.key()), Keys.STRING);

    private SagaViews() {}

    /** The view of all sagas, by the ids of their instances. */
    static ProjectionType<String, SagaRow> sagas(AggregateType<SagaCommand, SagaEvent, SagaState> machine) {
        SagaState first = machine.aggregate().initialState();
        return ProjectionType.named(SAGAS, Version.version(1), String.class, SagaRow.class)
                .indexedBy(WAKE_AT, BUSY, DEFINITION, STARTED, PHASE, CORRELATION)
                .from(machine, (event, info) -> event instanceof SagaEvent.Started
                        ? Change.put(info.id(), SagaRow.of(machine.aggregate().evolve(first, event)))
                        : Change.update(info.id(),
                                row -> row.after(state -> machine.aggregate().evolve(state, event))));
    }

    /** How many sagas there are in each phase and version: of one definition, or with null of all. */
    static Map<OfDefinition, Long> counts(ViewReader<String, SagaRow> sagas, @Nullable String definition) {
        Map<OfDefinition, Long> counts = new LinkedHashMap<>();
        Range<OfDefinition> wanted = definition == null ? Range.all() : Range.leading(definition);
        while (true) {
            Optional<OfDefinition> next = sagas.range(DEFINITION, wanted, QueryOption.limit(1))
                    .rows()
                    .stream()
                    .map(OfDefinition::of)
                    .filter(found -> definition == null || found.definition.equals(definition))
                    .findFirst();
            if (next.isEmpty()) {
                return counts;
            }
            counts.put(next.get(), sagas.count(DEFINITION, next.get()));
            wanted = Range.above(next.get());
        }
    }

    /** The events that sagas await. */
    static ProjectionType<AwaitingStep, AwaitedEvent> awaited(
            AggregateType<SagaCommand, SagaEvent, SagaState> machine) {
        return ProjectionType.named(AWAITED, Version.version(1), AwaitingStep.class, AwaitedEvent.class)
                .indexedBy(OF_SAGA, EVENT_KEY)
                .from(machine, SagaViews::onSaga);
    }

    private static Change<AwaitingStep, AwaitedEvent> onSaga(SagaEvent event, EventInfo info) {
        return switch (event) {
            case SagaEvent.Started started -> new Change.Several<>(awaiting(info.id(), started.awaited()));
            case SagaEvent.StepDone done when done.context() != null -> awaitingFromHereOn(info.id(), done.awaited());
            case SagaEvent.StepDone done -> Change.none();
            case SagaEvent.Completed completed -> Change.removeBy(OF_SAGA, info.id());
            case SagaEvent.Compensated compensated -> Change.removeBy(OF_SAGA, info.id());
            case SagaEvent.StepBegun other -> Change.none();
            case SagaEvent.AttemptFailed other -> Change.none();
            case SagaEvent.StepNotDone other -> Change.none();
            case SagaEvent.StepSkipped other -> Change.none();
            case SagaEvent.EventReceived other -> Change.none();
            case SagaEvent.Settling other -> Change.none();
            case SagaEvent.TurnedBack other -> Change.none();
            case SagaEvent.Undone other -> Change.none();
            case SagaEvent.Stuck other -> Change.none();
            case SagaEvent.SuccessorStarted other -> Change.none();
            case SagaEvent.Parked other -> Change.none();
            case SagaEvent.Decided other -> Change.none();
        };
    }

    /** Another context has other keys; all of them are told. */
    private static Change<AwaitingStep, AwaitedEvent> awaitingFromHereOn(String saga, List<AwaitedKey> keys) {
        List<Change<AwaitingStep, AwaitedEvent>> changes = new ArrayList<>();
        changes.add(Change.removeBy(OF_SAGA, saga));
        changes.addAll(awaiting(saga, keys));
        return new Change.Several<>(changes);
    }

    private static List<Change<AwaitingStep, AwaitedEvent>> awaiting(String saga, List<AwaitedKey> keys) {
        return keys.stream()
                .map(key -> Change.put(new AwaitingStep(saga, key.step()),
                        new AwaitedEvent(saga, key.event(), key.key())))
                .toList();
    }

    /** Of one length, however long a key is. */
    static String eventKey(String event, String key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(event.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
