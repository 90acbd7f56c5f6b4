package dev.allframe.journal;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "dev.allframe.journal", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule the_plugins_know_the_storage_contract_and_pekko_and_no_storage = classes()
            .that()
            .resideInAPackage("dev.allframe.journal.plugin")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.allframe.journal.plugin", "dev.allframe.store..", "dev.allframe.streams",
                    "dev.allframe.config",
                    "dev.allframe.failure", "org.apache.pekko..", "com.typesafe.config", "scala..", "java..",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule the_store_in_memory_knows_the_storage_contract_alone = classes()
            .that(resideInAPackage("dev.allframe.journal.memory").and(not(simpleNameEndingWith("Provider"))))
            .and()
            .doNotHaveSimpleName("Shared")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.allframe.journal.memory", "dev.allframe.store..", "dev.allframe.failure", "java..",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule the_conformance_suites_know_no_journal = noClasses()
            .that()
            .resideInAPackage("dev.allframe.journal.conformance")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.allframe.journal.plugin", "dev.allframe.journal.memory");

    @ArchTest
    static final ArchRule packages_have_no_cycles = slices().matching("dev.allframe.journal.(*)..")
            .should()
            .beFreeOfCycles();

    @Test
    void no_scalatest_and_no_junit_4_are_on_the_class_path() {
        assertThat(System.getProperty("java.class.path")).doesNotContain("scalatest")
                .doesNotContain("junit-4")
                .doesNotContain("junit/junit");
    }
}
