package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.view.ViewStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** No test of the suite can be passed without a storage. */
final class NoOpFailsEveryConformanceTest {

    /** Run by the launcher alone: its name is none that the build looks for. */
    static final class OnNoOp extends DurableBackendConformance {
        @Override
        protected EventStoreBackend open(int maxRecordBytes) {
            return new NoOpBackend();
        }

        @Override
        protected EventStoreBackend reopen(EventStoreBackend closed, int maxRecordBytes) {
            return closed;
        }

        @Override
        protected Duration patience() {
            return Duration.ofMillis(200);
        }
    }

    /** Run by the launcher alone, too. */
    static final class OnNoOpViews extends DurableViewStoreConformance {
        @Override
        protected ViewStore open() {
            return new NoOpViewStore();
        }

        @Override
        protected ViewStore reopen(ViewStore closed) {
            return closed;
        }
    }

    private static final class Results implements TestExecutionListener {
        private final List<String> failed = new ArrayList<>();
        private final List<String> otherwise = new ArrayList<>();

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean fails = result.getStatus() == TestExecutionResult.Status.FAILED;
            if (test.isTest()) {
                (fails ? failed : otherwise).add(nameOf(test));
            } else if (fails) { // a class that fails hides the tests in it
                otherwise.add(nameOf(test));
            }
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            otherwise.add(nameOf(test));
        }

        private static String nameOf(TestIdentifier test) {
            return test.getUniqueId();
        }
    }

    @Test
    void a_store_that_does_nothing_fails_every_test_and_skips_none() {
        failsEveryTest(OnNoOp.class, 100);
    }

    @Test
    void a_storage_of_views_that_does_nothing_fails_every_test_and_skips_none() {
        failsEveryTest(OnNoOpViews.class, 30);
    }

    private static void failsEveryTest(Class<?> suite, int moreThan) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(suite))
                .build();
        Results results = new Results();
        var launcher = LauncherFactory.create();
        var planned = launcher.discover(request);

        launcher.execute(planned, results);

        assertThat(results.otherwise).as("passed, skipped or broken").isEmpty();
        assertThat(results.failed).hasSize((int) planned.countTestIdentifiers(TestIdentifier::isTest))
                .hasSizeGreaterThan(moreThan);
    }
}
