package dev.allframe.api.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.allframe.api.testkit", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_TESTKIT_KNOWS_THE_API_JUNIT_AND_ASSERTIONS_ALONE = classes().should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify.annotations..", "dev.allframe.aggregate..",
                    "dev.allframe.store..", "dev.allframe.codec..", "dev.allframe.projection..",
                    "dev.allframe.schema..", "dev.allframe.evolution..", "dev.allframe.command..",
                    "dev.allframe.saga..",
                    "dev.allframe.failure..",
                    "dev.allframe.api.testkit..", "org.junit.jupiter.api..",
                    "org.assertj.core..", "org.awaitility..", "org.opentest4j..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.allframe.api.testkit.(**)")
            .should()
            .beFreeOfCycles();
}
