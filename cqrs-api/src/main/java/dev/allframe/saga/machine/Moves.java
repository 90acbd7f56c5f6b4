package dev.allframe.saga.machine;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Texts;
import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaUndo;
import dev.allframe.saga.StepRules;
import dev.allframe.saga.machine.StepState.Undoing;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
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

    /** The last generation of a step; 0 where none was begun. */
    int generation(String step) {
        return state.step(step).map(StepState::generation).orElse(0);
    }

    /** Begins a step, with a generation that is known to be new. */
    void begin(SagaStep<T> step) {
        Instant until = null;
        String target = null;
        switch (step.action()) {
            case SagaAction.ByCommand<T, ?, ?> command -> target = target(command.type(), command.target());
            case SagaAction.SleepUntil<T> sleep -> until = moment(sleep);
            case SagaAction.ByCall<T, ?> call -> {
                // needs the context alone
            }
            case SagaAction.AwaitEvent<T, ?, ?> await -> {
                T context = context();
                Forward.mustBeKey(UserCode.call("the key", () -> await.key().apply(context)));
            }
        }
        add(begun(step, Direction.DO, generation(step.name()) + 1, target, at, at, 0, 0, false, until));
    }

    private Instant moment(SagaAction.SleepUntil<T> sleep) {
        T context = context();
        return UserCode.call("the moment", () -> Instant.ofEpochMilli(sleep.moment().apply(context).toEpochMilli()));
    }

    private String target(AggregateType<?, ?, ?> type, Function<T, String> function) {
        T context = context();
        String target = UserCode.call("the target", () -> function.apply(context));
        return UserCode.call("the target '" + shortened(target) + "'",
                () -> StreamId.of(type.name(), Texts.storable("a target", target)).entityId());
    }

    /** Begins to undo a step for the first time. */
    void beginUndo(SagaStep<T> step) {
        String target = step.undo() instanceof SagaUndo.ByCommand<T, ?, ?> command
                ? target(command.type(), command.target())
                : null;
        add(begun(step, Direction.UNDO, 1, target, at, at, 0, 0, false, null));
    }

    /** Begins an undo again, of which nobody knows whether it was done. */
    void beginAgain(SagaStep<T> step, Undoing before) {
        add(begun(step, Direction.UNDO, before.generation(), before.target(), before.issuedAt(), at, 0, 0, true, null));
    }

    /** Begins a step again, of which nobody knows whether it was done. */
    void beginAgain(SagaStep<T> step, Run run) {
        add(begun(step, run.direction(), run.generation(), run.target(), run.issuedAt(), at, 0, run.refusals(), true,
                run.until()));
    }

    /** The same step under another id: the one before is known not to have been done, and never will be. */
    void renew() {
        Run run = run();
        add(begun(definition.step(run.step()), run.direction(), run.generation() + 1, run.target(), at, run.since(),
                run.attempts(), run.refusals(), false, run.until()));
    }

    private SagaEvent begun(SagaStep<T> step, Direction direction, int generation, @Nullable String target,
            Instant issuedAt, Instant since, int attempts, int refusals, boolean unanswered, @Nullable Instant until) {
        boolean decisive = direction == Direction.DO && step.isPivot() && !canBeAsked(step);
        return new SagaEvent.StepBegun(at, step.name(), direction, generation, target, key(step, direction, generation),
                issuedAt, step.action().rules().timeout(), since, attempts, refusals, unanswered, decisive, until);
    }

    private String key(SagaStep<T> step, Direction direction, int generation) {
        if (!step.action().works()) {
            return "";
        }
        // A call that undoes has the key of the call that it undoes.
        boolean ofDoing = direction == Direction.DO || step.undo() instanceof SagaUndo.ByCall<T>;
        SagaState.Begun saga = state.mustBegun();
        return "saga/" + saga.definition() + "/" + saga.id() + "/" + step.name() + "/"
                + (ofDoing ? Direction.DO : Direction.UNDO).text() + "/"
                + (direction == Direction.DO || !ofDoing ? generation : generation(step.name()));
    }

    /**
     * Whether there is time for another attempt at a step: not before as many have failed as it has attempts, and never
     * when all were lost.
     */
    boolean isPatient(Run run) {
        return !run.isLostForGood() && isPatient(run, run.attempts() + run.postponed(), run.since());
    }

    /** Whether there is time for another attempt to find out whether a step was done. */
    boolean isPatient(Run run, Run.Finding settling) {
        return isPatient(run, settling.failed(), settling.since());
    }

    /** A process that was away for long has made no attempts meanwhile. */
    private boolean isPatient(Run run, int failed, Instant since) {
        return failed + 1 < rules(run).attempts()
                || Duration.between(since, at).compareTo(definition.type().tryFor()) < 0;
    }

    private StepRules<T, ?> rules(Run run) {
        return definition.step(run.step()).action().rules();
    }

    /** When to try again what is tried for long; {@code failed} is 1 or more. */
    Instant later(Run run, int failed) {
        StepRules<T, ?> rules = rules(run);
        Duration longest = rules.backoffMax().compareTo(LONGEST_PAUSE) > 0 ? rules.backoffMax() : LONGEST_PAUSE;
        return at.plus(StepRules.doubled(rules.backoffMin(), longest, failed));
    }

    void failedAttempt(Run run, String code, String message, boolean answered, Instant retryAt, Retry retry) {
        add(new SagaEvent.AttemptFailed(at, run.step(), run.direction(), run.generation(), code, message, answered,
                retryAt, retry));
    }

    void settle(Run run, SettleReason reason, String code, String message) {
        add(new SagaEvent.Settling(at, run.step(), run.direction(), run.generation(), reason, code, message));
    }

    void park(Run run, String code, String message) {
        add(new SagaEvent.Parked(at, Halt.UNDECIDED, run.step(), code, message));
    }

    boolean canBeAsked(SagaStep<T> step) {
        return !(step.action() instanceof SagaAction.ByCall<T, ?> call) || call.probe() != null;
    }

    static String message(UserCode.Threw threw) {
        return shortened(Failures.message(threw));
    }

    /** A text from outside as it can be stored: not too long, and without half characters. */
    static String shortened(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints()
                .limit(MAX_MESSAGE)
                .map(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? '?' : point)
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }
}
