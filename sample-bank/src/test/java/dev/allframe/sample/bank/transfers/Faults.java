package dev.allframe.sample.bank.transfers;

import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What goes wrong on the way of the commands of transfers, those that declare an id void included: one in five is
 * refused, has no answer, arrives when its sender waits no longer, or arrives twice. Which it is follows from the seed,
 * the command's id and how often it was sent. The commands of planted transfers have the fault of their {@link Plant}
 * alone. Thread-safe.
 */
final class Faults implements CommandInterceptor {

    /** How long a sender waits for an answer that does not come. */
    private static final Duration LIMIT = Duration.ofMillis(300);

    private static final int LATEST_MILLIS = 1_500;
    private static final int ONE_IN = 5;

    private enum Fault {
        REFUSED, NO_ANSWER, LATE, TWICE
    }

    private final long seed;
    private final boolean holding;
    private final Consumer<String> log;
    private final Map<String, Integer> sent = new ConcurrentHashMap<>();

    /**
     * Faults that follow from a seed.
     *
     * @param holding whether planted transfers meet what parks them
     * @param log is told each command
     */
    Faults(long seed, boolean holding, Consumer<String> log) {
        this.seed = seed;
        this.holding = holding;
        this.log = log;
    }

    @Override
    public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
        String id = dispatch.options().commandId();
        if (id == null) {
            return rest.dispatch(dispatch);
        }
        String[] parts = id.split("/", -1);
        String step = parts[3] + "/" + parts[4];
        String sending = id + (dispatch.command() == null ? "/void" : "");
        int times = sent.merge(sending, 1, Integer::sum);
        log.accept("sent " + sending);
        if (parts[1].equals(Plant.TYPE.name())) {
            return holding ? planted(Plant.of(parts[2]), step, times, dispatch, rest) : rest.dispatch(dispatch);
        }
        Random random = new Random(31 * (31 * seed + sending.hashCode()) + times);
        random.nextInt(); // the first of close seeds are close
        if (random.nextInt(ONE_IN) > 0) {
            return rest.dispatch(dispatch);
        }
        return switch (Fault.values()[random.nextInt(Fault.values().length)]) {
            case REFUSED -> refused(dispatch);
            case NO_ANSWER -> {
                var unused = rest.dispatch(dispatch);
                yield noAnswer();
            }
            case LATE -> {
                long late = LIMIT.toMillis() + random.nextInt(LATEST_MILLIS);
                CompletableFuture.delayedExecutor(late, TimeUnit.MILLISECONDS).execute(() -> rest.dispatch(dispatch));
                yield noAnswer();
            }
            case TWICE -> {
                CompletionStage<CommandResult<E>> first = rest.dispatch(dispatch);
                CompletionStage<CommandResult<E>> second = rest.dispatch(dispatch);
                yield random.nextBoolean()
                        ? second
                        : first.thenCompose(answer -> answer instanceof CommandResult.Refused<E>
                                ? second // which is decided anew: its answer is the one that holds
                                : CompletableFuture.completedFuture(answer));
            }
        };
    }

    private static <E extends Event> CompletionStage<CommandResult<E>> planted(Plant plant, String step, int times,
            Dispatch<E> dispatch, Rest<E> rest) {
        boolean isCommand = dispatch.command() != null;
        return switch (plant) {
            case CONFIRM -> isCommand && step.equals("confirm/do") ? refused(dispatch) : rest.dispatch(dispatch);
            case RELEASE -> isCommand && !step.equals("reserve/do") ? refused(dispatch) : rest.dispatch(dispatch);
            case CREDIT_DONE, CREDIT_LOST -> {
                if (!step.equals("credit/do")) {
                    yield rest.dispatch(dispatch);
                }
                if (plant == Plant.CREDIT_DONE && isCommand && times == 1) {
                    var unused = rest.dispatch(dispatch);
                }
                yield noAnswer();
            }
        };
    }

    /** That an id is declared void cannot be refused by a rule: it would say that the command was. */
    private static <E extends Event> CompletionStage<CommandResult<E>> refused(Dispatch<E> dispatch) {
        return CompletableFuture.completedFuture(dispatch.command() == null
                ? new CommandResult.Failed<>(new CommandError.NotPermitted("injected"))
                : new CommandResult.Refused<>("injected", "", Map.of()));
    }

    private static <E extends Event> CompletionStage<CommandResult<E>> noAnswer() {
        return CompletableFuture.supplyAsync(
                () -> new CommandResult.Failed<>(new CommandError.Timeout(LIMIT, "injected", true)),
                CompletableFuture.delayedExecutor(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    }
}
