package dev.allframe.sample.bank;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.allframe.sample.bank", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_DOMAIN_IS_PLAIN_JAVA = classes().that()
            .resideInAPackage("..bank.account..")
            .should()
            .onlyDependOnClassesThat(resideInAPackage("java..").or(resideInAPackage("dev.allframe.aggregate.."))
                    .or(resideInAPackage("..bank.account.."))
                    .or(resideInAPackage("jakarta.validation.."))
                    .or(resideInAPackage("org.jspecify..")));

    @ArchTest
    static final ArchRule NO_ACTORS_ARE_SEEN = noClasses().should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..", "scala..");

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_STARTS_THE_RUNTIME = noClasses().that()
            .resideOutsideOfPackage("..bank.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.allframe.runtime..", "dev.allframe.journal..", "com.typesafe..", "picocli..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.allframe.sample.bank.(*)..")
            .should()
            .beFreeOfCycles();
}
