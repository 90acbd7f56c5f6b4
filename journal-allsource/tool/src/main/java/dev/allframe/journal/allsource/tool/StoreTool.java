package dev.allframe.journal.allsource.tool;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.UnusableDirectoryException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreLockedException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The command line for stores: {@code store inspect}, {@code dump}, {@code verify} and more. Runs by itself, or as a
 * subcommand of another: then add {@code new StoreTool()} there, and let {@link #onFailure} answer failures.
 */
@Command(name = "store", subcommands = {InspectCommand.class, DumpCommand.class, VerifyCommand.class,
        BackupCommand.class, RestoreCommand.class, ExportCommand.class, ImportCommand.class,
        CompactCommand.class, SalvageCommand.class, MigrateCommand.class,
        HelpCommand.class}, mixinStandardHelpOptions = true, description = {
                "Looks at stores, checks and copies them.", "",
                "A command takes the lock of the store that it works on. 'inspect' also shows one that is open elsewhere."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:Done; nothing is damaged.", "1:Something of the store is damaged or missing.",
                        "2:Wrong usage, no store there, or one open elsewhere that would be changed.",
                        "3:Unexpected failure."})
public final class StoreTool implements Runnable {

    /** Something of the store is damaged or missing. */
    static final int DAMAGED = 1;

    private static final int FAILED = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Runs the command line and exits. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line, which gives its exit code and does not exit. */
    public static CommandLine commandLine() {
        return new CommandLine(new StoreTool()).setExecutionExceptionHandler(StoreTool::onFailure);
    }

    /** Called where no command is named. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    /** Says on standard error what went wrong, and gives the exit code. */
    public static int onFailure(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        String program = command.getCommandSpec().root().name() + ": ";
        switch (failure) {
            case RefusedException refused -> err.println(program + Failures.message(refused));
            case UnusableDirectoryException unusable -> err.println(program + Failures.message(unusable));
            case StoreLockedException locked -> err.println(program + Failures.message(locked));
            case UnsupportedFormatException newer -> err.println(program + Failures.message(newer));
            case CorruptStoreException corrupt -> {
                err.println(program + "damaged: " + Failures.message(corrupt));
                return DAMAGED;
            }
            default -> {
                if (command.getParseResult().matchedOptionValue("--debug", false)) {
                    failure.printStackTrace(err);
                }
                err.println(program + "unexpected failure, --debug shows where: " + failure);
                return FAILED;
            }
        }
        return ExitCode.USAGE;
    }
}
