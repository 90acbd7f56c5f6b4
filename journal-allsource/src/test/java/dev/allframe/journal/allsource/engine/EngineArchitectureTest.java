package dev.allframe.journal.allsource.engine;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Data flows one way through the packages of the engine. */
@AnalyzeClasses(packages = "dev.allframe.journal.allsource.engine", importOptions = ImportOption.DoNotIncludeTests.class)
final class EngineArchitectureTest {

    private static final String ENGINE = "dev.allframe.journal.allsource.engine";

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule PARTS_DO_NOT_KNOW_THE_ENGINE = noClasses().that()
            .resideInAPackage(ENGINE + ".*..")
            .should()
            .dependOnClassesThat(resideInAPackage(ENGINE));

    @ArchTest
    static final ArchRule WHAT_READERS_SEE_KNOWS_NO_WRITER = noClasses().that()
            .resideInAnyPackage(ENGINE + ".contents..", ENGINE + ".read..")
            .should()
            .dependOnClassesThat(resideInAPackage(ENGINE + ".write..").or(resideInAPackage(ENGINE + ".upkeep..")));

    @ArchTest
    static final ArchRule THE_LOG_KNOWS_NO_SEGMENT_AND_NO_INDEX = noClasses().that()
            .resideInAnyPackage(ENGINE + ".log..", ENGINE + ".wal..")
            .should()
            .dependOnClassesThat(resideInAPackage(ENGINE + ".segment..").or(resideInAPackage(ENGINE + ".index.."))
                    .or(resideInAPackage(ENGINE + ".contents..")));
}
