package dev.allframe.runtime;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.take;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.api.testkit.fixture.WatchProbe;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.command.CommandResult;
import dev.allframe.failure.Failures;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Folding;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.ReplacementRefusedException;
import dev.allframe.projection.ReplacementRefusedException.Reason;
import dev.allframe.projection.RowForms;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.ViewComparison.Difference;
import dev.allframe.projection.ViewComparison.Kind;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.query.Query;
import dev.allframe.query.QueryType;
import dev.allframe.runtime.Health.Status;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two versions of a view, live side by side: compared, switched, rolled back and finished. */
@Timeout(120)
@Guarantee({"G6", "G7"})
final class ReplacingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Order ORDER = Order.of("the test", "to see what happens");

    record Purse(BigDecimal amount, String kind) {}

    /** What version 2 has: cents, and how often something was put in. */
    record Cents(long cents, int puts, String kind) {}

    static final Index<Purse, String> OLD_KIND = Index.on("kind", Purse::kind, Keys.STRING);
    static final Index<Cents, Integer> PUTS = Index.on("puts", Cents::puts, Keys.INT);
    static final Index<Cents, String> KIND = Index.on("kind", Cents::kind, Keys.STRING);

    /** Where version 2 fails. */
    private static final AtomicReference<String> POISON = new AtomicReference<>("");

    static final ProjectionType<String, Purse> OLD = ProjectionType
            .named("purses", version(1), String.class, Purse.class)
            .indexedBy(OLD_KIND)
            .from(WALLET, (event, info) -> switch (event) {
                case WalletEvent.WasPut(var amount, var note) ->
                    upsert(info.id(), new Purse(BigDecimal.ZERO, kind(info)),
                            purse -> new Purse(purse.amount().add(amount), purse.kind()));
                case WalletEvent.WasTaken(var amount) -> upsert(info.id(), new Purse(BigDecimal.ZERO, kind(info)),
                        purse -> new Purse(purse.amount().subtract(amount), purse.kind()));
                case WalletEvent.Exploded exploded -> none();
            });

    private static final ProjectionType<String, Cents> NEW_ALONE = ProjectionType
            .named("purses", version(2), String.class, Cents.class)
            .indexedBy(PUTS, KIND)
            .from(WALLET, ReplacingTest::onWallet);

    static final ProjectionType<String, Cents> NEW = NEW_ALONE.replacing(OLD, ReplacingTest::asNew);

    private static Cents asNew(Purse purse) {
        if (purse.kind().equals("broken")) {
            throw new IllegalStateException("no cents for it");
        }
        return new Cents(purse.amount().movePointRight(2).longValueExact(), 1, purse.kind());
    }

    private static String kind(EventInfo info) {
        return info.id().split("-", 2)[0];
    }

    private static Change<String, Cents> onWallet(WalletEvent event, EventInfo info) {
        if (POISON.get().equals(info.id())) {
            throw new IllegalStateException("poison");
        }
        Cents first = new Cents(0, 0, kind(info));
        return switch (event) {
            case WalletEvent.WasPut(var amount, var note) -> upsert(info.id(), first,
                    row -> new Cents(row.cents() + 100 * amount.longValueExact(), row.puts() + 1, row.kind()));
            case WalletEvent.WasTaken(var amount) -> upsert(info.id(), first,
                    row -> new Cents(row.cents() - 100 * amount.longValueExact(), row.puts(), row.kind()));
            case WalletEvent.Exploded exploded -> none();
        };
    }

    record CentsIn(String wallet) implements Query<Optional<Cents>> {}

    private AllFrame allFrame = started(NEW);

    private static AllFrame started(ProjectionType<?, ?> view) {
        AllFrame.Builder builder = AllFrame
                .standalone("replacing", ConfigFactory.parseString("allframe.storage = memory")
                        .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .projection(view);
        return view == NEW
                ? builder.query(QueryType
                        .of(CentsIn.class, (query, views) -> views.view(NEW).get(query.wallet()))
                        .reads(NEW)
                        .cachedFor(Duration.ofHours(1))).start()
                : builder.start();
    }

    /** In place of the usual one. */
    private void start(ProjectionType<?, ?> view) {
        allFrame.close();
        allFrame = started(view);
    }

    @AfterEach
    void end() {
        POISON.set("");
        allFrame.close();
    }

    private ConsistencyToken pay(String id, long amount) {
        CommandResult.Accepted<WalletEvent> paid = allFrame.commands()
                .dispatchAndWait(WALLET, id, put(amount))
                .orThrow();
        return paid.token();
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private View<String, Cents> view() {
        return allFrame.view(NEW);
    }

    private ProjectionMetadata described() {
        return allFrame.projections().describe("purses");
    }

    private void switchTo(ProjectionType<?, ?> type) {
        done(allFrame.projections().switchTo(type, PATIENCE, ORDER));
        await().atMost(PATIENCE).until(() -> described().version() == type.version().number());
    }

    /** Waits until both versions have a command. */
    private void bothHave(ConsistencyToken token) {
        assertThat(done(allFrame.view(OLD).await(token, PATIENCE))).isInstanceOf(ViewAnswer.Seen.class);
        await().atMost(PATIENCE)
                .until(() -> both().stream()
                        .allMatch(each -> each.generation() > 0 && each.lag() == 0));
    }

    private List<ProjectionMetadata> both() {
        ProjectionMetadata now = described();
        return List.of(now, Objects.requireNonNull(now.other()));
    }

    private ViewComparison compared() {
        return done(allFrame.projections().compare("purses", Integer.MAX_VALUE, told -> {}));
    }

    private static Reason refusedFor(CompletionStage<?> wanted) {
        Throwable refused = Failures.unwrapped(catchThrowable(() -> done(wanted)));
        assertThat(refused).isInstanceOf(ReplacementRefusedException.class);
        assertThat(((ReplacementRefusedException) refused).view()).isEqualTo("purses");
        return ((ReplacementRefusedException) refused).reason();
    }

    @Test
    void the_old_version_answers_in_the_new_form_until_an_operator_has_switched_and_again_after_a_rollback() {
        ConsistencyToken first = pay("red-1", 3);
        ConsistencyToken second = pay("red-1", 4);
        bothHave(second);

        assertThat(done(view().get("red-1", second))).isEqualTo(new ViewAnswer.Seen<>(
                Optional.of(new Cents(700, 1, "red"))));
        assertThat(allFrame.view(OLD).get("red-1")).contains(new Purse(BigDecimal.valueOf(7), "red"));
        assertThat(both()).extracting(ProjectionMetadata::version).containsExactly(1, 2);
        assertThat(both()).extracting(ProjectionMetadata::state).containsOnly(ProjectionState.LIVE);

        switchTo(NEW);
        assertThat(done(view().get("red-1", first))).isEqualTo(new ViewAnswer.Seen<>(
                Optional.of(new Cents(700, 2, "red"))));
        ConsistencyToken third = pay("red-1", 1);
        assertThat(done(view().get("red-1", third))).isEqualTo(new ViewAnswer.Seen<>(
                Optional.of(new Cents(800, 3, "red"))));
        assertThat(both()).extracting(ProjectionMetadata::version).containsExactly(2, 1);

        switchTo(OLD);
        assertThat(done(view().get("red-1", third))).isEqualTo(new ViewAnswer.Seen<>(
                Optional.of(new Cents(800, 1, "red"))));
        assertThat(described().generation()).as("no rebuild").isEqualTo(both().getFirst().generation());
        assertThat(allFrame.health().parts()).allMatch(part -> part.status() == Status.UP);
    }

    @Test
    void a_finished_replacement_deletes_the_old_rows_and_has_no_way_back() {
        bothHave(pay("red-1", 3));
        assertThat(refusedFor(allFrame.projections().finish("purses", ORDER))).isEqualTo(Reason.ANSWERS);
        switchTo(NEW);

        done(allFrame.projections().finish("purses", ORDER));

        await().atMost(PATIENCE).until(() -> both().getLast().state() == ProjectionState.RETIRED);
        assertThat(view().get("red-1")).contains(new Cents(300, 1, "red"));
        assertThatThrownBy(() -> allFrame.view(OLD).get("red-1")).isInstanceOf(ViewNotReadyException.class)
                .hasMessageContaining("was retired by the test: to see what happens");
        assertThat(refusedFor(allFrame.projections().switchTo(OLD, PATIENCE, ORDER))).isEqualTo(Reason.FINISHED);
        assertThat(refusedFor(allFrame.projections().compare("purses", 1, told -> {}))).isEqualTo(Reason.FINISHED);
        done(allFrame.projections().rebuild("purses", ORDER));
        ConsistencyToken last = pay("red-1", 1);
        assertThat(done(view().await(last, PATIENCE))).isInstanceOf(ViewAnswer.Seen.class);
        assertThat(both().getLast().state()).as("a rebuild brings it not back").isEqualTo(ProjectionState.RETIRED);
        assertThat(allFrame.health().parts()).allMatch(part -> part.status() == Status.UP);
    }

    @Test
    void rows_are_compared_as_readers_are_given_them_or_in_a_form_of_the_caller() {
        pay("red-1", 3);
        pay("red-2", 1);
        bothHave(pay("red-2", 1));

        ViewComparison found = compared();

        assertThat(found.view()).isEqualTo("purses");
        assertThat(found.rows()).isEqualTo(found.otherRows()).isEqualTo(2);
        assertThat(found.position()).isEqualTo(described().position());
        assertThat(found.digest()).isEqualTo(both().getFirst().digest());
        assertThat(found.otherDigest()).isEqualTo(both().getLast().digest());
        assertThat(found.different()).isEqualTo(1);
        assertThat(found.differences()).containsExactly(new Difference("red-2",
                new Purse(BigDecimal.valueOf(2), "red"), new Cents(200, 2, "red")));
        assertThat(found.differences().getFirst().kind()).isEqualTo(Kind.DIFFERS);

        assertThat(done(allFrame.projections()
                .compare(new RowForms<>(OLD,
                        old -> old.amount().longValueExact() * 100, NEW, Cents::cents), 10, told -> {}))
                .isSame()).isTrue();
        assertThat(done(allFrame.projections().compare(RowForms.keysOnly(OLD, NEW), 10, told -> {})).isSame())
                .isTrue();
        ViewComparison counted = done(allFrame.projections().compare("purses", 0, told -> {}));
        assertThat(counted.different()).isEqualTo(1);
        assertThat(counted.differences()).isEmpty();
    }

    @Test
    void a_comparison_says_how_far_it_is() {
        bothHave(pay("red-1", 3));
        List<Folding> told = new ArrayList<>();

        done(allFrame.projections().compare("purses", 1, told::add));

        assertThat(told).isNotEmpty();
        assertThat(told.getLast()).isEqualTo(new Folding(2, 2));
    }

    @Test
    void a_row_that_cannot_be_made_new_fails_those_who_read_it_and_nothing_else() {
        ConsistencyToken broken = pay("broken-1", 3);
        bothHave(broken);
        bothHave(pay("red-1", 3));

        assertThatThrownBy(() -> view().get("broken-1")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the row of broken-1 of version 1")
                .hasMessageContaining("no cents for it");
        assertThat(view().get("red-1")).isPresent();
        assertThat(done(view().await(broken, PATIENCE))).isInstanceOf(ViewAnswer.Seen.class);
        assertThatThrownBy(() -> compared()).hasRootCauseMessage("no cents for it");
        switchTo(NEW);
        assertThat(view().get("broken-1")).isPresent();
    }

    @Test
    void indexes_and_cursors_are_those_of_the_new_version_whichever_answers() {
        for (int i = 0; i < 6; i++) {
            pay(i % 2 == 0 ? "red-" + i : "blue-" + i, 1);
        }
        bothHave(pay("red-6", 1));

        Rows<String, Cents> firstByKind = view().by(KIND, "red", QueryOption.limit(2));
        Rows<String, Cents> firstByKey = view().range(Range.all(), QueryOption.limit(3));
        assertThat(view().count(KIND, "blue")).isEqualTo(3);
        assertThatThrownBy(() -> view().by(PUTS, 1)).isInstanceOf(ViewNotReadyException.class)
                .hasMessage("view 'purses' is answered by version 1, which has no such index 'puts'");
        switchTo(NEW);

        assertThat(firstByKind.keys()).containsExactly("red-0", "red-2");
        Rows<String, Cents> secondByKind = view().by(KIND, "red", QueryOption.after(firstByKind.next().orElseThrow()),
                QueryOption.limit(1));
        assertThat(secondByKind.keys()).containsExactly("red-4");
        assertThat(view().range(Range.all(), QueryOption.after(firstByKey.next().orElseThrow())).keys())
                .containsExactly("red-0", "red-2", "red-4", "red-6");
        assertThat(view().by(PUTS, 1).keys()).hasSize(7);
        switchTo(OLD);
        assertThat(view().by(KIND, "red", QueryOption.after(secondByKind.next().orElseThrow())).keys())
                .containsExactly("red-6");
        assertThatThrownBy(() -> view().by(KIND, "red", QueryOption.after("AA")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cached_answers_are_of_the_version_that_answers() {
        pay("red-1", 3);
        bothHave(pay("red-1", 3));
        assertThat(ask("red-1")).contains(new Cents(600, 1, "red"));
        assertThat(ask("red-1")).contains(new Cents(600, 1, "red"));
        assertThat(allFrame.queries().describe().getFirst().runs()).isEqualTo(1);

        switchTo(NEW);
        assertThat(ask("red-1")).contains(new Cents(600, 2, "red"));
        switchTo(OLD);
        assertThat(ask("red-1")).contains(new Cents(600, 1, "red"));
    }

    private Optional<Cents> ask(String wallet) {
        return allFrame.queries().askAndWait(new CentsIn(wallet)).orThrow();
    }

    @Test
    void who_watches_begins_again_with_the_rows_of_the_version_that_answers() {
        pay("red-1", 3);
        bothHave(pay("blue-1", 3));
        WatchProbe<String, Cents> all = WatchProbe.of(view().watch());
        WatchProbe<String, Cents> red = WatchProbe.of(view().watch(KIND, "red"));
        pay("red-1", 1);
        await().atMost(PATIENCE)
                .until(() -> new Cents(400, 1, "red").equals(all.rows().get("red-1"))
                        && new Cents(400, 1, "red").equals(red.rows().get("red-1")));

        switchTo(NEW);
        await().atMost(PATIENCE)
                .until(() -> new Cents(400, 2, "red").equals(all.rows().get("red-1"))
                        && new Cents(400, 2, "red").equals(red.rows().get("red-1"))
                        && new Cents(300, 1, "blue").equals(all.rows().get("blue-1")));
        pay("red-2", 1);
        await().atMost(PATIENCE).until(() -> all.rows().size() == 3 && red.rows().size() == 2);
        switchTo(OLD);
        pay("red-1", 1);
        await().atMost(PATIENCE).until(() -> new Cents(500, 1, "red").equals(red.rows().get("red-1")));
        all.cancel();
        red.cancel();
    }

    @Test
    void a_version_that_stands_or_is_not_ready_is_not_switched_to_and_can_be_when_it_is_mended() {
        POISON.set("red-1");
        ConsistencyToken paid = pay("red-1", 3);
        assertThat(done(view().await(paid, PATIENCE))).as("the old one answers").isInstanceOf(ViewAnswer.Seen.class);
        await().atMost(PATIENCE).until(() -> both().getLast().state() == ProjectionState.FAILED);

        assertThat(refusedFor(allFrame.projections().switchTo(NEW, PATIENCE, ORDER))).isEqualTo(Reason.STANDS);
        assertThat(refusedFor(allFrame.projections().compare("purses", 1, told -> {})))
                .isIn(Reason.STANDS, Reason.NOT_READY);
        assertThat(allFrame.health().parts()).filteredOn(part -> part.name().equals("purses version 2"))
                .singleElement()
                .satisfies(part -> assertThat(part.reason()).contains("it is FAILED", "poison"));
        assertThat(allFrame.health().parts()).filteredOn(part -> part.name().equals("purses"))
                .singleElement()
                .satisfies(part -> assertThat(part.status()).isEqualTo(Status.UP));
        assertThat(both().getLast().lag()).isPositive();

        POISON.set("");
        done(allFrame.projections().retry("purses", ORDER));
        await().atMost(PATIENCE).until(() -> both().getLast().state() == ProjectionState.LIVE);
        switchTo(NEW);
        assertThat(view().get("red-1")).contains(new Cents(300, 1, "red"));
    }

    @Test
    void a_comparison_of_a_version_that_stops_on_its_way_is_refused() {
        bothHave(pay("red-1", 3));
        POISON.set("red-2");
        pay("red-2", 3);
        await().atMost(PATIENCE).until(() -> both().getLast().state() == ProjectionState.FAILED);

        assertThat(refusedFor(allFrame.projections().compare("purses", 1, told -> {}))).isEqualTo(Reason.STANDS);
    }

    @Test
    void versions_that_are_paused_at_one_position_are_compared_and_switched() {
        pay("red-1", 3);
        bothHave(pay("red-1", 3));
        done(allFrame.projections().pause("purses", ORDER));
        await().atMost(PATIENCE)
                .until(() -> both().stream()
                        .allMatch(each -> each.state() == ProjectionState.PAUSED));

        assertThat(compared().different()).isEqualTo(1);
        switchTo(NEW);

        assertThat(view().get("red-1")).contains(new Cents(600, 2, "red"));
        assertThat(done(view().await(pay("red-1", 1), PATIENCE))).isInstanceOf(ViewAnswer.NotYet.class);
        done(allFrame.projections().resume("purses", ORDER));
        await().atMost(PATIENCE).until(() -> view().get("red-1").equals(Optional.of(new Cents(700, 3, "red"))));
    }

    @Test
    void a_rebuild_is_of_both_versions_and_changes_neither_the_answers_nor_a_comparison() {
        pay("red-1", 3);
        bothHave(pay("red-1", 3));
        switchTo(NEW);
        long youngest = both().stream().mapToLong(ProjectionMetadata::generation).max().orElseThrow();

        done(allFrame.projections().rebuild("purses", ORDER));
        assertThat(compared().different()).isEqualTo(1);

        await().atMost(PATIENCE).until(() -> both().stream().allMatch(each -> each.generation() > youngest));
        assertThat(both()).extracting(ProjectionMetadata::version).containsExactly(2, 1);
        assertThat(compared().different()).isEqualTo(1);
        assertThat(view().get("red-1")).contains(new Cents(600, 2, "red"));
        switchTo(OLD);
        assertThat(view().get("red-1")).contains(new Cents(600, 1, "red"));
    }

    @Test
    void a_retired_view_has_neither_version_until_it_is_rebuilt() {
        bothHave(pay("red-1", 3));
        done(allFrame.projections().retire("purses", ORDER));
        await().atMost(PATIENCE)
                .until(() -> both().stream()
                        .allMatch(each -> each.state() == ProjectionState.RETIRED));
        assertThatThrownBy(() -> view().get("red-1")).isInstanceOf(ViewNotReadyException.class)
                .hasMessageContaining("was retired by the test");

        done(allFrame.projections().rebuild("purses", ORDER));

        await().atMost(PATIENCE).until(() -> both().stream().allMatch(each -> each.state() == ProjectionState.LIVE));
        assertThat(view().get("red-1")).contains(new Cents(300, 1, "red"));
        assertThat(described().version()).isEqualTo(1);
    }

    @Test
    void parked_streams_of_the_new_version_alone_keep_it_from_answering() {
        ProjectionType<String, Cents> parking = NEW_ALONE.perStream()
                .parkFailures()
                .replacing(OLD, ReplacingTest::asNew);
        start(parking);
        POISON.set("red-1");
        pay("red-1", 3);
        ConsistencyToken second = pay("red-2", 3);
        assertThat(done(allFrame.view(parking).await(second, PATIENCE))).isInstanceOf(ViewAnswer.Seen.class);
        await().atMost(PATIENCE).until(() -> both().getLast().parked() == 1 && both().getLast().lag() == 0);

        assertThat(refusedFor(allFrame.projections().switchTo(parking, PATIENCE, ORDER))).isEqualTo(Reason.PARKED);
        assertThat(compared().differences()).singleElement()
                .satisfies(difference -> assertThat(difference.kind()).isEqualTo(Kind.ONLY_FIRST));
        assertThat(allFrame.view(parking).get("red-1")).contains(new Cents(300, 1, "red"));

        done(allFrame.projections().skip("purses", StreamId.of(WALLET.name(), "red-1"), 1, ORDER));
        await().atMost(PATIENCE).until(() -> both().getLast().parked() == 0);
        switchTo(parking);
        assertThat(allFrame.view(parking).get("red-1")).isEmpty();
    }

    @Test
    void what_cannot_be_asked_of_a_view_is_refused() {
        bothHave(pay("red-1", 3));
        assertThatThrownBy(() -> allFrame.projections().switchTo("purses", version(3), PATIENCE, ORDER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("view 'purses' has versions 1 and 2, and no version 3");
        assertThatThrownBy(() -> allFrame.projections().compare("purses", -1, told -> {}))
                .hasMessageContaining("0 or more");
        assertThatThrownBy(() -> allFrame.projections().compare("nothing", 1, told -> {}))
                .hasMessageContaining("there is no view 'nothing'");
        assertThatThrownBy(() -> allFrame.projections()
                .compare(RowForms.keysOnly(OLD, NEW_ALONE.replacing(OLD, ReplacingTest::asNew)), 1, told -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in forms of its own two versions");

        start(OLD);
        for (Throwable refused : List.of(
                catchThrowable(() -> allFrame.projections().compare("purses", 1, told -> {})),
                catchThrowable(() -> allFrame.projections().switchTo(OLD, PATIENCE, ORDER)),
                catchThrowable(() -> allFrame.projections().finish("purses", ORDER)))) {
            assertThat(refused).isInstanceOfSatisfying(ReplacementRefusedException.class,
                    told -> assertThat(told.reason()).isEqualTo(Reason.NOT_REPLACING));
        }
    }

    private static List<String> problems(ProjectionType<?, ?>... views) {
        AllFrame.Builder builder = AllFrame.standalone("wrong", ConfigFactory.parseString("allframe.storage = memory")
                .withFallback(ConfigFactory.load()));
        for (ProjectionType<?, ?> view : views) {
            builder.projection(view);
        }
        InvalidDomainException wrong = catchThrowableOfType(InvalidDomainException.class, builder::start);
        return wrong.problems();
    }

    private static ProjectionType<String, Purse> purses(String name, int version) {
        return ProjectionType.named(name, version(version), String.class, Purse.class)
                .from(WALLET, (event, info) -> none());
    }

    @Test
    @SuppressWarnings("NullAway") // users may not have it
    void definitions_that_cannot_replace_each_other_are_refused_at_start() {
        assertThat(problems(purses("purses", 2).replacing(purses("others", 1)))).containsExactly(
                "view 'purses' replaces view 'others': both versions of a view have its name");
        assertThat(problems(purses("purses", 2).replacing(purses("purses", 2)))).containsExactly(
                "view 'purses' of version 2 replaces version 2: the new version must be higher");
        assertThat(problems(purses("purses", 3).replacing(purses("purses", 2).replacing(purses("purses", 1)))))
                .containsExactly("view 'purses' of version 3 replaces version 2, which replaces version 1: two versions"
                        + " are kept, so finish the older replacement first");
        assertThat(problems(purses("purses", 2).replacing(purses("purses", 1)), purses("purses", 1))).containsExactly(
                "two views are named 'purses'");
        assertThat(problems(purses("purses", 2).replacing(ProjectionType
                .named("purses", version(1), String.class, Purse.class)))).singleElement()
                .asString()
                .contains("version 1 of view 'purses'", "reads no aggregate");
        assertThat(problems(purses("purses", 2).replacing(ProjectionType
                .named("purses", version(1), () -> Keys.STRING, Purse.class)
                .from(WALLET, (event, info) -> none())
                .indexedBy(OLD_KIND, OLD_KIND)))).containsExactly(
                        "version 1 of view 'purses' has two indexes named 'kind'");
        assertThatThrownBy(() -> purses("purses", 2).replacing((ProjectionType<String, Purse>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("old");
        assertThatThrownBy(() -> purses("purses", 2).replacing(OLD, null)).isInstanceOf(NullPointerException.class)
                .hasMessage("asNew");
    }

    @Test
    void the_old_version_may_be_given_to_the_builder_too() {
        allFrame.close();
        allFrame = AllFrame
                .standalone("replacing", ConfigFactory.parseString("allframe.storage = memory")
                        .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .projection(OLD)
                .projection(NEW)
                .start();

        bothHave(pay("red-1", 3));
        assertThat(view().get("red-1")).contains(new Cents(300, 1, "red"));
    }

    @Test
    void a_reaction_that_reads_the_view_sees_the_rows_of_the_version_that_answers_and_repeats_nothing() {
        List<String> effects = new CopyOnWriteArrayList<>();
        allFrame.close();
        AtomicReference<View<String, Cents>> read = new AtomicReference<>();
        allFrame = AllFrame
                .standalone("replacing", ConfigFactory.parseString("allframe.storage = memory")
                        .withFallback(ConfigFactory.load()))
                .aggregate(WALLET)
                .projection(NEW)
                .reaction(ReactionType.named("notes")
                        .from(WALLET, (event, info) -> Objects.requireNonNull(read.get())
                                .get(info.id(), new ConsistencyToken(allFrame.backend().storeId(), info.stream(),
                                        info.sequenceNr()), PATIENCE)
                                .thenAccept(answer -> effects.add(info.sequenceNr() + " " + answer)))
                        .fromStart())
                .start();
        read.set(view());
        bothHave(pay("red-1", 1));
        await().atMost(PATIENCE).until(() -> effects.size() == 1);

        switchTo(NEW);
        pay("red-1", 1);

        await().atMost(PATIENCE).until(() -> effects.size() == 2);
        assertThat(effects).containsExactly(
                "1 " + new ViewAnswer.Seen<>(Optional.of(new Cents(100, 1, "red"))),
                "2 " + new ViewAnswer.Seen<>(Optional.of(new Cents(200, 2, "red"))));
    }

    @Test
    void takes_of_both_versions_are_the_same_for_who_reads() {
        pay("red-1", 3);
        allFrame.commands().dispatchAndWait(WALLET, "red-1", take(1)).orThrow();
        bothHave(pay("blue-1", 1));

        assertThat(compared().isSame()).isTrue();
    }
}
