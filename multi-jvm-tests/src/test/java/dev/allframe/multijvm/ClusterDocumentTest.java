package dev.allframe.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/cluster.md shows the program and the versions that are tested; its configuration is what the nodes run with. */
final class ClusterDocumentTest {

    private final String document = read("docs/cluster.md");

    private static String read(String file) {
        try {
            return Files.readString(PostgresClusterTest.root().resolve(file));
        } catch (IOException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private List<String> blocks(String language) {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```")
                .matcher(document)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static String withoutSpace(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void the_code_is_that_of_a_node() {
        String node = withoutSpace(read("multi-jvm-tests/src/test/java/dev/allframe/multijvm/TillNode.java"));

        assertThat(blocks("java")).hasSize(2).allSatisfy(block -> assertThat(node).contains(withoutSpace(block)));
    }

    @Test
    void the_versions_are_those_of_the_build() {
        String parent = read("pom.xml");
        String dependencies = blocks("xml").getFirst();

        for (String artifact : List.of("pekko-bom", "pekko-persistence-jdbc", "postgresql", "logback-classic")) {
            String version = version(dependencies, artifact + "(?:_2.13)?</artifactId>\\s*<version>([^<]*)<");
            String property = artifact.equals("pekko-bom") ? "pekko" : artifact.replace("-classic", "");
            assertThat(version).as(artifact)
                    .isEqualTo(version(parent, "<" + property + ".version>([^<]*)<"));
        }
        assertThat(document).contains("pekko-persistence-jdbc_2.13-"
                + version(parent, "<pekko-persistence-jdbc.version>([^<]*)<") + ".jar");
    }

    private static String version(String text, String pattern) {
        MatchResult found = Pattern.compile(pattern).matcher(text).results().findFirst().orElseThrow();
        return found.group(1);
    }
}
