package dev.allframe.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.allframe.runtime.membership.AgreedSettingsChecker;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "dev.allframe.runtime", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_RUNTIME_KNOWS_STORAGE_THROUGH_THE_API_ALONE = noClasses().should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.allframe.journal..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.allframe.runtime.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule STORAGE_KNOWS_NO_AGGREGATE = noClasses().that()
            .resideInAPackage("..runtime.storage..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..runtime.aggregate..", "..runtime.command..", "..runtime.serialization..");

    @ArchTest
    static final ArchRule NOTHING_BUT_PEKKO_CALLS_THE_SERIALIZERS = classes().that()
            .resideInAPackage("..runtime.serialization..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAPackage("..runtime.serialization..");

    @ArchTest
    static final ArchRule SCALA_STAYS_OUT = noClasses().that()
            .doNotHaveFullyQualifiedName(AgreedSettingsChecker.class.getName()) // Pekko has no Java API for it
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("scala.concurrent..", "scala.collection..");

    @ArchTest
    static final ArchRule NOTHING_WAITS_FOR_EVER = classes().that()
            .doNotHaveFullyQualifiedName(Uninterrupted.class.getName()) // what it waits for is bounded by itself
            .should(new ArchCondition<>("wait by StoreAnswer, or with orTimeout or completeOnTimeout") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                        if (waits(call) && call.getOwner()
                                .getMethodCallsFromSelf()
                                .stream()
                                .noneMatch(bound -> BOUNDS.contains(bound.getName()))) {
                            events.add(SimpleConditionEvent.violated(call, call.getDescription()));
                        }
                    }
                }
            });

    private static final Set<String> BOUNDS = Set.of("orTimeout", "completeOnTimeout");

    private static boolean waits(JavaMethodCall call) {
        boolean unbounded = call.getTarget().getRawParameterTypes().isEmpty();
        return unbounded && ((call.getTargetOwner().isAssignableTo(Future.class)
                && Set.of("join", "get").contains(call.getName()))
                || (call.getTargetOwner().isAssignableTo(CountDownLatch.class) && call.getName().equals("await")));
    }

    @Test
    void scala_test_and_junit_4_are_not_on_the_class_path() {
        assertThat(System.getProperty("java.class.path")).doesNotContain("scalatest", "scalactic", "junit-4");
    }
}
