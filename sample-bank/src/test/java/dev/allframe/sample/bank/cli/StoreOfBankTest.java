package dev.allframe.sample.bank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for stores below {@code bank store}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class StoreOfBankTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temp;

    private record Said(int exitCode, String out, String err) {}

    private static Said bank(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        int exitCode = Bank.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(texts);
        return new Said(exitCode, out.toString(), err.toString());
    }

    @Test
    void a_store_is_checked_and_looked_at() {
        Path store = temp.resolve("store");
        AllSourceBackend.production(store).close();

        assertThat(bank("store", "verify", store).out()).isEqualToIgnoringNewLines("Everything is as it was written.");
        assertThat(bank("store", "inspect", store, "--json").out()).contains("\"storeId\" : ");
        assertThat(bank("--help").out()).contains("store");
        assertThat(bank("store", "--help").out()).contains("Usage: bank store", "salvage", "migrate-from", "compact");
    }

    @Test
    void what_is_refused_is_said_as_by_the_other_commands() {
        Said missing = bank("store", "verify", temp.resolve("nowhere"));
        Said unnamed = bank("store");

        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).startsWith("bank: there is no store in ");
        assertThat(unnamed.exitCode()).isEqualTo(2);
        assertThat(unnamed.err()).contains("Name a command.");
    }

    @Test
    void a_failure_of_another_command_is_told_as_ever() {
        Said said = bank("import", "--berka", temp.resolve("nowhere"));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).startsWith("bank: ");
    }
}
