package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration.Use;
import dev.allframe.projection.ProjectionState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bank views}. */
@Command(name = "views", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Shows how the views are doing, the read models that other commands read.", "",
        "Waits until each has what is stored, or does not go on. The digest is the same for the same rows, however they came about."})
final class ShowViews implements Callable<Integer> {

    @Mixin
    private final Source source = new Source();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        try (OpenBank bank = new OpenBank(storage)) {
            Source.Filled filled = source.fill(bank, storage, output);
            print(Stream.concat(BankViews.names().stream().map(name -> bank.views(output).lookAtBoth(name).view()),
                    bank.projections()
                            .describe()
                            .stream()
                            .filter(view -> view.state() == ProjectionState.UNREGISTERED))
                    .toList(), output);
            return filled.good() ? 0 : Bank.NOT_GOOD;
        }
    }

    /** Prints how views are doing. */
    static void print(List<ProjectionMetadata> views, Output output) {
        if (output.isJson()) {
            output.printJson(Map.of("views", views.stream().map(ShowViews::json).toList()));
            return;
        }
        output.print("%-11s %-9s %12s %8s %10s %10s  %s", "view", "state", "position", "lag", "rows", "generation",
                "digest");
        for (ProjectionMetadata view : views) {
            output.print("%-11s %-9s %,12d %,8d %,10d %10d  %s", view.name(), state(view), view.position().index(),
                    view.lag(), view.rows(), view.generation(), view.digest());
            if (!view.trouble().isEmpty()) {
                output.print("  %s", view.trouble());
            }
            ProjectionMetadata other = view.other();
            if (other != null) {
                output.print("  version %d answers; version %d is %s at %,d, %,d behind, with %,d rows, digest %s",
                        view.version(), other.version(), state(other), other.position().index(), other.lag(),
                        other.rows(), other.digest());
                if (!other.trouble().isEmpty()) {
                    output.print("  version %d: %s", other.version(), other.trouble());
                }
            }
            view.generations()
                    .stream()
                    .filter(each -> each.use() == Use.KEPT)
                    .forEach(each -> output.print("  %s",
                            kept(each)));
        }
    }

    private static String kept(StoredGeneration generation) {
        Instant until = generation.keptUntil();
        return "generation " + generation.number() + " of version " + generation.version() + " is kept until "
                + (until == null ? "this version has built its rows" : until.truncatedTo(ChronoUnit.SECONDS));
    }

    private static String state(ProjectionMetadata view) {
        return view.state().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> json(ProjectionMetadata view) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", view.name());
        json.put("version", view.version());
        json.put("state", state(view));
        json.put("position", view.position().index());
        json.put("lag", view.lag());
        json.put("rows", view.rows());
        json.put("generation", view.generation());
        json.put("digest", view.digest());
        ProjectionMetadata other = view.other();
        if (other != null) {
            json.put("other", json(other));
        }
        return json;
    }
}
