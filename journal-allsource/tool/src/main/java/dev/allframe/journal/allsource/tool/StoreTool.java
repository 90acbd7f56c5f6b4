package dev.allframe.journal.allsource.tool;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import dev.allframe.store.StoreLockedException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line for stores: {@code store inspect}, {@code dump}, {@code verify} and more. Runs by itself, or as a
 * subcommand of another: then add {@code new StoreTool()} there, and let {@link #onFailure} answer failures.
 */
@Command(name = "store", subcommands = {InspectCommand.class, DumpCommand.class, VerifyCommand.class,
        BackupCommand.class, RestoreCommand.class, ExportCommand.class, ImportCommand.class,
        CompactCommand.class, SalvageCommand.class, MigrateCommand.class,
        HelpCommand.class}, mixinStandardHelpOptions = true, description = {
                "Looks at stores, checks and copies them.", "",
                "'inspect', 'dump', 'verify', 'export' and 'backup' read a store also while an application has it open, as it is at that moment. The others need a store that nobody has open.",
                "A store on a disk that cannot be written is read all the same; 'compact' refuses it."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:Done; nothing is damaged.", "1:Something of the store is damaged or missing.",
                        "2:Wrong usage, no store there, or one open elsewhere that would be changed.",
                        "3:The disk or the output takes no more, or an unexpected failure.",
                        "129, 130, 143:Ended by a signal (hangup, Ctrl-C, termination)."})
public final class StoreTool implements Runnable {

    /** Something of the store is damaged or missing. */
    static final int DAMAGED = 1;

    /** The disk or the output takes no more, or an unexpected failure. */
    static final int FAILED = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Runs the command line and exits. */
    public static void main(String[] arguments) {
        System.exit(inUtf8(commandLine()).execute(arguments));
    }

    /** The command line, which gives its exit code and does not exit. */
    public static CommandLine commandLine() {
        return prepared(new CommandLine(new StoreTool())).setExecutionExceptionHandler(StoreTool::onFailure);
    }

    /**
     * The same command line, which says in one line what is wrong with its arguments, and fails with exit code 3 where
     * standard output takes no more. Call this last.
     */
    public static CommandLine prepared(CommandLine command) {
        CommandLine.IExecutionStrategy run = command.getExecutionStrategy();
        return command.registerConverter(Instant.class, StoreTool::time)
                .registerConverter(Path.class, StoreTool::path)
                .registerConverter(Long.class, StoreTool::wholeNumber)
                .registerConverter(Long.TYPE, StoreTool::wholeNumber)
                .registerConverter(Integer.class, StoreTool::smallNumber)
                .registerConverter(Integer.TYPE, StoreTool::smallNumber)
                .setExecutionStrategy(parsed -> {
                    int exitCode = run.execute(parsed);
                    if (command.getOut().checkError()) {
                        command.getErr()
                                .println(command.getCommandName() + ": the output took no more: it is not complete");
                        return FAILED;
                    }
                    return exitCode;
                });
    }

    /** The same command line, which writes UTF-8 to the standard streams, whatever the terminal's charset. */
    public static CommandLine inUtf8(CommandLine command) {
        return command
                .setOut(new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException none) {
            throw new TypeConversionException("'" + text + "' is not a time such as 2026-03-01T10:00:00Z");
        }
    }

    private static Long wholeNumber(String text) {
        return wholeNumber(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static Integer smallNumber(String text) {
        return (int) wholeNumber(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static long wholeNumber(String text, long least, long most) {
        BigInteger number;
        try {
            number = new BigInteger(text);
        } catch (NumberFormatException none) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        }
        if (number.compareTo(BigInteger.valueOf(least)) < 0 || number.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new TypeConversionException("'" + text + "' is not from " + least + " to " + most);
        }
        return number.longValue();
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException none) {
            throw new TypeConversionException("'" + text + "' is not the name of a file on this machine");
        }
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
            case StoreFullException full -> {
                err.println(program + Failures.message(full));
                return FAILED;
            }
            case FileSystemException file -> {
                err.println(program + file.getFile() + ": "
                        + Objects.requireNonNullElse(file.getReason(), file.getClass().getSimpleName()));
                return FAILED;
            }
            case StoreFailedException failed when !command.getParseResult().matchedOptionValue("--debug", false) -> {
                err.println(program + Failures.message(failed));
                return FAILED;
            }
            default -> {
                if (command.getParseResult().matchedOptionValue("--debug", false)) {
                    failure.printStackTrace(err);
                }
                err.println(program + "unexpected failure, --debug shows where: " + Failures.description(failure));
                return FAILED;
            }
        }
        return ExitCode.USAGE;
    }
}
