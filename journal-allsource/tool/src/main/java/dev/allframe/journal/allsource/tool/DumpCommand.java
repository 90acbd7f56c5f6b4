package dev.allframe.journal.allsource.tool;

import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.store.StoredEvent;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code store dump}. */
@Command(name = "dump", mixinStandardHelpOptions = true, description = {
        "Prints events as JSON, one a line, in position order.", "",
        "A payload is shown as JSON where it is JSON text, else as base64. Several options narrow each other down."})
final class DumpCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "The store's directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path directory;

    @Option(names = "--stream", paramLabel = "ID", description = "Only events of this stream; may be given several times.")
    private List<String> streams = List.of();

    @Option(names = "--type", paramLabel = "NAME", description = "Only events of this type, in any version; may be given several times.")
    private List<String> types = List.of();

    @Option(names = "--from-position", paramLabel = "N", defaultValue = "1", description = "Only events at this position and behind.")
    private long fromPosition = 1;

    @Option(names = "--to-position", paramLabel = "N", description = "Only events up to this position, included.")
    private @Nullable Long toPosition;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many events.")
    private @Nullable Long limit;

    @Option(names = "--debug", description = "Show where an unexpected failure comes from.")
    @SuppressWarnings("UnusedVariable") // read from the parse result
    private boolean debug;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (limit != null && limit < 1) {
            throw new RefusedException("--limit must be 1 or more, not " + limit);
        }
        if (fromPosition < 1) {
            throw new RefusedException("--from-position must be 1 or more, not " + fromPosition);
        }
        if (toPosition != null && toPosition < fromPosition) {
            throw new RefusedException("--to-position must be " + fromPosition + " or more, not " + toPosition);
        }
        PrintWriter out = spec.commandLine().getOut();
        try (ClosedStore store = StoreDirectory.read(directory, "dump");
                StoredContents contents = StoredContents.of(store)) {
            long last = toPosition == null ? Long.MAX_VALUE : toPosition;
            long[] left = {limit == null ? Long.MAX_VALUE : limit};
            contents.visitEvents(fromPosition - 1, event -> {
                if (event.position().index() > last) {
                    return false;
                }
                if (isWanted(event)) {
                    out.println(Json.line(DumpedEvent.of(event)));
                    left[0]--;
                }
                return left[0] > 0 && !out.checkError();
            });
            if (left[0] > 0 && !(streams.isEmpty() && types.isEmpty()) && !out.checkError()) {
                refuseUnknownNames(contents);
            }
        } finally {
            out.flush();
        }
        return 0;
    }

    /** A name that no event has is a mistake; where the options leave no event otherwise, nothing is printed. */
    private void refuseUnknownNames(StoredContents contents) {
        Set<String> unknownStreams = new LinkedHashSet<>(streams);
        Set<String> unknownTypes = new LinkedHashSet<>(types);
        contents.visitEvents(0, event -> {
            unknownStreams.remove(event.stream().value());
            unknownTypes.remove(event.envelope().eventType());
            return !unknownStreams.isEmpty() || !unknownTypes.isEmpty();
        });
        if (!unknownStreams.isEmpty()) {
            throw new RefusedException("no event is of stream " + String.join(", ", unknownStreams)
                    + "; a stream's name is its aggregate, a bar and the id, such as Account|alice");
        }
        if (!unknownTypes.isEmpty()) {
            throw new RefusedException("no event is of type " + String.join(", ", unknownTypes)
                    + "; 'store inspect' lists the types");
        }
    }

    private boolean isWanted(StoredEvent event) {
        return (streams.isEmpty() || streams.contains(event.stream().value()))
                && (types.isEmpty() || types.contains(event.envelope().eventType()));
    }
}
