package dev.allframe.sample.bank.cli;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.tool.StoreTool;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.ledger.StorageException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreLockedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line: {@code bank demo}, {@code import}, {@code account}, {@code balances}, {@code statement},
 * {@code customers}, {@code turnover}, {@code views}, {@code view}, {@code rebuild}, {@code replay}, {@code transfer},
 * {@code orders}, {@code sagas}, {@code saga}, {@code schemas}, {@code store}.
 */
@Command(name = "bank", subcommands = {DemoCommand.class, ImportCommand.class, ShowAccount.class, ShowBalances.class,
        ShowStatement.class, ShowCustomers.class, ShowTurnover.class, ShowViews.class, OrderView.class,
        RebuildView.class, ReplayCommand.class, TransferCommand.class, OrdersCommand.class, ShowSagas.class,
        OrderSaga.class,
        SchemasCommand.class, StoreTool.class,
        HelpCommand.class}, mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
                "A bank of event-sourced accounts.", "",
                "Try 'bank demo', which needs no data."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:Done. Malformed lines may have been left out: they are told and counted.",
                        "1:Finished, but commands were rejected or a check failed.",
                        "2:Wrong usage, or input that is not there or cannot be used.",
                        "3:The store cannot be used or takes no more, a view or a replay does not go on, or an unexpected failure.",
                        "129, 130, 143:Ended by a signal (hangup, Ctrl-C, termination); what was stored stays."})
public final class Bank implements Runnable {

    /** Finished, but commands were rejected or a check failed. */
    static final int NOT_GOOD = 1;

    private static final int FAILED = 3;
    private static final Logger RUNTIME_LOG = Logger.getLogger("dev.allframe.runtime");
    private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private Bank() {}

    /** Runs the command line and exits. */
    public static void main(String[] arguments) {
        if (System.getProperty(LOG_FORMAT) == null) {
            System.setProperty(LOG_FORMAT, "bank: %5$s%n"); // a sentence without its stack trace
        }
        RUNTIME_LOG.setLevel(Level.OFF); // as in logback.xml
        System.exit(StoreTool.inUtf8(commandLine()).execute(arguments));
    }

    /** The command line, which gives its exit code and does not exit. */
    static CommandLine commandLine() {
        return StoreTool.prepared(new CommandLine(new Bank()).registerConverter(YearMonth.class, Bank::month)
                .setCaseInsensitiveEnumValuesAllowed(true))
                .setExecutionExceptionHandler((failure, command, parsed) -> isOfStore(command)
                        ? StoreTool.onFailure(failure, command, parsed)
                        : onFailure(failure, command));
    }

    private static YearMonth month(String text) {
        try {
            if (text.matches("[0-9]{4}-[0-9]{2}")) {
                return YearMonth.parse(text);
            }
        } catch (DateTimeParseException noMonth) {
            throw new TypeConversionException("'" + text + "' is no month: there are 01 to 12");
        }
        throw new TypeConversionException("'" + text + "' is no month, such as 1993-05");
    }

    /** Called where no command is named. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    /** Whether a command is 'store' or below it. */
    private static boolean isOfStore(CommandLine command) {
        for (CommandLine at = command; at != null; at = at.getParent()) {
            if (at.getCommandSpec().userObject() instanceof StoreTool) {
                return true;
            }
        }
        return false;
    }

    private static int onFailure(Exception failure, CommandLine command) {
        if (Ending.hasBegun()) {
            return FAILED;
        }
        PrintWriter err = command.getErr();
        if (failure instanceof InputException input) {
            err.println("bank: " + Failures.message(input));
            return ExitCode.USAGE;
        }
        if (command.getParseResult().matchedOptionValue("--debug", false)) {
            failure.printStackTrace(err);
        }
        if (failure instanceof StorageException storage) {
            err.println("bank: the store takes no more: " + Failures.message(storage)
                    + "; what was stored before stays, and the same command goes on with it when that is mended");
            return FAILED;
        }
        if (failure instanceof ViewException || failure instanceof ViewNotReadyException) {
            err.println("bank: " + Failures.message(failure));
            return FAILED;
        }
        EventStoreException store = ofTheStore(failure);
        if (store != null) {
            err.println("bank: " + Failures.message(store));
            return store instanceof StoreLockedException ? ExitCode.USAGE : FAILED;
        }
        err.println("bank: unexpected failure, --debug shows where: " + Failures.description(failure));
        return FAILED;
    }

    /** What the store says, where it is the store that has failed. */
    private static @Nullable EventStoreException ofTheStore(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EventStoreException store) {
                return store;
            }
        }
        return null;
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
                return new String[]{"bank " + properties.getProperty("version", "of an unknown version")};
            }
        }
    }
}
