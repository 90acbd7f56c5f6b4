package dev.allframe.sample.bank.views;

import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.views.StoredView;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration.Use;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.view.Replacement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of views on a real disk: code that changes and returns, and views that are not wanted any more. */
@Guarantee("G7")
final class KeptViewsTest {

    private static final Order ORDER = Order.of("ann", "not wanted");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    record Holder(String name) {}

    /** Who holds an account, as code of a version says it. */
    private static ProjectionType<String, Holder> holders(int version) {
        return ProjectionType.named("holders", version(version), String.class, Holder.class)
                .from(ACCOUNT, (event, info) -> event instanceof Opened opened
                        ? Change.put(info.id(), new Holder(opened.owner() + " by version " + version))
                        : Change.none());
    }

    private AllFrame start(ProjectionType<?, ?>... views) {
        AllFrame.Builder builder = AllFrame.standalone("kept", ConfigFactory
                .parseString("allframe.storage = allsource\nallsource.dir = \"" + folder + "\"")
                .withFallback(ConfigFactory.load()))
                .aggregate(ACCOUNT);
        for (ProjectionType<?, ?> view : views) {
            builder.projection(view);
        }
        return builder.start();
    }

    private static void open(AllFrame bank, String account) {
        bank.eventStore(ACCOUNT)
                .append(account, ExpectedVersion.noStream(), List.<AccountEvent>of(
                        new Opened("owner of " + account, czk(0), LocalDate.of(1993, 1, 1))))
                .toCompletableFuture()
                .join();
    }

    private static ProjectionMetadata holders(AllFrame bank, ProjectionState state) {
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> bank.projections().describe("holders"),
                        now -> now.state() == state && (state != ProjectionState.LIVE || now.lag() == 0));
    }

    private static String holder(AllFrame bank, ProjectionType<String, Holder> view, String account) {
        return bank.view(view).get(account).orElseThrow().name();
    }

    @Test
    void old_code_finds_its_rows_until_the_view_is_retired() throws IOException {
        ProjectionType<String, Holder> old = holders(1);
        ProjectionType<String, Holder> changed = holders(2);
        try (AllFrame bank = start(old)) {
            open(bank, "1");
            assertThat(holders(bank, ProjectionState.LIVE).generations())
                    .containsExactly(new StoredGeneration(1, Use.SERVED, 1, null));
        }
        try (AllFrame bank = start(changed)) {
            Instant now = Instant.now();
            ProjectionMetadata view = holders(bank, ProjectionState.LIVE);
            assertThat(view.generations()).hasSize(2).last().isEqualTo(new StoredGeneration(2, Use.SERVED, 2, null));
            StoredGeneration kept = view.generations().getFirst();
            assertThat(kept.use()).isEqualTo(Use.KEPT);
            assertThat(kept.version()).isEqualTo(1);
            assertThat(Objects.requireNonNull(kept.keptUntil())).isBetween(
                    now.plus(Duration.ofDays(7)).minusSeconds(60),
                    now.plus(Duration.ofDays(7)).plusSeconds(60));
            open(bank, "2");
            Replacement noted = Objects.requireNonNull(
                    StoredView.list(folder).getFirst().generations().getFirst().replaced());
            assertThat(noted.version()).isEqualTo(1);
            assertThat(noted.keptUntil()).isEqualTo(noted.at().plus(Duration.ofDays(7)));
        }
        try (AllFrame bank = start(old)) {
            assertThat(holders(bank, ProjectionState.LIVE).generation()).as("it was not built anew").isEqualTo(1);
            assertThat(holder(bank, old, "2")).isEqualTo("owner of 2 by version 1");
        }
        try (AllFrame bank = start()) {
            ProjectionMetadata left = holders(bank, ProjectionState.UNREGISTERED);
            assertThat(left.generations()).extracting(StoredGeneration::number).containsExactly(1L, 2L);
            assertThatThrownBy(() -> bank.projections().rebuild("holders", ORDER))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("can be retired");
            assertThatThrownBy(() -> bank.projections().retire("other", ORDER))
                    .isInstanceOf(IllegalArgumentException.class);

            bank.projections().retire("holders", ORDER).toCompletableFuture().join();

            await().until(() -> bank.projections().describe().isEmpty());
            assertThat(StoredView.list(folder)).isEmpty();
        }
        try (AllFrame bank = start(changed)) {
            holders(bank, ProjectionState.RETIRED);
            assertThatThrownBy(() -> bank.view(changed).get("1")).isInstanceOf(ViewNotReadyException.class)
                    .hasMessageContaining("retired by ann: not wanted");
            assertThat(bank.health().troubles()).isEmpty();

            bank.projections().rebuild(changed, ORDER).toCompletableFuture().join();

            holders(bank, ProjectionState.LIVE);
            assertThat(holder(bank, changed, "1")).isEqualTo("owner of 1 by version 2");
        }
    }
}
