package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.replay.ReplayManager;
import dev.allframe.replay.ReplayRange;
import dev.allframe.replay.ReplayStatus;
import dev.allframe.replay.ReplayStatus.State;
import dev.allframe.replay.ReplayType;
import dev.allframe.sample.bank.history.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bank replay}. */
@Command(name = "replay", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Writes what has happened to accounts as lines of JSON, to feed another system.", "",
        "A replay that was ended by Ctrl-C, or killed, goes on with the next 'bank replay'. Each event is written at least once, those of an account in their order; a line that comes again has the same 'key'."})
final class ReplayCommand implements Callable<Integer> {

    private static final String NAME = "feed";

    /** Lines that are written together are forced together. */
    private static final int PARALLEL = 256;

    private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(1);

    /** Who reads standard output in a pager may look at a page for as long: the lines are not written again. */
    private static final Duration READER_PAUSES = Duration.ofDays(20);

    @Option(names = "--to", paramLabel = "FILE", description = "The file to which lines are appended (default: standard output).")
    private @Nullable Path to;

    @Option(names = "--account", paramLabel = "ID", description = "Only one account.")
    private @Nullable String account;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only events of this type, such as account.deposited; may be given several times.")
    private List<String> types = List.of();

    @Option(names = "--from", paramLabel = "TIME", description = "Only what was stored at this time or later: a day, 2026-05-01, which begins in UTC, or 2026-05-01T10:00:00Z.")
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "TIME", description = "Only what was stored before this time.")
    private @Nullable String until;

    @Option(names = "--rate", paramLabel = "N", description = "At most N events a second; 0 for as many as go, which is the default.")
    private @Nullable Integer rate;

    @Option(names = "--cancel", description = "End the replay that has not ended, and write nothing.")
    private boolean cancel;

    @Mixin
    private final OrderReason reason = new OrderReason();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        ReplayRange range = range();
        if (rate != null && rate < 0) {
            throw new InputException("--rate must be 0 or more, not " + rate);
        }
        if (cancel && (to != null || rate != null || !range.equals(ReplayRange.all()))) {
            throw new InputException("--cancel ends the replay, whatever its range: leave the other options out");
        }
        Order order = reason.order();
        storage.checkKeepsAccounts();
        Feed feed = to == null || cancel ? Feed.to(output) : Feed.to(to);
        ReplayType type = ReplayType.named(NAME)
                .from(ACCOUNT, feed::send)
                .parallel(PARALLEL)
                .within(to == null ? READER_PAUSES : WRITTEN_WITHIN)
                .retry(Duration.ofMillis(200), Duration.ofSeconds(2), 3);
        try (OpenBank bank = new OpenBank(storage, type); feed) { // the feed is closed first
            return cancel ? cancel(bank, order) : replay(bank, feed, range, order);
        }
    }

    private void check(Feed feed) {
        try {
            feed.check();
        } catch (IOException refused) {
            throw new InputException(to + " cannot be written: " + Failures.message(refused));
        }
    }

    /** The replay has begun, so that the same command goes on with it. */
    private void open(Feed feed) {
        try {
            feed.open();
        } catch (IOException failed) {
            throw new ViewException(to + " cannot be written: " + Failures.message(failed)
                    + "; the same command goes on");
        }
    }

    private int cancel(OpenBank bank, Order order) {
        ReplayWait.of(bank.replays().cancel(NAME, order));
        print(ReplayWait.of(bank.replays().describe(NAME)), false);
        return 0;
    }

    private int replay(OpenBank bank, Feed feed, ReplayRange range, Order order) {
        ReplayManager replays = bank.replays();
        ReplayStatus before = ReplayWait.of(replays.describe(NAME));
        boolean goesOn = !before.state().hasEnded();
        if (goesOn && !range.equals(ReplayRange.all()) && !range.equals(before.range())) {
            throw new InputException("a replay of another range has not ended: 'bank replay' without a range goes on"
                    + " with it, and 'bank replay --cancel' ends it");
        }
        check(feed);
        if (!goesOn) {
            ReplayWait.of(replays.start(NAME, range, rate == null ? ReplayManager.UNLIMITED : rate, order));
        } else if (rate != null) {
            ReplayWait.of(replays.rate(NAME, rate, order));
        }
        if (before.state() == State.PAUSED) {
            ReplayWait.of(replays.resume(NAME, order));
        }
        open(feed);
        ReplayStatus end = bank.replay(output).untilItStands(NAME, feed::isWriting);
        if (end.state() != State.DONE) {
            throw new ViewException(
                    "the replay is " + end.state().name().toLowerCase(Locale.ROOT) + ": " + end.trouble()
                            + "; the same command goes on with it");
        }
        print(end, goesOn);
        return 0;
    }

    /** Beside the lines, where they are on standard output. */
    private void print(ReplayStatus end, boolean wentOn) {
        if (output.isJson() && (to != null || cancel)) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("state", end.state().name().toLowerCase(Locale.ROOT));
            json.put("events", end.events());
            json.put("percent", Math.floor(end.share() * 1000) / 10);
            json.put("wentOn", wentOn);
            output.printJson(json);
            return;
        }
        String text = String.format(Locale.ROOT, "%s, %,d events%s", end.state() == State.DONE ? "done" : "ended",
                end.events(), wentOn ? ", those of the run before included" : "");
        if (to == null && !cancel) {
            output.warn(output.isJson() ? List.of() : List.of(text));
        } else {
            output.print("%s", text);
        }
    }

    private ReplayRange range() {
        ReplayRange range = ReplayRange.all().types(types.toArray(String[]::new));
        range = account == null ? range : range.stream(ACCOUNT, account(account));
        range = from == null ? range : range.storedFrom(time("--from", from));
        Instant end = until == null ? null : time("--until", until);
        if (end != null && range.from() != null && !range.from().isBefore(end)) {
            throw new InputException("--from must be before --until");
        }
        return end == null ? range : range.storedUntil(end);
    }

    private static String account(String id) {
        if (id.isEmpty() || id.indexOf('|') >= 0) {
            throw new InputException("there is no account '" + id + "'");
        }
        return id;
    }

    private static Instant time(String option, String text) {
        try {
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : Instant.parse(text);
        } catch (DateTimeParseException none) {
            throw new InputException(option + " '" + text + "' is no time, such as 2026-05-01 or"
                    + " 2026-05-01T10:00:00Z");
        }
    }
}
