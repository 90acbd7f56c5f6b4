package dev.allframe.sample.bank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.history.Folder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole command line, with what it prints and its exit codes. */
final class BankTest {

    private static final String CZECH = Folder.committed("czech").toString();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temp;

    private record Said(int exitCode, String out, String err) {

        JsonNode json() {
            try {
                return JsonMapper.builder().build().readTree(out);
            } catch (JsonProcessingException broken) {
                throw new AssertionError("not JSON: " + out, broken);
            }
        }
    }

    @Test
    void import_tells_people() {
        Said said = bank("import", "--berka", CZECH);

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().lines().map(line -> line.replaceAll("in .* s, .* per second", "in TIME").strip()))
                .containsExactly("Stored", "accounts                   3", "standing orders            2",
                        "transactions               9", "events                    14   in TIME",
                        "repeated                   0   recognised by their ids, not stored again",
                        "rejected                   0", "skipped lines              0",
                        "Compared with the bank's own balances, row by row", "accounts                   2",
                        "not comparable             0   begin in the middle of their life",
                        "largest difference      0.05 CZK",
                        "mismatches                 0   rows that rounding does not explain",
                        "missing                    0   transactions of the files that are not stored",
                        "doubled                    0   movements that are stored twice");
        assertThat(said.err()).isEmpty();
    }

    @Test
    void schemas_shows_how_versions_are_read_and_that_they_fit() {
        Said said = bank("schemas", "--dir", "src/main/schemas");

        assertThat(said.exitCode()).as(said.out()).isZero();
        assertThat(said.out().lines()).contains("account.deposited 1 -> 2 (added channel = \"cash\")",
                "account.deposited 2", "The events keep what src/main/schemas says (BACKWARD_TRANSITIVE).");
    }

    @Test
    void schemas_are_found_from_any_folder_and_a_folder_that_is_not_there_is_named() {
        assertThat(bank("schemas").exitCode()).isZero();

        Said missing = bank("schemas", "--dir", "/nowhere");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err().lines()).singleElement().asString().startsWith("bank: there is no folder /nowhere");
    }

    @Test
    void schemas_that_are_missing_or_ask_for_more_are_told() throws IOException {
        Path empty = Files.createDirectory(temp.resolve("schemas"));

        Said missing = bank("schemas", "--dir", empty.toString(), "--json");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.json().get("problems")).hasSize(10);

        assertThat(bank("schemas", "--dir", empty.toString(), "--write").exitCode()).isZero();
        assertThat(bank("schemas", "--dir", empty.toString()).exitCode()).isZero();

        Said forward = bank("schemas", "--dir", "src/main/schemas", "--mode", "FULL");
        assertThat(forward.exitCode()).isEqualTo(1);
        assertThat(forward.out()).contains("channel: is written, and is not known");
    }

    @Test
    void import_tells_machines_and_nothing_else() {
        Said said = bank("import", "--berka", CZECH, "--berka", CZECH, "--backend", "memory", "--json");

        assertThat(said.exitCode()).isZero();
        assertThat(said.err()).isEmpty();
        JsonNode json = said.json();
        assertThat(json.get("accounts").intValue()).isEqualTo(3);
        assertThat(json.get("orders").intValue()).isEqualTo(2);
        assertThat(json.get("transactions").intValue()).isEqualTo(9);
        assertThat(json.get("events").intValue()).isEqualTo(14);
        assertThat(json.get("repeated").intValue()).isEqualTo(14);
        assertThat(json.get("rejected").intValue()).isZero();
        assertThat(json.get("skippedLines").intValue()).isZero();
        assertThat(json.get("accountsChecked").intValue()).isEqualTo(2);
        assertThat(json.get("maxDifference").isNumber()).isTrue();
        assertThat(json.get("maxDifference").asText()).isEqualTo("0.05");
        assertThat(json.get("seconds").doubleValue()).isPositive();
        assertThat(json.get("eventsPerSecond").isNumber()).isTrue();
    }

    @Test
    void an_import_with_rejected_rows_ends_with_1() {
        Said said = bank("import", "--berka",
                Folder.written(temp, "6;9;930106;PRIJEM;VKLAD;10.00;10.00;;;").toString());

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.err()).contains("rejected account 9, command trans-6, trans.asc:2: not-open");
    }

    @Test
    void malformed_lines_are_skipped_and_told_and_with_strict_they_end_it() {
        String folder = Folder.written(temp, "6;1;930106;PRIJEM;VKLAD;1O;10.00;;;").toString();

        Said lenient = bank("import", "--berka", folder);
        Said strict = bank("import", "--berka", folder, "--strict", "--json");

        assertThat(lenient.exitCode()).isZero();
        assertThat(lenient.err()).contains("skipped trans.asc:2: amount '1O' is not an amount");
        assertThat(lenient.out()).contains("skipped lines              1");
        assertThat(strict.exitCode()).isEqualTo(2);
        assertThat(strict.out()).isEmpty();
        assertThat(strict.err()).contains("trans.asc:2: amount '1O' is not an amount");
    }

    @ParameterizedTest
    @ValueSource(strings = {"account 1", "balances", "import"})
    void what_was_skipped_or_left_open_is_told_to_machines_and_beside_json(String command) {
        String folder = Folder.written(temp, "6;1;930106;PRIJEM;VKLAD;1O;10.00;;;",
                "7;1;930107;PRIJEM;VKLAD;10.00;5010.00;;;", "8;9;930107;PRIJEM;VKLAD;1.00;1.00;;;").toString();
        List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.addAll(List.of("--berka", folder, "--json"));

        Said said = bank(arguments.toArray(String[]::new));

        String remark = "account 1: begins in the middle of its life, its balances are not checked: before transaction 7"
                + " of 1993-01-07 it had 5000.00 CZK by the bank's own balance, and not 0.00 CZK";
        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.err().lines()).containsExactly("skipped trans.asc:2: amount '1O' is not an amount",
                "rejected account 9, command trans-8, trans.asc:4: not-open", remark,
                "account 9: 1 of its 1 transactions are not in the store");
        assertThat(said.json().get("skippedLines").intValue()).isEqualTo(1);
        assertThat(said.json().get("badLines")).extracting(JsonNode::textValue)
                .containsExactly("trans.asc:2: amount '1O' is not an amount");
        assertThat(said.json().get("rejections")).extracting(JsonNode::textValue)
                .containsExactly("account 9, command trans-8, trans.asc:4: not-open");
        assertThat(said.json().get("remarks")).extracting(JsonNode::textValue).containsExactly(remark);
        assertThat(said.json().get("problems")).extracting(JsonNode::textValue)
                .containsExactly("account 9: 1 of its 1 transactions are not in the store");
    }

    @Test
    void what_concerns_the_shown_account_is_told_first() {
        StringBuilder accounts = new StringBuilder("account_id;date\n");
        String[] rows = new String[30];
        for (int i = 0; i < rows.length; i++) {
            accounts.append(i).append(";930101\n");
            rows[i] = i + ";" + i + ";930107;PRIJEM;VKLAD;10.00;5010.00;;;";
        }
        Folder.written(temp, rows);
        Folder.write(temp.resolve("account.asc"), accounts.toString());

        Said said = bank("account", "29", "--berka", temp.toString());

        assertThat(said.exitCode()).isZero();
        assertThat(said.err().lines()).hasSize(21)
                .endsWith("... and 10 more; bank import --json lists them")
                .first()
                .asString()
                .startsWith("account 29: begins in the middle of its life");
    }

    @Test
    void a_bank_too_large_for_memory_is_refused() {
        Said said = bank("demo", "--accounts", "99999999");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("--accounts must be from 1 to 10000, not 99999999");
    }

    @Test
    void the_demo_is_the_same_for_the_same_seed_except_for_its_speed() {
        Said first = bank("demo", "--seed", "3", "--accounts", "5");
        Said second = bank("demo", "--seed", "3", "--accounts", "5");

        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).contains("A year of a small bank, made up from seed 3",
                "every account stands as its customer expects: yes", "the sum of the movements", "the largest accounts",
                "acc-0001");
        assertThat(withoutSpeed(first)).isEqualTo(withoutSpeed(second));
    }

    @Test
    void the_demo_tells_machines() {
        Said said = bank("demo", "--accounts", "5", "--json");

        assertThat(said.exitCode()).isZero();
        assertThat(said.json().get("accounts").intValue()).isEqualTo(5);
        assertThat(said.json().get("addsUp").booleanValue()).isTrue();
        assertThat(said.json().get("asExpected").booleanValue()).isTrue();
        assertThat(said.json().get("largest").size()).isEqualTo(5);
        assertThat(said.json().get("refused").isObject()).isTrue();
    }

    @Test
    void an_account_of_the_imported_data_is_shown_with_its_history() {
        Said said = bank("account", "2", "--history", "--berka", CZECH);

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains("Account 2 of holder of account 2", "balance             -403.20 CZK",
                "standing order 29402: 372.70 CZK to 89597016/ST", "1993-01-31  remittance       household")
                .containsPattern("1993-02-28  penalty interest penalty interest -3\\.20 +-403\\.20");
    }

    @Test
    void an_account_is_shown_to_machines() {
        JsonNode json = bank("account", "2", "--history", "--berka", CZECH, "--json").json();

        assertThat(json.get("balance").textValue()).isEqualTo("-403.20");
        assertThat(json.get("events").intValue()).isEqualTo(5);
        assertThat(json.get("history").get(3).toString()).isEqualTo("""
                {"sequenceNr":4,"event":"withdrawn","on":"1993-01-31","amount":"1400.00","kind":"remittance",\
                "purpose":"household","reference":"202","bank":"QR","account":"13943797","balance":"-400.00"}""");
    }

    @Test
    void balances_are_those_of_the_demo_where_nothing_is_imported() {
        Said said = bank("balances", "--accounts", "5", "--top", "2");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().lines()).hasSize(3).first().asString().startsWith("acc-000");
        assertThat(said.out()).contains("all 5 accounts");
    }

    @Test
    void balances_are_shown_to_machines_the_largest_first() {
        JsonNode json = bank("balances", "--berka", CZECH, "--json").json();

        assertThat(json.get("total").textValue()).isEqualTo("7696.75");
        assertThat(json.get("balances").findValuesAsText("account")).containsExactly("1", "3", "2");
        assertThat(json.get("balances").findValuesAsText("balance")).containsExactly("8099.95", "0.00", "-403.20");
    }

    @Test
    void a_statement_is_shown_to_people_and_to_machines() {
        Said people = bank("statement", "2", "--month", "1993-01", "--berka", CZECH);
        JsonNode json = bank("statement", "2", "--month", "1993-02", "--berka", CZECH, "--json").json();

        assertThat(people.exitCode()).isZero();
        assertThat(people.out().lines()).containsExactly("Account 2 of holder of account 2, 1993-01, in CZK",
                "              opening                                       0.00",
                "  1993-01-02  cash                     1,000.00         1,000.00",
                "  1993-01-31  remittance              -1,400.00          -400.00",
                "              closing                                    -400.00");
        assertThat(json.toString()).isEqualTo("""
                {"account":"2","month":"1993-02","opening":"-400.00","closing":"-403.20","rows":[\
                {"date":"1993-02-28","kind":"penalty interest","amount":"-3.20","balance":"-403.20"}]}""");
    }

    @Test
    void turnover_is_shown_to_people_and_to_machines() {
        Said people = bank("turnover", "--berka", CZECH);
        JsonNode json = bank("turnover", "--berka", CZECH, "--json").json();

        assertThat(people.out().lines()).hasSize(5)
                .contains("YZ     1993-01           8,000.00               0.00          1");
        assertThat(json.toString()).isEqualTo("""
                {"rows":[{"bank":"","month":"1993-01","in":"1705.45","out":"14.60","count":4},\
                {"bank":"","month":"1993-02","in":"0.00","out":"594.10","count":3},\
                {"bank":"QR","month":"1993-01","in":"0.00","out":"1400.00","count":1},\
                {"bank":"YZ","month":"1993-01","in":"8000.00","out":"0.00","count":1}]}""");
    }

    @Test
    void customers_are_shown_to_people_and_to_machines_those_with_the_most_first() {
        Said people = bank("customers", "--berka", CZECH);
        JsonNode json = bank("customers", "--top", "2", "--berka", CZECH, "--json").json();

        assertThat(people.out().lines()).hasSize(4)
                .first()
                .isEqualTo("holder of account 1             1 account          8,099.95 CZK");
        assertThat(json.toString()).isEqualTo("""
                {"customers":[{"owner":"holder of account 1","accounts":1,"total":"8099.95","currency":"CZK"},\
                {"owner":"holder of account 3","accounts":1,"total":"0.00","currency":"CZK"}]}""");
    }

    @Test
    void views_are_shown_to_people_and_to_machines_with_everything_that_is_stored() {
        Said people = bank("views", "--berka", CZECH);
        JsonNode json = bank("views", "--berka", CZECH, "--json").json();

        assertThat(people.out().lines()).hasSize(5).first().asString().startsWith("view        state");
        assertThat(json.get("views").findValuesAsText("name"))
                .containsExactly("balances", "customers", "statements", "turnover");
        assertThat(json.get("views").findValuesAsText("state")).containsOnly("live");
        assertThat(json.get("views").findValuesAsText("position")).containsOnly("14");
        assertThat(json.get("views").findValuesAsText("lag")).containsOnly("0");
        assertThat(json.get("views").findValuesAsText("rows")).containsExactly("3", "3", "13", "4");
        assertThat(json.get("views").findValuesAsText("generation")).containsOnly("1");
        assertThat(json.get("views").findValuesAsText("digest")).allMatch(digest -> digest.matches("[0-9a-f]{32}"))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', textBlock = """
            import --berka /nowhere                          # bank: there is no folder /nowhere
            import --berka /nowhere --backend disk           # bank: there is no backend 'disk'; there are allsource and memory
            demo --backend memory --data /nowhere            # bank: the memory backend stores nothing on disk: leave --data out
            balances --data /nowhere                         # bank: there is no bank in /nowhere: fill one with 'bank demo' or 'bank import', or name its folder with --data
            demo --accounts 0                                # bank: --accounts must be from 1 to 10000, not 0
            demo --data= --backend allsource                 # bank: --data is empty: name a folder, such as . for this one, or leave --data out
            balances --accounts 1 --top 0                    # bank: --top must be 1 or more, not 0
            account acc-9999 --accounts 1                    # bank: there is no account 'acc-9999'
            account a|b --accounts 1                         # bank: there is no account 'a|b'
            statement a|b --month 2025-05 --accounts 1       # bank: there is no account 'a|b'
            customers --accounts 1 --top 0                   # bank: --top must be 1 or more, not 0
            turnover --data /nowhere                         # bank: there is no bank in /nowhere: fill one with 'bank demo' or 'bank import', or name its folder with --data
            rebuild interest --data /nowhere                 # bank: there is no view 'interest'; there are balances, customers, statements, turnover
            rebuild balances --data /nowhere                 # bank: there is no bank in /nowhere: fill one with 'bank demo' or 'bank import', or name its folder with --data
            rebuild balances --backend memory                # bank: the memory backend keeps no views from one command to the next: leave --backend out
            view balances stop --data /nowhere               # bank: there is no order 'stop'; there are pause, resume, retry, skip, retire, verify, compare, switch, rollback and finish
            view balances skip --event 1 --data /nowhere     # bank: skip needs --account and --event, which 'bank views' tells of a view that stands
            view balances retry --event 1 --data /nowhere    # bank: --account and --event are for skip alone
            view balances skip --event 0 --account 1 --data /nowhere # bank: --event must be 1 or more, not 0
            view balances skip --event 1 --account a|b --data /nowhere # bank: there is no account 'a|b'
            """, ignoreLeadingAndTrailingWhitespace = true, quoteCharacter = '~')
    void what_cannot_be_done_is_said_in_one_sentence(String arguments, String sentence) {
        Said said = bank(arguments.split(" "));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(said.err().strip()).isEqualTo(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fly", "import", "account", "demo --seed x", "demo --frob", "statement 1",
            "statement 1 --month 1993-13", "statement 1 --month 93-05", "view balances", "rebuild"})
    void wrong_usage_shows_the_right_one(String arguments) {
        Said said = arguments.isEmpty() ? bank() : bank(arguments.split(" "));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(said.err()).contains("Usage: bank").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "demo ", "import ", "account ", "balances ", "statement ", "customers ", "turnover ",
            "views ", "view ", "rebuild "})
    void help_and_version_are_everywhere(String command) {
        Said help = bank((command + "--help").split(" "));
        Said version = bank((command + "--version").split(" "));

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).startsWith("Usage: bank " + command.strip()).contains("--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).matches("bank \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void what_is_stored_is_there_for_the_next_command() {
        String data = temp.resolve("bank").toString();

        JsonNode first = bank("import", "--berka", CZECH, "--data", data, "--json").json();
        JsonNode second = bank("import", "--berka", CZECH, "--data", data, "--json").json();
        Said account = bank("account", "2", "--data", data);
        JsonNode balances = bank("balances", "--data", data, "--json").json();

        assertThat(first.get("repeated").asInt()).isZero();
        assertThat(second.get("repeated")).isEqualTo(first.get("events"));
        assertThat(second.get("events")).isEqualTo(first.get("events"));
        assertThat(account.exitCode()).isZero();
        assertThat(account.out()).startsWith("Account 2 of");
        assertThat(balances.get("balances").findValuesAsText("balance")).containsExactly("8099.95", "0.00", "-403.20");
    }

    @Test
    void a_year_of_the_demo_is_lived_once_in_a_store() {
        String data = temp.resolve("bank").toString();

        Said first = bank("demo", "--accounts", "5", "--data", data);
        JsonNode second = bank("demo", "--accounts", "5", "--data", data, "--json").json();
        Said larger = bank("demo", "--accounts", "6", "--data", data);
        Said other = bank("demo", "--seed", "7", "--accounts", "5", "--data", data);
        Said balances = bank("balances", "--top", "6", "--data", data);

        assertThat(first.exitCode()).isZero();
        assertThat(second.get("accepted").asInt()).isZero();
        assertThat(second.get("asExpected").asBoolean()).isTrue();
        assertThat(larger.exitCode()).as(larger.err()).isZero();
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).startsWith("bank: the bank in " + data + " is not one of seed 7: account acc-0001");
        assertThat(balances.out()).contains("acc-0001", "acc-0006");
    }

    @Test
    void a_store_that_another_process_has_open_is_refused_by_name() {
        Path data = temp.resolve("bank");
        try (var other = AllSourceBackend.production(data)) {
            Said said = bank("balances", "--data", data.toString());

            assertThat(said.exitCode()).isEqualTo(2);
            assertThat(said.err()).startsWith("bank: ").contains(data.toString()).doesNotContain("unexpected");
        }
    }

    @Test
    void a_damaged_store_is_said_in_one_sentence() throws IOException {
        Path data = temp.resolve("bank");
        bank("import", "--berka", CZECH, "--data", data.toString());
        Files.delete(data.resolve("MANIFEST"));

        Said said = bank("balances", "--data", data.toString());

        assertThat(said.exitCode()).isEqualTo(3);
        assertThat(said.err()).startsWith("bank: the store in " + data + " is damaged: the file MANIFEST is missing")
                .contains("store verify", "store salvage")
                .doesNotContain("unexpected");
    }

    @Test
    void a_store_that_does_not_say_which_one_it_is_is_damaged_for_every_command() throws IOException {
        Path data = temp.resolve("bank");
        bank("import", "--berka", CZECH, "--data", data.toString());
        Files.delete(data.resolve("STORE"));

        Said demo = bank("demo", "--data", data.toString());

        assertThat(demo.exitCode()).isEqualTo(3);
        assertThat(bank("balances", "--data", data.toString())).isEqualTo(demo);
        assertThat(bank("account", "1", "--data", data.toString())).isEqualTo(demo);
    }

    @Test
    void help_documents_the_exit_codes() {
        assertThat(bank("--help").out()).contains("Exit codes:")
                .containsPattern("0 +Done")
                .containsPattern("1 +Finished, but")
                .containsPattern("2 +Wrong usage")
                .containsPattern("3 +The store cannot be used");
    }

    @Test
    void an_unexpected_failure_ends_with_3_and_shows_its_trace_only_on_demand() {
        Said brief = failing("demo");
        Said full = failing("demo", "--debug");

        assertThat(brief.exitCode()).isEqualTo(3);
        assertThat(brief.err().strip())
                .isEqualTo("bank: unexpected failure, --debug shows where: java.lang.IllegalStateException: planted");
        assertThat(full.exitCode()).isEqualTo(3);
        assertThat(full.err()).contains("at dev.allframe.sample.bank.cli.BankTest");
    }

    private static String withoutSpeed(Said said) {
        return said.out().replaceAll("in .* s, .* per second", "");
    }

    /** In memory, where the arguments do not say otherwise. */
    private static Said bank(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        boolean stores = !all.isEmpty() && List.of("demo", "import", "account", "balances", "statement", "customers",
                "turnover", "views").contains(all.getFirst());
        if (stores && Collections.disjoint(all, List.of("--backend", "--data", "--help", "--version"))) {
            all.addAll(List.of("--backend", "memory"));
        }
        return run(Bank.commandLine(), all.toArray(String[]::new));
    }

    private static Said failing(String... arguments) {
        CommandLine commandLine = Bank.commandLine();
        return run(commandLine.setExecutionStrategy(parsed -> {
            throw new CommandLine.ExecutionException(commandLine.getSubcommands().get("demo"), "wrapped",
                    new IllegalStateException("planted"));
        }), arguments);
    }

    private static Said run(CommandLine commandLine, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
        return new Said(exitCode, out.toString(), err.toString());
    }
}
