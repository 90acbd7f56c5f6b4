package dev.allframe.journal.allsource.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command speaks: results on standard output, everything else on standard error. */
final class Output {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    @Option(names = "--json", description = "Print the result as JSON and nothing else on standard output.")
    private boolean json;

    @Option(names = "--no-progress", description = "Show no progress bar; there is none either where standard error is no terminal.")
    private boolean noProgress;

    @Option(names = "--debug", description = "Show where an unexpected failure comes from.")
    @SuppressWarnings("UnusedVariable") // read from the parse result, also when the command was not made
    private boolean debug;

    boolean isJson() {
        return json;
    }

    /** A bar on standard error, or nothing. */
    Progress progress(String task, String unit, long steps) {
        return json || noProgress || !Progress.isTerminal() ? Progress.hidden() : Progress.bar(task, unit, steps);
    }

    void printJson(Object value) {
        try {
            out().println(JSON.writeValueAsString(value));
            out().flush();
        } catch (JsonProcessingException failed) {
            throw new IllegalStateException("the result cannot be written as JSON", failed);
        }
    }

    /** Prints a line in the same form in every country. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    void print(String format, Object... values) {
        out().println(String.format(Locale.ROOT, format, values));
        out().flush();
    }

    /** Says something to people beside the result, on standard error. */
    void warn(String line) {
        PrintWriter err = command.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }
}
