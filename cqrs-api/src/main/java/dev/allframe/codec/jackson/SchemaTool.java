package dev.allframe.codec.jackson;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.failure.Failures;
import dev.allframe.schema.CompatibilityMode;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The gate of schemas on the command line: shows how every stored version is read, and compares today's classes with
 * the schemas that are kept with the code. For a build's {@code exec} step, or a shell; in tests {@code EventSchemas}
 * is the same.
 */
public final class SchemaTool {

    private static final int FINE = 0;
    private static final int NOT_FINE = 1;
    private static final int WRONG_USAGE = 2;

    private static final String USAGE = """
            Compares the events of aggregates with the schemas that are kept with the code.

            Usage: SchemaTool [--write] [--mode=MODE] DIRECTORY CLASS.FIELD...

              DIRECTORY     where the schemas are
              CLASS.FIELD   a static field with an AggregateType, such as com.acme.Accounts.ACCOUNT
              --mode=MODE   none, backward, forward, full, or one of these with -transitive; backward-transitive unless set
              --write       first writes the schemas that are missing; never changes one
              --help        shows this

            Exit codes: 0 all fits, 1 something does not, and is listed, 2 wrong usage.""";

    private final PrintStream out;
    private CompatibilityMode mode = CompatibilityMode.BACKWARD_TRANSITIVE;
    private boolean write;
    private final List<String> names = new ArrayList<>();

    private SchemaTool(PrintStream out) {
        this.out = out;
    }

    /** Runs the tool and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /** Runs the tool, and gives its exit code. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        SchemaTool tool = new SchemaTool(out);
        try {
            return tool.run(args);
        } catch (IllegalArgumentException wrong) {
            err.println(Failures.message(wrong) + "\n\n" + USAGE);
            return WRONG_USAGE;
        } catch (InvalidDomainException | UncheckedIOException failed) {
            err.println(Failures.message(failed));
            return NOT_FINE;
        }
    }

    private int run(String[] args) {
        for (String arg : args) {
            if (arg.equals("--help")) {
                out.println(USAGE);
                return FINE;
            }
            take(arg);
        }
        if (names.size() < 2) {
            throw new IllegalArgumentException("A directory and at least one aggregate are needed.");
        }
        Path directory = Path.of(names.getFirst());
        List<AggregateType<?, ?, ?>> types = names.stream()
                .skip(1)
                .<AggregateType<?, ?, ?>>map(SchemaTool::type)
                .toList();
        int problems = 0;
        for (AggregateType<?, ?, ?> type : types) {
            problems += compare(SchemaFiles.of(type, directory), type);
        }
        out.println(problems == 0
                ? "The events keep what " + directory + " says (" + mode + ")."
                : problems + " problems in " + directory + " (" + mode + ").");
        return problems == 0 ? FINE : NOT_FINE;
    }

    private void take(String arg) {
        if (arg.equals("--write")) {
            write = true;
        } else if (arg.startsWith("--mode=")) {
            mode = CompatibilityMode
                    .valueOf(arg.substring("--mode=".length()).replace('-', '_').toUpperCase(Locale.ROOT));
        } else if (arg.startsWith("--")) {
            throw new IllegalArgumentException("Unknown option " + arg);
        } else {
            names.add(arg);
        }
    }

    private static AggregateType<?, ?, ?> type(String name) {
        int dot = name.lastIndexOf('.');
        try {
            Field field = Class.forName(name.substring(0, Math.max(dot, 0))).getDeclaredField(name.substring(dot + 1));
            field.setAccessible(true);
            if (field.get(null) instanceof AggregateType<?, ?, ?> type) {
                return type;
            }
            throw new IllegalArgumentException(name + " is not an AggregateType.");
        } catch (ReflectiveOperationException | NullPointerException missing) {
            throw new IllegalArgumentException(name + " is no static field on the class path: " + missing, missing);
        }
    }

    private int compare(SchemaFiles<?> files, AggregateType<?, ?, ?> type) {
        if (write) {
            files.writeMissing(List.of()).forEach(file -> out.println("wrote " + file));
        }
        JacksonEventCodec.of(type).versions().toString().lines().forEach(out::println);
        List<String> problems = files.problems(mode);
        problems.forEach(problem -> out.println("\n" + problem));
        return problems.size();
    }
}
