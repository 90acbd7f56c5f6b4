package dev.allframe.journal.allsource.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.allsource.engine.index.StateChanges;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code store export}. */
@Command(name = "export", mixinStandardHelpOptions = true, description = {
        "Prints everything in a store as CloudEvents 1.0 in JSON, one a line.", "",
        "Events come first, in position order; then deletes, snapshots and durable states; then a line that says how many lines there were. 'store import' makes a store of it."})
final class ExportCommand implements Callable<Integer> {

    private static final int PAGE = 1000;

    @Parameters(paramLabel = "DIR", description = "The store's directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Option(names = "--debug", description = "Show where an unexpected failure comes from.")
    @SuppressWarnings("UnusedVariable") // read from the parse result
    private boolean debug;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        long[] lines = {0};
        Consumer<ObjectNode> print = line -> {
            out.print(Json.line(line) + "\n");
            lines[0]++;
        };
        try (ClosedStore store = StoreDirectory.read(directory, "export");
                StoredContents contents = StoredContents.of(store)) {
            CloudEvents form = new CloudEvents(contents.storeId().toString());
            contents.visitEvents(0, event -> {
                print.accept(form.event(event));
                return !out.checkError();
            });
            contents.state().forEachDeleted((stream, to) -> print.accept(form.deleted(stream, to)));
            contents.state().forEachSnapshot(snapshot -> print.accept(form.snapshot(snapshot)));
            long after = 0;
            StateChanges page;
            do {
                page = contents.state().changesAfter(after, PAGE);
                page.changes().forEach(state -> print.accept(form.state(state)));
                after = page.changes().isEmpty() ? after : page.changes().getLast().position().index();
            } while (!page.atEnd());
            out.print(Json.line(form.end(lines[0])) + "\n");
        } finally {
            out.flush();
        }
        return 0;
    }
}
