package dev.allframe.journal.allsource.tool;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * What a command did.
 *
 * @param exitCode its exit code
 * @param out standard output
 * @param err standard error
 */
record ToolRun(int exitCode, String out, String err) {

    static ToolRun store(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine tool = StoreTool.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] texts = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
        int exitCode = tool.execute(texts);
        return new ToolRun(exitCode, out.toString(), err.toString());
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
