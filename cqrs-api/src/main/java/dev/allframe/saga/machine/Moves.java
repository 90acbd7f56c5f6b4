package dev.allframe.saga.machine;

import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaUndo;
import dev.allframe.saga.StepRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records of one decision: each is applied before the next is chosen. {@link Forward}, {@link Reports}, {@link
 * Backward} and {@link Interventions} choose them; what they share stands here. Used once, by one thread.
 */
final class Moves<T> {

    /** The longest pause between attempts to undo, to find out, or to go on behind the pivot. */
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private static final int MAX_MESSAGE = 1_000;

    private final Definition<T> definition;
    private final Definition.Known definitions;
    private final Instant at;
    private final List<SagaEvent> events = new ArrayList<>();
    private final Forward<T> forward = new Forward<>(this);
    private final Backward<T> backward = new Backward<>(this);
    private SagaState state;

    Moves(Definition<T> definition, Definition.Known definitions, SagaState state, Instant at) {
        this.definition = definition;
        this.definitions = definitions;
        this.state = state;
        this.at = at;
    }

    List<SagaEvent> events() {
        return events;
    }

    /** The state behind the records that were chosen. */
    SagaState state() {
        return state;
    }

    Definition<T> definition() {
        return definition;
    }

    Definition.Known definitions() {
        return definitions;
    }

    Instant at() {
        return at;
    }

    Forward<T> forward() {
        return forward;
    }

    Backward<T> backward() {
        return backward;
    }

    void add(SagaEvent event) {
        events.add(event);
        state = SagaEvolution.evolve(state, event);
    }

    T context() {
        return definition.forms().context(state.mustContext());
    }

    Run run() {
        return Objects.requireNonNull(state.run(), "no step is under way");
    }

    int nextGeneration(String step) {
        return state.step(step).map(StepState::generation).orElse(0) + 1;
    }

    void begin(SagaStep<T> step, Direction direction, int generation, @Nullable String target, Instant since,
            int attempts, int refusals, @Nullable Instant until) {
        SagaState.Begun saga = state.mustBegun();
        // A call that undoes has the key of the call that it undoes.
        Direction keyed = direction == Direction.UNDO && step.undo() instanceof SagaUndo.ByCall<T>
                ? Direction.DO
                : direction;
        int number = keyed == direction ? generation : nextGeneration(step.name()) - 1;
        String key = "saga/" + saga.definition() + "/" + saga.id() + "/" + step.name() + "/" + keyed.text() + "/"
                + number;
        add(new SagaEvent.StepBegun(at, step.name(), direction, generation, target, key, since, attempts, refusals,
                until));
    }

    /** The same step again, under another id: the one before is known not to have been done, and never will be. */
    void renew(int attempts) {
        Run run = run();
        begin(definition.step(run.step()), run.direction(), run.generation() + 1, run.target(), run.since(), attempts,
                run.refusals(), run.until());
    }

    boolean isWithinPatience(Run run) {
        return Duration.between(run.since(), at).compareTo(definition.type().tryFor()) < 0;
    }

    Instant later(Run run, int failed) {
        StepRules<T, ?> rules = definition.step(run.step()).action().rules();
        Duration longest = rules.backoffMax().compareTo(LONGEST_PAUSE) > 0 ? rules.backoffMax() : LONGEST_PAUSE;
        return at.plus(StepRules.doubled(rules.backoffMin(), longest, failed));
    }

    void failedAttempt(Run run, String code, String message, boolean answered, Instant retryAt,
            boolean renewed, boolean refused) {
        add(new SagaEvent.AttemptFailed(at, run.step(), run.direction(), run.generation(), code, shortened(message),
                answered, retryAt, renewed, refused));
    }

    void settle(Run run, SettleReason reason, String code, String message) {
        add(new SagaEvent.Settling(at, run.step(), run.direction(), run.generation(), reason, code,
                shortened(message)));
    }

    void park(Run run, String code, String message) {
        add(new SagaEvent.Parked(at, Halt.UNDECIDED, run.step(), code, shortened(message)));
    }

    boolean canBeAsked(SagaStep<T> step) {
        return !(step.action() instanceof SagaAction.ByCall<T, ?> call) || call.probe() != null;
    }

    static String message(UserCode.Threw threw) {
        return shortened(Failures.message(threw));
    }

    static String shortened(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    }
}
