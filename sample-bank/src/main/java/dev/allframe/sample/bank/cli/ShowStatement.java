package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.views.Statements.STATEMENT_OF;

import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.views.Statements;
import dev.allframe.sample.bank.views.Statements.OwnersStatement;
import dev.allframe.sample.bank.views.Statements.Statement;
import dev.allframe.sample.bank.views.Statements.StatementOf;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bank statement}. */
@Command(name = "statement", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Shows what moved on an account in a month.")
final class ShowStatement implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "The account: a number of the imported data, or acc-0001 and so on of the demo.")
    private String id = "";

    @Option(names = "--month", required = true, paramLabel = "YYYY-MM", description = "The month of the booking dates, such as 1993-05.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private YearMonth month;

    @Mixin
    private final Source source = new Source();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        try (OpenBank bank = new OpenBank(storage)) {
            Source.Filled filled = source.fill(bank, storage, output, id);
            OwnersStatement found = bank.ask(STATEMENT_OF, new StatementOf(id, month), output)
                    .orElseThrow(() -> new InputException("there is no account '" + id + "'"));
            if (output.isJson()) {
                output.printJson(json(found.statement()));
            } else {
                print(found.statement(), found.owner());
            }
            return filled.good() ? 0 : Bank.NOT_GOOD;
        }
    }

    private void print(Statement statement, String owner) {
        output.print("Account %s of %s, %s, in %s", id, owner, month, statement.opening().currency());
        output.print("  %-10s  %-16s %16s %,16.2f", "", "opening", "", statement.opening().amount());
        statement.lines()
                .forEach(line -> output.print("  %s  %-16s %,16.2f %,16.2f", line.date(),
                        ShowAccount.kind(line.kind()), line.amount().amount(), line.balance().amount()));
        output.print("  %-10s  %-16s %16s %,16.2f", "", "closing", "", statement.closing().amount());
    }

    private static Map<String, Object> json(Statement statement) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("account", statement.account());
        json.put("month", statement.month().toString());
        json.put("opening", statement.opening().amount().toPlainString());
        json.put("closing", statement.closing().amount().toPlainString());
        json.put("rows", statement.lines().stream().map(ShowStatement::json).toList());
        return json;
    }

    private static Map<String, Object> json(Statements.Line line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("date", line.date().toString());
        json.put("kind", ShowAccount.kind(line.kind()));
        json.put("amount", line.amount().amount().toPlainString());
        json.put("balance", line.balance().amount().toPlainString());
        return json;
    }
}
