package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.history.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The command line: {@code bank demo}, {@code import}, {@code account}, {@code balances}. */
@Command(name = "bank", subcommands = {DemoCommand.class, ImportCommand.class, ShowAccount.class, ShowBalances.class,
        HelpCommand.class}, mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
                "A bank of event-sourced accounts.", "",
                "Try 'bank demo', which needs no data."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:Done.", "1:Finished, but commands were rejected or a check failed.",
                        "2:Wrong usage, or input that is not there or cannot be used.", "3:Unexpected failure."})
public final class Bank {

    /** Finished, but commands were rejected or a check failed. */
    static final int NOT_GOOD = 1;

    private static final int FAILED = 3;

    private Bank() {}

    /** Runs the command line and exits. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line, which gives its exit code and does not exit. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Bank());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> fail(failure, command));
        commandLine
                .setExecutionStrategy(parsed -> parsed.hasSubcommand() || CommandLine.executeHelpRequest(parsed) != null
                        ? new CommandLine.RunLast().execute(parsed)
                        : usage(parsed.commandSpec().commandLine()));
        return commandLine;
    }

    private static int usage(CommandLine commandLine) {
        commandLine.usage(commandLine.getErr());
        return ExitCode.USAGE;
    }

    private static int fail(Exception failure, CommandLine command) {
        boolean debug = command.getCommandSpec().mixins().get("output") != null
                && command.getParseResult().matchedOptionValue("--debug", false);
        if (debug) {
            failure.printStackTrace(command.getErr());
        }
        command.getErr()
                .println("bank: " + (failure instanceof InputException
                        ? failure.getMessage()
                        : "unexpected failure: " + failure + (debug ? "" : " (--debug shows where)")));
        command.getErr().flush();
        return failure instanceof InputException ? ExitCode.USAGE : FAILED;
    }

    /** The version of the build. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            try (@Nullable InputStream resource = Bank.class.getResourceAsStream("/bank.properties")) {
                Properties properties = new Properties();
                if (resource != null) {
                    properties.load(resource);
                }
                return new String[]{"bank " + properties.getProperty("version", "(not built by Maven)")};
            }
        }
    }
}
