package dev.allframe;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

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
    static final ArchRule EVERY_PACKAGE_SAYS_THAT_NOTHING_IS_NULL = classes().should(new ArchCondition<>(
            "be in a package with @NullMarked") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
            events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
        }
    });

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.allframe.(**)").should().beFreeOfCycles();
}
