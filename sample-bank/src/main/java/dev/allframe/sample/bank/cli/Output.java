package dev.allframe.sample.bank.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command speaks: results on standard output, everything else on standard error. */
final class Output {

    private static final int LISTED = 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    @Option(names = "--json", description = "Print the result as JSON and nothing else on standard output; warnings go to standard error.")
    private boolean json;

    @Option(names = "--no-progress", description = "Show no progress bar; there is none either where standard error is no terminal.")
    private boolean noProgress;

    @Option(names = "--debug", description = "Show where an unexpected failure comes from.")
    @SuppressWarnings("UnusedVariable") // read from the parse result, also when the command was not made
    private boolean debug;

    boolean isJson() {
        return json;
    }

    /**
     * A bar on standard error, or nothing. The launcher says whether standard error is a terminal.
     *
     * @param unit what a step is, such as {@code commands}
     */
    Progress progress(String task, long steps, String unit) {
        return json || noProgress || !Boolean.getBoolean("bank.terminal")
                ? Progress.hidden()
                : Progress.bar(task, steps, unit);
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

    /**
     * Prints lines that another program reads.
     *
     * @throws IOException if nobody takes them
     */
    void write(String lines) throws IOException {
        out().print(lines);
        if (out().checkError()) { // flushes too
            throw new IOException("standard output is closed");
        }
    }

    /** Says something to people beside the result, on standard error. */
    void warn(List<String> lines) {
        PrintWriter err = command.commandLine().getErr();
        lines.stream().limit(LISTED).forEach(err::println);
        if (lines.size() > LISTED) {
            err.println(
                    "... and " + (lines.size() - LISTED) + " more" + (json ? "" : "; bank import --json lists them"));
        }
        err.flush();
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }
}
