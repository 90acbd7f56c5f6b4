package dev.allframe.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a user depends on is what the build publishes. */
final class ModulesTest {

    private static final Pattern OUR_VERSION = Pattern
            .compile("<groupId>dev\\.allframe</groupId>\\s*<artifactId>[\\w-]+</artifactId>\\s*<version>([^<]*)<");

    private static Module bom() {
        return Module.all()
                .stream()
                .filter(module -> module.artifactId().equals("allframe-bom"))
                .findAny()
                .orElseThrow();
    }

    @Test
    void the_bom_names_every_module_that_is_published_and_no_other() {
        List<String> published = Module.all()
                .stream()
                .filter(Module::isJar)
                .filter(Module::isPublished)
                .map(Module::artifactId)
                .toList();

        assertThat(published).contains("allframe-cqrs-api", "allframe-journal-allsource");
        assertThat(bom().managesOfOurs()).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void the_root_names_no_module_that_the_bom_names() {
        assertThat(Module.root().managesOfOurs()).contains("allframe-bom")
                .doesNotContainAnyElementsOf(
                        bom().managesOfOurs());
    }

    @Test
    void a_module_without_a_parent_has_the_version_and_the_formatter_of_the_root() {
        List<String> formatter = Module.root()
                .plugins()
                .stream()
                .filter(plugin -> plugin.startsWith("spotless"))
                .toList();

        assertThat(formatter).hasSize(1);
        assertThat(Module.all()).filteredOn(module -> !module.hasParent()).hasSizeGreaterThan(1).allSatisfy(module -> {
            assertThat(module.text("version")).as(module.name()).isEqualTo(Module.root().text("version"));
            assertThat(module.plugins()).as(module.name()).containsAll(formatter);
        });
    }

    @Test
    void documents_name_the_version_of_this_build() {
        for (Path document : Checkout.documents()) {
            assertThat(OUR_VERSION.matcher(Checkout.read(document)).results().map(match -> match.group(1)))
                    .as(document.toString())
                    .allMatch(Module.root().text("version")::equals);
        }
    }
}
