package dev.allframe.sample.bank.cli;

import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.sample.bank.history.InputException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank sagas}. */
@Command(name = "sagas", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Shows sagas, such as transfers: how many there are in each state, and the ones that were asked for.")
final class ShowSagas implements Callable<Integer> {

    @Option(names = "--state", paramLabel = "STATE", description = "Only those that are ${COMPLETION-CANDIDATES}.")
    private @Nullable Phase state;

    @Option(names = "--definition", paramLabel = "NAME", description = "Only those of a definition, such as transfer.")
    private @Nullable String definition;

    @Option(names = "--limit", defaultValue = "100", paramLabel = "N", description = "At most so many (default: ${DEFAULT-VALUE}).")
    private int limit = 100;

    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        if (limit < 1 || limit > SagaQuery.MAX_LIMIT) {
            throw new InputException("--limit must be 1 to " + SagaQuery.MAX_LIMIT + ", not " + limit);
        }
        storage.checkKeepsAccounts();
        try (OpenBank bank = new OpenBank(storage)) {
            SagaQuery query = SagaQuery.all().limit(limit);
            query = state == null ? query : query.in(state);
            query = definition == null ? query : query.of(definition);
            List<SagaStatus> sagas = bank.sagas().find(query).sagas();
            Map<Phase, Long> counts = new EnumMap<>(Phase.class);
            bank.sagas()
                    .describe()
                    .forEach(each -> each.sagas().forEach((phase, count) -> counts.merge(phase, count, Long::sum)));
            print(counts, sagas);
            return 0;
        }
    }

    private void print(Map<Phase, Long> counts, List<SagaStatus> sagas) {
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            for (Phase phase : Phase.values()) {
                json.put(phase.text(), counts.getOrDefault(phase, 0L));
            }
            output.printJson(Map.of("counts", json, "sagas", sagas.stream().map(ShowSagas::json).toList()));
            return;
        }
        sagas.forEach(saga -> output.print("%-12s %-40s %-12s %-10s since %s%s", saga.definition(), saga.id(),
                saga.phase().text(), saga.step() == null ? "" : saga.step(), saga.changedAt(),
                saga.reason().isEmpty() ? "" : "  " + saga.reason()));
        output.print("%,d running, %,d completed, %,d compensated, %,d parked", counts.getOrDefault(Phase.RUNNING, 0L),
                counts.getOrDefault(Phase.COMPLETED, 0L), counts.getOrDefault(Phase.COMPENSATED, 0L),
                counts.getOrDefault(Phase.PARKED, 0L));
        if (counts.containsKey(Phase.PARKED)) {
            output.print("for each that is parked an operator must decide: 'bank saga ID' shows what has happened");
        }
    }

    static Map<String, Object> json(SagaStatus saga) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", saga.id());
        json.put("definition", saga.definition());
        json.put("state", saga.phase().text());
        json.put("step", saga.step() == null ? "" : saga.step());
        json.put("since", saga.changedAt().toString());
        json.put("reason", saga.reason());
        return json;
    }
}
