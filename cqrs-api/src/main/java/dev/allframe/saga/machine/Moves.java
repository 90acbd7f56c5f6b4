package dev.allframe.saga.machine;

import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.StoredValue;
import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaUndo;
import dev.allframe.saga.StepOption.RetryRefused;
import dev.allframe.saga.StepRules;
import dev.allframe.saga.Successor;
import dev.allframe.saga.machine.SagaState.HaltedAt;
import dev.allframe.saga.machine.SagaState.Phase;
import dev.allframe.saga.machine.SagaState.Received;
import dev.allframe.saga.machine.StepState.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records of one decision: each is applied before the next is chosen. A method that gives a decision has chosen
 * none. Used once, by one thread.
 */
final class Moves<T> {

    /** The longest pause between attempts to undo, to find out, or to go on behind the pivot. */
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private static final int MAX_MESSAGE = 1_000;

    private final Definition<T> definition;
    private final Definition.Known definitions;
    private final Instant at;
    private final List<SagaEvent> events = new ArrayList<>();
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

    private void add(SagaEvent event) {
        events.add(event);
        state = SagaEvolution.evolve(state, event);
    }

    private T context() {
        return definition.forms().context(state.mustContext());
    }

    private Run run() {
        return Objects.requireNonNull(state.run(), "no step is under way");
    }

    // The beginning, and the way forward

    void start(SagaCommand.Start start) {
        Duration limit = definition.type().deadline();
        T context = definition.forms().context(start.context());
        add(new SagaEvent.Started(at, start.definition(), start.version(), start.id(), definition.structure(),
                start.context(), awaited(context), start.correlationId(), start.causationId(), start.headers(),
                limit == null ? null : at.plus(limit)));
        forward(0);
    }

    /** The keys of all events that are awaited, as the context has them. */
    private List<AwaitedKey> awaited(T context) {
        List<AwaitedKey> keys = new ArrayList<>();
        for (SagaStep<T> step : definition.type().steps()) {
            if (step.action() instanceof SagaAction.AwaitEvent<T, ?, ?> await) {
                Optional<String> key = keyIfKnown(await, context);
                key.ifPresent(text -> keys.add(new AwaitedKey(step.name(), Definition.eventName(await), text)));
            }
        }
        return keys;
    }

    /** A key may be known only when an earlier step is done; its function may fail until then. */
    private static <T> Optional<String> keyIfKnown(SagaAction.AwaitEvent<T, ?, ?> await, T context) {
        try {
            return Optional.of(UserCode.<String>call("the key", () -> await.key().apply(context)));
        } catch (UserCode.Threw unknown) {
            return Optional.empty();
        }
    }

    /** Begins the first step from an index on that is not left out, or ends. */
    private void forward(int index) {
        List<SagaStep<T>> steps = definition.type().steps();
        for (int i = index; i < steps.size(); i++) {
            if (isLate()) {
                turnBack("deadline", "the saga has not come to its pivot in time");
                return;
            }
            SagaStep<T> step = steps.get(i);
            try {
                if (!isWanted(step.action().rules())) {
                    add(new SagaEvent.StepSkipped(at, step.name()));
                } else if (!begin(step)) {
                    return;
                }
            } catch (UserCode.Threw threw) {
                notDone(step, nextGeneration(step.name()), "function-threw", message(threw));
                return;
            }
        }
        complete();
    }

    private boolean isLate() {
        Instant deadline = state.mustBegun().deadline();
        return deadline != null && !at.isBefore(deadline) && !state.pastPivot();
    }

    private boolean isWanted(StepRules<T, ?> rules) {
        return rules.onlyIf() == null
                || UserCode.<Boolean>call("onlyIf", () -> Objects.requireNonNull(rules.onlyIf()).test(context()));
    }

    private int nextGeneration(String step) {
        return state.step(step).map(StepState::generation).orElse(0) + 1;
    }

    /** Begins a step. Whether it is done already, because what it waits for has happened. */
    private boolean begin(SagaStep<T> step) {
        int generation = nextGeneration(step.name());
        Instant until = step.action() instanceof SagaAction.SleepUntil<T> sleep
                ? UserCode.call("the moment", () -> sleep.moment().apply(context()))
                : null;
        begin(step, Direction.DO, generation, target(step), at, 0, 0, until);
        Optional<Received> received = state.received()
                .stream()
                .filter(event -> event.step().equals(step.name()))
                .findFirst();
        if (received.isEmpty()) {
            return false;
        }
        done(step, generation, true, true, List.of(received.get().event()));
        return state.run() == null && state.phase() == Phase.FORWARD;
    }

    private @Nullable String target(SagaStep<T> step) {
        return step.action() instanceof SagaAction.ByCommand<T, ?, ?> command
                ? UserCode.call("the target", () -> command.target().apply(context()))
                : null;
    }

    private void begin(SagaStep<T> step, Direction direction, int generation, @Nullable String target, Instant since,
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
    private void renew(int attempts) {
        Run run = run();
        begin(definition.step(run.step()), run.direction(), run.generation() + 1, run.target(), run.since(), attempts,
                run.refusals(), run.until());
    }

    private void complete() {
        NextSaga next;
        try {
            next = successor();
        } catch (UserCode.Threw threw) {
            add(new SagaEvent.Parked(at, Halt.SUCCESSOR, null, "function-threw", message(threw)));
            return;
        }
        add(new SagaEvent.Completed(at, next));
    }

    private @Nullable NextSaga successor() {
        Optional<Successor<?>> next = UserCode.call("thenStart", () -> definition.type().successor(context()));
        return next.map(this::stored).orElse(null);
    }

    private <N> NextSaga stored(Successor<N> next) {
        String name = next.type().name();
        int version = next.type().version().number();
        Definition<?> known = definitions.find(name, version)
                .orElseThrow(() -> UserCode.failure("thenStart gives a saga '" + name + "' of version " + version
                        + ", which is not registered"));
        return new NextSaga(name, version, next.id(), known.writeAny(next.context()));
    }

    // What became of an effect

    Optional<Decision<SagaEvent>> reported(SagaCommand.Report report) {
        Run run = state.run();
        if (run == null || state.phase() == Phase.PARKED || !isOf(run, report)) {
            return Optional.of(Decision.noChange());
        }
        SagaStep<T> step = definition.step(run.step());
        if (run.direction() == Direction.UNDO) {
            new Back(run, step).reported(report);
        } else if (run.settling() == null) {
            new Forth(run, step).reported(report);
        } else {
            new Settle(run, step, run.settling()).reported(report.outcome());
        }
        return events.isEmpty() ? Optional.of(Decision.noChange()) : Optional.empty();
    }

    /** That something was done is true, whichever attempt of the generation says so; everything else may be stale. */
    private static boolean isOf(Run run, SagaCommand.Report report) {
        return run.effect().equals(report.effect()) || (report.outcome() instanceof Outcome.Done
                && run.effect().isSameGeneration(report.effect()));
    }

    private void done(SagaStep<T> step, int generation, boolean effective, boolean certain,
            List<StoredValue> output) {
        T context = context();
        T changed;
        try {
            changed = into(step.action(), context, output, certain);
        } catch (UserCode.Threw threw) {
            add(new SagaEvent.StepDone(at, step.name(), generation, effective, certain, step.isPivot(), output, null,
                    List.of()));
            if (state.pastPivot()) {
                add(new SagaEvent.Parked(at, Halt.CONTEXT, step.name(), "function-threw", message(threw)));
            } else {
                turnBack("function-threw", message(threw));
            }
            return;
        }
        boolean kept = step.action() instanceof SagaAction.ByCall;
        StoredValue written = changed.equals(context) ? null : definition.forms().write(changed);
        add(new SagaEvent.StepDone(at, step.name(), generation, effective, certain, step.isPivot(),
                kept ? output : List.of(), written, written == null ? List.of() : awaited(changed)));
    }

    /** The context with what a step has given. */
    private T into(SagaAction<T> action, T context, List<StoredValue> output, boolean certain) {
        if (!certain) {
            return context;
        }
        return switch (action) {
            case SagaAction.ByCommand<T, ?, ?> command -> intoEvents(command, context, output);
            case SagaAction.ByCall<T, ?> call -> intoAnswer(call, context, output);
            case SagaAction.SleepUntil<T> sleep -> context;
            case SagaAction.AwaitEvent<T, ?, ?> await -> intoEvent(await, context, output);
        };
    }

    private <C extends Command, E extends Event> T intoEvents(
            SagaAction.ByCommand<T, C, E> command, T context, List<StoredValue> output) {
        var into = command.rules().into();
        if (into == null) {
            return context;
        }
        List<E> all = new ArrayList<>();
        output.forEach(stored -> all.addAll(definition.forms().events(command.type(), stored)));
        return UserCode.call("into", () -> into.apply(context, List.copyOf(all)));
    }

    private <O> T intoAnswer(SagaAction.ByCall<T, O> call, T context, List<StoredValue> output) {
        var into = call.rules().into();
        return into == null || output.isEmpty()
                ? context
                : UserCode.call("into", () -> into.apply(context,
                        definition.forms().answer(call.output(), output.getFirst())));
    }

    private <E extends Event, X extends E> T intoEvent(SagaAction.AwaitEvent<T, E, X> await,
            T context, List<StoredValue> output) {
        var into = await.rules().into();
        T changed = context;
        if (into != null) {
            for (StoredValue stored : output) {
                for (E event : definition.forms().events(await.type(), stored)) {
                    if (await.event().isInstance(event)) {
                        T before = changed;
                        changed = UserCode.call("into", () -> into.apply(before, await.event().cast(event)));
                    }
                }
            }
        }
        return changed;
    }

    /** Goes on behind a step that was done, unless that has ended the way forward. */
    private void forwardBehind(SagaStep<T> step) {
        if (state.phase() == Phase.FORWARD && state.run() == null) {
            forward(definition.indexOf(step.name()) + 1);
        }
    }

    /** The end of a step that was not done. */
    private void notDone(SagaStep<T> step, int generation, String code, String message) {
        add(new SagaEvent.StepNotDone(at, step.name(), generation, code, message));
        if (state.pastPivot()) {
            add(new SagaEvent.Parked(at, Halt.STEP, step.name(), code, message));
        } else {
            turnBack(code, message);
        }
    }

    private boolean isWithinPatience(Run run) {
        return Duration.between(run.since(), at).compareTo(definition.type().tryFor()) < 0;
    }

    private Instant later(Run run, int failed) {
        StepRules<T, ?> rules = definition.step(run.step()).action().rules();
        Duration longest = rules.backoffMax().compareTo(LONGEST_PAUSE) > 0 ? rules.backoffMax() : LONGEST_PAUSE;
        return at.plus(StepRules.doubled(rules.backoffMin(), longest, failed));
    }

    private void failedAttempt(Run run, String code, String message, boolean answered, Instant retryAt,
            boolean renewed, boolean refused) {
        add(new SagaEvent.AttemptFailed(at, run.step(), run.direction(), run.generation(), code, shortened(message),
                answered, retryAt, renewed, refused));
    }

    private void settle(Run run, SettleReason reason, String code, String message) {
        add(new SagaEvent.Settling(at, run.step(), run.direction(), run.generation(), reason, code,
                shortened(message)));
    }

    private void park(Run run, String code, String message) {
        add(new SagaEvent.Parked(at, Halt.UNDECIDED, run.step(), code, shortened(message)));
    }

    /** Outcomes while a step is done. */
    private final class Forth {

        private final Run run;
        private final SagaStep<T> step;

        Forth(Run run, SagaStep<T> step) {
            this.run = run;
            this.step = step;
        }

        void reported(SagaCommand.Report report) {
            boolean mayBeUnderWay = run.unanswered() || report.resumed();
            switch (report.outcome()) {
                case Outcome.Done(var effective, var output) -> {
                    if (!effective && mayBeUnderWay && step.action() instanceof SagaAction.ByCommand) {
                        settle(run, SettleReason.UNCHANGED, "unchanged", "");
                    } else {
                        done(step, run.generation(), effective, true, output);
                        forwardBehind(step);
                    }
                }
                case Outcome.Refused(var code, var message) -> {
                    if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, code, message);
                    } else {
                        refused(run, step, code, shortened(message));
                    }
                }
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (again && (state.pastPivot() ? isWithinPatience(run) : hasAttempts())) {
                        failedAttempt(run, code, message, true, nextAttempt(), false, false);
                    } else if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, code, message);
                    } else {
                        answeredNo(run, step, code, shortened(message));
                    }
                }
                case Outcome.Threw(var message) -> {
                    if (mayBeUnderWay) {
                        findOut(SettleReason.REFUSAL, "function-threw", message);
                    } else {
                        notDone(step, run.generation(), "function-threw", shortened(message));
                    }
                }
                case Outcome.Unanswered(var code, var message) -> {
                    if (hasAttempts()) {
                        failedAttempt(run, code, message, false, nextAttempt(), false, false);
                    } else {
                        findOut(SettleReason.TIMEOUT, code, message);
                    }
                }
                case Outcome.MustSettle(var reason, var code, var message) -> findOut(reason, code, message);
                case Outcome.Unknown(var message) -> findOut(SettleReason.TIMEOUT, "unknown", message);
            }
        }

        private boolean hasAttempts() {
            return run.attempts() + 1 < step.action().rules().attempts();
        }

        private Instant nextAttempt() {
            return at.plus(step.action().rules().pauseAfter(run.attempts() + 1));
        }

        /** Where nobody can be asked, a call counts as done, so that it is undone. */
        private void findOut(SettleReason reason, String code, String message) {
            if (canBeAsked(step)) {
                settle(run, reason, code, message);
            } else if (state.pastPivot() && isWithinPatience(run)) {
                failedAttempt(run, code, message, false, later(run, run.attempts() + 1), false, false);
            } else if (state.pastPivot() || step.isPivot()) {
                park(run, code, message);
            } else {
                done(step, run.generation(), true, false, List.of());
                turnBack(code, shortened(message));
            }
        }
    }

    private boolean canBeAsked(SagaStep<T> step) {
        return !(step.action() instanceof SagaAction.ByCall<T, ?> call) || call.probe() != null;
    }

    /** A refusal by a rule, all attempts having been answered. */
    private void refused(Run run, SagaStep<T> step, String code, String message) {
        Optional<Duration> again = pauseOf(step.action().rules(), run, code);
        if (again.isPresent()) {
            failedAttempt(run, code, message, true, at.plus(again.get()), true, true);
        } else {
            answeredNo(run, step, code, message);
        }
    }

    private static <T, O> Optional<Duration> pauseOf(StepRules<T, O> rules, Run run, String code) {
        return rules.refusal(code).filter(rule -> run.refusals() < rule.times()).map(RetryRefused::every);
    }

    /** It was not done, and would not be if it were repeated: the end, or behind the pivot another generation. */
    private void answeredNo(Run run, SagaStep<T> step, String code, String message) {
        if (state.pastPivot() && isWithinPatience(run)) {
            failedAttempt(run, code, message, true, later(run, run.attempts() + 1), true, false);
        } else {
            notDone(step, run.generation(), code, message);
        }
    }

    /** Outcomes while it is found out whether a step was done. */
    private final class Settle {

        private final Run run;
        private final SagaStep<T> step;
        private final SettleReason reason;

        Settle(Run run, SagaStep<T> step, SettleReason reason) {
            this.run = run;
            this.step = step;
            this.reason = reason;
        }

        void reported(Outcome outcome) {
            switch (outcome) {
                case Outcome.Done(var effective, var output) -> {
                    done(step, run.generation(), effective, true, output);
                    if (reason.endsTheWayForward() && !state.pastPivot() && state.phase() == Phase.FORWARD) {
                        turnBack(run.code(), run.message());
                    } else {
                        forwardBehind(step);
                    }
                }
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (again) {
                        tryAgain(code, message);
                    } else {
                        wasNotDone();
                    }
                }
                case Outcome.Refused(var code, var message) -> tryAgain(code, message);
                case Outcome.Unanswered(var code, var message) -> tryAgain(code, message);
                case Outcome.MustSettle(var why, var code, var message) -> tryAgain(code, message);
                case Outcome.Threw(var message) -> tryAgain("function-threw", message);
                case Outcome.Unknown(var message) -> park(run, "unknown", message);
            }
        }

        private void tryAgain(String code, String message) {
            if (isWithinPatience(run)) {
                failedAttempt(run, code, message, false, later(run, run.settles() + 1), false, false);
            } else {
                park(run, code, message);
            }
        }

        private void wasNotDone() {
            if (reason.endsTheWayForward() && !state.pastPivot()) {
                notDone(step, run.generation(), run.code(), run.message());
                return;
            }
            switch (reason) {
                case REFUSAL -> refused(run, step, run.code(), run.message());
                case UNCHANGED -> {
                    done(step, run.generation(), false, true, List.of());
                    forwardBehind(step);
                }
                case FORGOTTEN, CONFLICT -> {
                    if (run.attempts() + 1 < step.action().rules().attempts()
                            || (state.pastPivot() && isWithinPatience(run))) {
                        renew(run.attempts() + 1);
                    } else {
                        notDone(step, run.generation(), run.code(), run.message());
                    }
                }
                case TIMEOUT, DEADLINE, CANCEL -> answeredNo(run, step, run.code(), run.message());
            }
        }
    }

    // The way back

    private void turnBack(String code, String message) {
        add(new SagaEvent.TurnedBack(at, code, shortened(message)));
        backward();
    }

    /** Begins to undo the last step that must be, or ends. */
    private void backward() {
        for (SagaStep<T> step : definition.type().steps().reversed()) {
            Optional<StepState> done = state.step(step.name()).filter(each -> each.status() == Status.DONE);
            if (done.isPresent() && mustBeUndone(step, done.get()) && beginUndo(step, done.get())) {
                return;
            }
        }
        List<String> stuck = state.steps()
                .stream()
                .filter(each -> each.status() == Status.STUCK)
                .map(StepState::step)
                .toList();
        if (stuck.isEmpty()) {
            add(new SagaEvent.Compensated(at));
        } else {
            add(new SagaEvent.Parked(at, Halt.UNDO, null, "stuck",
                    "these steps could not be undone: " + String.join(", ", stuck)));
        }
    }

    private static boolean mustBeUndone(SagaStep<?> step, StepState done) {
        return switch (step.undo()) {
            case SagaUndo.NothingToUndo<?> nothing -> false;
            case SagaUndo.CannotBeUndone<?> pivot -> false;
            case SagaUndo.ByCommand<?, ?, ?> command -> done.effective();
            case SagaUndo.ByCall<?> call -> done.effective();
        };
    }

    private boolean beginUndo(SagaStep<T> step, StepState done) {
        String target;
        try {
            target = step.undo() instanceof SagaUndo.ByCommand<T, ?, ?> command
                    ? UserCode.call("the target of the undo", () -> command.target().apply(context()))
                    : null;
        } catch (UserCode.Threw threw) {
            add(new SagaEvent.Stuck(at, step.name(), "function-threw", message(threw)));
            return false;
        }
        // An operator who tries again does not know that the undo before was not done: it keeps its id.
        begin(step, Direction.UNDO, Math.max(1, done.undoGeneration()), target, at, 0, 0, null);
        return true;
    }

    /** Outcomes while a step is undone. */
    private final class Back {

        private final Run run;
        private final SagaStep<T> step;

        Back(Run run, SagaStep<T> step) {
            this.run = run;
            this.step = step;
        }

        void reported(SagaCommand.Report report) {
            boolean mayBeUnderWay = run.unanswered() || report.resumed();
            switch (report.outcome()) {
                case Outcome.Done done -> {
                    add(new SagaEvent.Undone(at, step.name(), run.generation()));
                    backward();
                }
                case Outcome.Refused(var code, var message) -> tryAgain(code, message, true, !mayBeUnderWay);
                case Outcome.NotDone(var code, var message, var again) -> {
                    if (run.settling() != null && !again) {
                        renew(run.attempts() + 1);
                    } else {
                        tryAgain(code, message, true, !again && !mayBeUnderWay);
                    }
                }
                case Outcome.Unanswered(var code, var message) -> tryAgain(code, message, false, false);
                case Outcome.Threw(var message) -> stuck("function-threw", message);
                case Outcome.Unknown(var message) -> stuck("unknown", message);
                case Outcome.MustSettle(var reason, var code, var message) -> {
                    if (run.settling() == null) {
                        settle(run, reason, code, message);
                    } else {
                        tryAgain(code, message, false, false);
                    }
                }
            }
        }

        private void tryAgain(String code, String message, boolean answered, boolean renewed) {
            if (isWithinPatience(run)) {
                int failed = (run.settling() == null ? run.attempts() : run.settles()) + 1;
                failedAttempt(run, code, message, answered, later(run, failed), renewed, false);
            } else {
                stuck(code, message);
            }
        }

        private void stuck(String code, String message) {
            add(new SagaEvent.Stuck(at, step.name(), code, shortened(message)));
            backward();
        }
    }

    // Times, events, operators

    Optional<Decision<SagaEvent>> wake() {
        Run run = state.run();
        if (state.phase() == Phase.FORWARD && isLate()) {
            return giveUp(SettleReason.DEADLINE, "deadline", "the saga has not come to its pivot in time");
        }
        if (run == null || state.phase() == Phase.PARKED) {
            return Optional.of(Decision.noChange());
        }
        Instant until = run.until();
        Instant retryAt = run.retryAt();
        if (until != null && !at.isBefore(until)) {
            SagaStep<T> step = definition.step(run.step());
            done(step, run.generation(), false, true, List.of());
            forwardBehind(step);
        } else if (run.renewed() && retryAt != null && !at.isBefore(retryAt)) {
            renew(run.attempts());
        }
        return events.isEmpty() ? Optional.of(Decision.noChange()) : Optional.empty();
    }

    Optional<Decision<SagaEvent>> arrived(SagaCommand.Arrive arrival) {
        for (AwaitedKey key : state.awaited()) {
            if (key.event().equals(arrival.event()) && key.key().equals(arrival.key()) && isOpen(key.step())) {
                add(new SagaEvent.EventReceived(at, key.step(), arrival.eventId(), arrival.contents()));
            }
        }
        Run run = state.run();
        if (run != null && state.phase() == Phase.FORWARD && !events.isEmpty()
                && state.received().stream().anyMatch(event -> event.step().equals(run.step()))) {
            SagaStep<T> step = definition.step(run.step());
            done(step, run.generation(), true, true, List.of(arrival.contents()));
            forwardBehind(step);
        }
        return events.isEmpty() ? Optional.of(Decision.noChange()) : Optional.empty();
    }

    /** Whether a step may still use an event. */
    private boolean isOpen(String step) {
        boolean onTheWay = state.phase() == Phase.FORWARD || state.phase() == Phase.SETTLING
                || state.phase() == Phase.PARKED;
        return onTheWay && state.step(step).isEmpty()
                && state.received().stream().noneMatch(event -> event.step().equals(step));
    }

    Optional<Decision<SagaEvent>> cancel(SagaCommand.Cancel cancel) {
        String message = "by " + cancel.by() + ": " + cancel.reason();
        if (state.phase() == Phase.PARKED) {
            return Optional.of(Decision.refuse("parked", "the saga is parked: decide to turn it back"));
        }
        return giveUp(SettleReason.CANCEL, "cancelled", message);
    }

    /** Ends the way forward: at once where nothing can be under way, else when that was found out. */
    private Optional<Decision<SagaEvent>> giveUp(SettleReason reason, String code, String message) {
        if (state.pastPivot() || state.hasEnded()) {
            return Optional.of(Decision.refuse("too-late", state.hasEnded()
                    ? "the saga has ended"
                    : "the saga has passed its pivot and only goes forward"));
        }
        Run run = state.run();
        if (state.phase() == Phase.BACKWARD || run == null
                || (run.settling() != null && run.settling().endsTheWayForward())) {
            return Optional.of(Decision.noChange());
        }
        SagaStep<T> step = definition.step(run.step());
        boolean works = step.action() instanceof SagaAction.ByCommand || step.action() instanceof SagaAction.ByCall;
        if (!works || run.renewed()) {
            notDone(step, run.generation(), code, shortened(message));
        } else if (canBeAsked(step)) {
            settle(run, reason, code, message);
        } else if (step.isPivot()) {
            return Optional.of(Decision.refuse("too-late", "the saga is at its pivot, of which nobody could tell"
                    + " whether it was done"));
        } else {
            done(step, run.generation(), true, false, List.of());
            turnBack(code, message);
        }
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> successorBegun() {
        if (state.successor() == null) {
            return Optional.of(Decision.noChange());
        }
        add(new SagaEvent.SuccessorStarted(at));
        return Optional.empty();
    }

    Optional<Decision<SagaEvent>> decided(SagaCommand.Decide command) {
        HaltedAt halt = state.halt();
        if (state.phase() != Phase.PARKED || halt == null) {
            return Optional.of(Decision.refuse("not-parked", "the saga is not parked"));
        }
        Verb verb = command.verb();
        boolean possible = switch (halt.halt()) {
            case STEP -> verb != Verb.TURN_BACK;
            case UNDECIDED -> verb != Verb.TURN_BACK || !(state.pastPivot() || stepOf(halt).isPivot());
            case CONTEXT, SUCCESSOR -> verb == Verb.RETRY || verb == Verb.SKIP;
            case UNDO -> verb == Verb.RETRY || verb == Verb.SKIP || verb == Verb.DONE;
        };
        if (!possible) {
            return Optional.of(Decision.refuse("not-possible", "that cannot be decided about a saga that is parked"
                    + " because: " + state.reason()));
        }
        Run run = state.run();
        add(new SagaEvent.Decided(at, verb, command.by(), command.reason()));
        switch (halt.halt()) {
            case STEP -> decideStep(verb, stepOf(halt), nextGeneration(stepOf(halt).name()) - 1);
            case UNDECIDED -> decideUndecided(verb, stepOf(halt), Objects.requireNonNull(run));
            case CONTEXT -> {
                SagaStep<T> step = stepOf(halt);
                if (verb == Verb.RETRY) {
                    StepState before = state.step(step.name()).orElseThrow();
                    done(step, before.generation(), before.effective(), before.certain(), before.output());
                }
                forwardBehind(step);
            }
            case UNDO -> backward();
            case SUCCESSOR -> {
                if (verb == Verb.RETRY) {
                    complete();
                } else {
                    add(new SagaEvent.Completed(at, null));
                }
            }
        }
        return Optional.empty();
    }

    private SagaStep<T> stepOf(HaltedAt halt) {
        return definition.step(Objects.requireNonNull(halt.step(), "the saga is not parked before a step"));
    }

    /** Behind the pivot, of a step that was not done. */
    private void decideStep(Verb verb, SagaStep<T> step, int generation) {
        switch (verb) {
            case RETRY, NOT_DONE -> forward(definition.indexOf(step.name()));
            case SKIP -> {
                add(new SagaEvent.StepSkipped(at, step.name()));
                forwardBehind(step);
            }
            case DONE -> {
                add(new SagaEvent.StepDone(at, step.name(), generation, true, true, step.isPivot(), List.of(), null,
                        List.of()));
                forwardBehind(step);
            }
            case TURN_BACK -> throw new IllegalStateException("the saga has passed its pivot");
        }
    }

    private void decideUndecided(Verb verb, SagaStep<T> step, Run run) {
        switch (verb) {
            case RETRY -> {
                begin(step, run.direction(), run.generation(), run.target(), at, run.attempts(), run.refusals(), null);
                if (canBeAsked(step)) {
                    settle(run(), Objects.requireNonNullElse(run.settling(), SettleReason.TIMEOUT), run.code(),
                            run.message());
                }
            }
            case SKIP -> {
                add(new SagaEvent.StepDone(at, step.name(), run.generation(), false, true, step.isPivot(), List.of(),
                        null, List.of()));
                forwardBehind(step);
            }
            case DONE -> {
                add(new SagaEvent.StepDone(at, step.name(), run.generation(), true, true, step.isPivot(), List.of(),
                        null, List.of()));
                forwardBehind(step);
            }
            case NOT_DONE -> {
                if (state.pastPivot()) {
                    add(new SagaEvent.StepNotDone(at, step.name(), run.generation(), run.code(), run.message()));
                    forward(definition.indexOf(step.name()));
                } else {
                    notDone(step, run.generation(), run.code(), run.message());
                }
            }
            case TURN_BACK -> {
                add(new SagaEvent.StepDone(at, step.name(), run.generation(), true, false, false, List.of(), null,
                        List.of()));
                turnBack("decided", run.message());
            }
        }
    }

    private static String message(UserCode.Threw threw) {
        return shortened(Failures.message(threw));
    }

    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    }
}
