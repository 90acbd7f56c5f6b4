package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaTransition;
import dev.allframe.sample.bank.history.InputException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bank saga}. */
@Command(name = "saga", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Shows a saga with all that has happened to it, or tells it what an operator has decided.",
        "Of a parked saga: retry tries again, skip goes on as if the step were not needed, settle says whether the step"
                + " was done, turn-back undoes what was done. Of one that runs: cancel turns it back."})
final class OrderSaga implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Parameters(index = "0", paramLabel = "ID", description = "The id of the saga.")
    private String id = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ORDER", description = "retry, skip, settle, turn-back or cancel; none to show it.")
    private @Nullable String order;

    @Option(names = "--as", paramLabel = "WHAT", description = "For settle: done or not-done.")
    private @Nullable String as;

    @Option(names = "--definition", defaultValue = "transfer", paramLabel = "NAME", description = "The definition of the saga (default: ${DEFAULT-VALUE}).")
    private String definition = "transfer";

    @Mixin
    private final OrderReason reason = new OrderReason();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        String wanted = order == null ? "show" : order;
        if ((as != null) != wanted.equals("settle")) {
            throw new InputException(as == null
                    ? "settle needs --as done or --as not-done"
                    : "--as is for settle alone");
        }
        Order given = reason.order();
        SagaDecision decision = decision(wanted);
        storage.checkKeepsAccounts();
        try (OpenBank bank = new OpenBank(storage)) {
            SagaHandle saga = saga(bank);
            SagaStatus status = SagaAnswers.status(saga);
            CompletionStage<Void> told = wanted.equals("cancel")
                    ? saga.cancel(given.by(), given.reason())
                    : decision == null ? null : saga.decide(decision, given.by(), given.reason());
            if (told != null) {
                SagaAnswers.of(told);
                status = awaitEnd(saga);
            }
            print(status, SagaAnswers.of(saga.history()));
            return 0;
        }
    }

    private SagaHandle saga(OpenBank bank) {
        try {
            return bank.sagas().saga(definition, id);
        } catch (SagaException refused) {
            throw SagaAnswers.inWords(refused);
        }
    }

    /** What is to be decided; null for nothing about a parked saga. */
    private @Nullable SagaDecision decision(String wanted) {
        return switch (wanted) {
            case "show", "cancel" -> null;
            case "retry" -> SagaDecision.RETRY;
            case "skip" -> SagaDecision.SKIP;
            case "turn-back" -> SagaDecision.TURN_BACK;
            case "settle" -> switch (as) {
                case "done" -> SagaDecision.DONE;
                case "not-done" -> SagaDecision.NOT_DONE;
                case null, default -> throw new InputException("--as must be done or not-done, not '" + as + "'");
            };
            default -> throw new InputException("there is no order '" + wanted
                    + "'; there are retry, skip, settle, turn-back and cancel");
        };
    }

    /** The view may still have the saga as it was parked: what is stored tells. */
    private static SagaStatus awaitEnd(SagaHandle saga) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        SagaStatus now = SagaAnswers.status(saga);
        while (now.phase() == SagaStatus.Phase.RUNNING && System.nanoTime() < end) {
            LockSupport.parkNanos(20_000_000);
            now = SagaAnswers.status(saga);
        }
        return now;
    }

    private void print(SagaStatus saga, List<SagaTransition> history) {
        if (output.isJson()) {
            Map<String, Object> json = ShowSagas.json(saga);
            json.put("version", saga.version());
            json.put("startedAt", saga.startedAt().toString());
            json.put("history", history.stream().map(OrderSaga::json).toList());
            output.printJson(json);
            return;
        }
        output.print("%s %s, version %d: %s%s%s", saga.definition(), saga.id(), saga.version(), saga.phase().text(),
                saga.step() == null ? "" : ", at " + saga.step() + (saga.undoing() ? ", being undone" : ""),
                saga.reason().isEmpty() ? "" : ", " + saga.reason());
        history.forEach(each -> output.print("  %3d  %s  %-16s %-12s %s%s", each.sequenceNr(), each.at(), each.record(),
                each.step() == null ? "" : each.step(), each.attempt() == 0 ? "" : "attempt " + each.attempt() + "  ",
                each.error()));
    }

    private static Map<String, Object> json(SagaTransition transition) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sequenceNr", transition.sequenceNr());
        json.put("at", transition.at().toString());
        json.put("record", transition.record());
        json.put("step", transition.step() == null ? "" : transition.step());
        json.put("attempt", transition.attempt());
        json.put("error", transition.error());
        return json;
    }
}
