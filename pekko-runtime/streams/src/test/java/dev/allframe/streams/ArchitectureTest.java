package dev.allframe.streams;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = {"dev.allframe.streams",
        "dev.allframe.config"}, importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_STREAMS_KNOW_THE_STORAGE_CONTRACT_AND_PEKKO_STREAMS_ALONE = classes().that()
            .resideInAPackage("dev.allframe.streams")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.allframe.streams", "dev.allframe.store", "dev.allframe.failure",
                    "org.apache.pekko", "org.apache.pekko.stream..", "java..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule VALUES_OF_THE_CONFIGURATION_KNOW_NOTHING_ELSE = classes().that()
            .resideInAPackage("dev.allframe.config")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.allframe.config", "com.typesafe.config", "java..", "org.jspecify.annotations");
}
