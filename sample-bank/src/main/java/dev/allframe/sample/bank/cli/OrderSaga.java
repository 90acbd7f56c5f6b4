package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaMetadata;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaTransition;
import dev.allframe.sample.bank.history.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bank saga}. */
@Command(name = "saga", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Shows a saga with all that has happened to it, or tells it what an operator has decided.",
        "Of a parked saga: retry tries again, skip goes on as if the step were not needed, settle says whether the step"
                + " was done, turn-back undoes what was done. Of one that runs: cancel turns it back.",
        "With an order, waits until the saga has ended. Ends with 0 only if it has; with 1 if it is parked again, or goes"
                + " on."})
final class OrderSaga implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "ID", description = "The id of the saga.")
    private String id = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ORDER", description = "retry, skip, settle, turn-back or cancel; none to show it.")
    private @Nullable String order;

    @Option(names = "--as", paramLabel = "WHAT", description = "For settle: done or not-done.")
    private @Nullable String as;

    @Option(names = "--definition", paramLabel = "NAME", description = "The definition of the saga, such as transfer; needed where sagas of several have the id.")
    private @Nullable String definition;

    @Mixin
    private final SagaWait wait = new SagaWait();
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
        wait.check();
        Order given = reason.order();
        SagaDecision decision = decision(wanted);
        storage.checkKeepsAccounts();
        try (OpenBank bank = new OpenBank(storage)) {
            SagaHandle saga = saga(bank.sagas());
            if (wanted.equals("show")) {
                print(SagaAnswers.status(saga), SagaAnswers.of(saga.history()));
                return 0;
            }
            tell(saga, decision, given);
            SagaStatus now = wait.await(saga);
            print(now, SagaAnswers.of(saga.history()));
            return now.phase() == Phase.COMPLETED || now.phase() == Phase.COMPENSATED ? 0 : Bank.NOT_GOOD;
        }
    }

    /** The one with the id, of whichever definition where none was named. */
    private SagaHandle saga(SagaOrchestrator sagas) {
        List<String> definitions = definition == null
                ? sagas.describe().stream().map(SagaMetadata::definition).distinct().toList()
                : List.of(definition);
        List<SagaHandle> found = definitions.stream()
                .map(name -> SagaAnswers.saga(sagas, name, id))
                .filter(saga -> SagaAnswers.of(saga.status()).isPresent())
                .toList();
        return switch (found.size()) {
            case 0 -> throw new InputException("there is no saga '" + id + "'"
                    + (definition == null ? "" : " of '" + definition + "'") + ": 'bank sagas' lists those there are");
            case 1 -> found.getFirst();
            default -> throw new InputException("there are sagas '" + id + "' of "
                    + String.join(" and of ", found.stream().map(SagaHandle::definition).toList())
                    + ": say which with --definition");
        };
    }

    /** Gives an order: a decision, or to cancel where it is null. */
    private static void tell(SagaHandle saga, @Nullable SagaDecision decision, Order given) {
        try {
            SagaAnswers.of(decision == null
                    ? saga.cancel(given.by(), given.reason())
                    : saga.decide(decision, given.by(), given.reason()));
        } catch (InputException refused) {
            throw new InputException(Failures.message(refused) + next(SagaAnswers.status(saga), decision == null));
        }
    }

    /** What can be done about a saga that has refused an order. */
    private static String next(SagaStatus now, boolean cancels) {
        String command = "'bank saga " + now.id();
        return switch (now.phase()) {
            case RUNNING -> "; it runs: " + command + "' shows where it is"
                    + (cancels ? "" : ", and " + command + " cancel' turns it back");
            case PARKED -> cancels ? ", by " + command + " turn-back'" : "; done and not-done are said by settle --as";
            case COMPLETED, COMPENSATED -> "; it is " + now.phase().text() + ": " + command
                    + "' shows what has happened";
        };
    }

    /** What is to be decided about a parked saga; null for nothing. */
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
        SagaAnswers.next(saga).ifPresent(text -> output.print("%s", text));
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
