package dev.allframe.runtime.saga;

import dev.allframe.codec.CodecException;
import dev.allframe.failure.Failures;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.runtime.evolution.UnreadableStoreException;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.NextSaga;
import dev.allframe.saga.machine.SagaState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Holds the sagas that have not ended against the definitions that are registered. */
final class SagaStartCheck {

    private static final int SHOWN = 10;
    private static final int PAGE = 1_000;

    private final SagaDefinitions definitions;
    private final Map<String, List<String>> problems = new TreeMap<>();

    private SagaStartCheck(SagaDefinitions definitions) {
        this.definitions = definitions;
    }

    /**
     * Looks at all of them.
     *
     * @throws UnreadableStoreException if one of them needs a definition, a version, steps or a form of the context
     *         that this code does not have; with counts and ids
     */
    static void run(View<String, SagaRow> sagas, SagaDefinitions definitions) {
        SagaStartCheck check = new SagaStartCheck(definitions);
        check.look(sagas, SagaStatus.Phase.RUNNING);
        check.look(sagas, SagaStatus.Phase.PARKED);
        if (!check.problems.isEmpty()) {
            throw new UnreadableStoreException(check.problems.entrySet()
                    .stream()
                    .map(problem -> problem.getKey() + " is needed by " + shown(problem.getValue()))
                    .toList());
        }
    }

    private static String shown(List<String> sagas) {
        return sagas.size() + " unfinished saga" + (sagas.size() == 1 ? "" : "s") + ": "
                + String.join(", ", sagas.subList(0, Math.min(SHOWN, sagas.size())))
                + (sagas.size() > SHOWN ? ", …" : "");
    }

    private void look(View<String, SagaRow> sagas, SagaStatus.Phase phase) {
        String cursor = null;
        do {
            QueryOption limit = QueryOption.limit(PAGE);
            Rows<String, SagaRow> page = cursor == null
                    ? sagas.by(SagaViews.PHASE, phase, limit)
                    : sagas.by(SagaViews.PHASE, phase, limit, QueryOption.after(cursor));
            page.entries()
                    .forEach(entry -> Optional.ofNullable(entry.row().state())
                            .flatMap(this::problem)
                            .ifPresent(problem -> problems.computeIfAbsent(problem, text -> new ArrayList<>())
                                    .add(entry.key())));
            cursor = page.cursor();
        } while (cursor != null);
    }

    private Optional<String> problem(SagaState state) {
        SagaState.Begun begun = Objects.requireNonNull(state.begun(), "a row is of a saga that has begun");
        String name = "saga '" + begun.definition() + "' version " + begun.version();
        Optional<Definition<?>> definition = definitions.find(begun.definition(), begun.version());
        if (definition.isEmpty()) {
            return Optional.of(name + ", which is not registered: keep it until its sagas have ended,");
        }
        if (!definition.get().structure().equals(begun.structure())) {
            return Optional.of(name + " with the steps that it had (they were changed under the same version; give the"
                    + " changed steps another version)");
        }
        NextSaga next = state.successor();
        if (next != null && definitions.find(next.definition(), next.version()).isEmpty()) {
            return Optional.of("saga '" + next.definition() + "' version " + next.version()
                    + ", which is not registered, and which is to be started,");
        }
        try {
            Object unused = definition.get()
                    .forms()
                    .context(Objects.requireNonNull(state.context(), "a saga that has begun has a context"));
            return Optional.empty();
        } catch (CodecException unreadable) {
            return Optional.of("a way to read the stored context of " + name + " (" + Failures.message(unreadable)
                    + ")");
        }
    }
}
