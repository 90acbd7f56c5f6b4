package dev.allframe;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.allframe", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule NO_ACTOR_AND_NO_STORAGE_ENGINE_IS_VISIBLE = noClasses().should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..", "scala..", "org.apache.parquet..", "org.rocksdb..",
                    "com.typesafe..");

    @ArchTest
    static final ArchRule JACKSON_STAYS_IN_ITS_PACKAGE = noClasses().that()
            .resideOutsideOfPackage("dev.allframe.codec.jackson..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule THE_DOMAIN_KNOWS_THE_JDK_ALONE = noClasses().that()
            .resideInAPackage("dev.allframe.aggregate..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.allframe.store..", "dev.allframe.codec..", "dev.allframe.command..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.allframe.(**)").should().beFreeOfCycles();
}
