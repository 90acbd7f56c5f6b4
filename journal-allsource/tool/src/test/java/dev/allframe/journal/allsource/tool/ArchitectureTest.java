package dev.allframe.journal.allsource.tool;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.allframe.journal.allsource.tool", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_TOOL_KNOWS_STORES_AND_NO_RUNTIME = classes().should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify.annotations", "dev.allframe.aggregate", "dev.allframe.failure",
                    "dev.allframe.store..",
                    "dev.allframe.journal.plugin", "dev.allframe.journal.allsource..", "picocli..",
                    "me.tongfei.progressbar", "com.fasterxml.jackson..", "com.typesafe.config",
                    "org.apache.pekko.actor", "org.apache.pekko.persistence..", "org.apache.pekko.stream..",
                    "org.apache.pekko");
}
