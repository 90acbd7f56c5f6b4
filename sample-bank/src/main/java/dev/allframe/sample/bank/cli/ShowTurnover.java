package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.views.Turnover.TURNOVER;

import dev.allframe.pipeline.Windowed;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import dev.allframe.sample.bank.views.AllRows;
import dev.allframe.sample.bank.views.Turnover.Sum;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bank turnover}. */
@Command(name = "turnover", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Shows what came in and went out in each month, from and to each other bank; without a bank, all that is no remittance.")
final class ShowTurnover implements Callable<Integer> {

    @Mixin
    private final Source source = new Source();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        try (OpenBank bank = new OpenBank(storage)) {
            Source.Filled filled = source.fill(bank, storage, output);
            List<Rows.Entry<Windowed<String, LocalDate>, Sum>> rows = bank.view(TURNOVER, output)
                    .read(reader -> AllRows.list(reader, Range.all()));
            if (output.isJson()) {
                output.printJson(Map.of("rows", rows.stream().map(ShowTurnover::json).toList()));
            } else {
                output.print("%-6s %-7s %18s %18s %10s", "bank", "month", "in", "out", "movements");
                rows.forEach(row -> output.print("%-6s %s %,18.2f %,18.2f %,10d", row.key().key(), month(row),
                        row.row().in().amount(), row.row().out().amount(), row.row().count()));
            }
            return filled.good() ? 0 : Bank.NOT_GOOD;
        }
    }

    private static YearMonth month(Rows.Entry<Windowed<String, LocalDate>, Sum> row) {
        return YearMonth.from(row.key().window().from());
    }

    private static Map<String, Object> json(Rows.Entry<Windowed<String, LocalDate>, Sum> row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("bank", row.key().key());
        json.put("month", month(row).toString());
        json.put("in", row.row().in().amount().toPlainString());
        json.put("out", row.row().out().amount().toPlainString());
        json.put("count", row.row().count());
        return json;
    }
}
