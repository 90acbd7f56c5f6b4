package dev.allframe.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A newcomer follows the documents literally, outside of the reactor, with the artifacts of this build. Runs behind the
 * packaging of all modules: {@code mvn verify} from the root.
 */
final class FirstAggregateIT {

    static final Path PAGE = Checkout.ROOT.resolve("docs/first-aggregate.md");
    private static final Path README = Checkout.ROOT.resolve("README.md");

    /** Of the commands in {@link #PAGE}, those before the first file prepare the machine. */
    private static final String FIRST_FILE = "pom.xml";

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Outside outside;

    @BeforeAll
    static void makeFolder() throws IOException {
        outside = Outside.named("outside");
    }

    private static Outside.Ran succeeds(String project, String script) throws IOException, InterruptedException {
        Outside.Ran ran = outside.run(project, script);
        assertThat(ran.exitCode()).as(script + ran.all()).isZero();
        return ran;
    }

    @Test
    void the_first_aggregate_is_built_tested_and_durable_as_its_page_says() throws Exception {
        List<Markdown.Block> blocks = Markdown.blocks(PAGE);
        int begin = blocks.stream().map(Markdown.Block::file).toList().indexOf(FIRST_FILE);
        List<String> commands = new ArrayList<>();
        Outside.Ran last = new Outside.Ran(0, "", "no command stands before this output");

        for (Markdown.Block block : blocks.subList(begin, blocks.size())) {
            if (!block.file().isEmpty()) {
                outside.write("concerts", block.file(), block.text());
            } else if (block.language().equals("sh")) {
                commands.add(block.text());
                last = succeeds("concerts", block.text());
            } else {
                if (commands.getLast().startsWith("mvn")) {
                    assertThat(last.out()).as(last.all()).contains(block.text().strip());
                } else {
                    assertThat(last.out()).as(last.all()).isEqualTo(block.text());
                }
            }
        }

        assertThat(begin).isNotNegative();
        assertThat(commands).hasSize(3);
        assertThat(outside.folder("concerts").resolve("concert-data/STORE")).exists();
    }

    @Test
    void the_page_finds_a_jdk() throws Exception {
        String lines = Markdown.blocks(PAGE, "sh")
                .stream()
                .map(Markdown.Block::text)
                .filter(text -> text.contains("JAVA_HOME"))
                .findFirst()
                .orElseThrow();

        // The JDK of this build is in JAVA_HOME; one that is not there must be passed over.
        succeeds("bin", lines + "test -n \"$JAVA_HOME\" && \"$JAVA_HOME/bin/javac\" --release 21 -version\n");
    }

    @Test
    void what_the_readme_says_to_add_resolves_and_starts_the_durable_store() throws Exception {
        String dependencies = Markdown.blocks(README, "xml").getFirst().text();
        String others = Module.all()
                .stream()
                .filter(Module::isJar)
                .filter(Module::isPublished)
                .map(Module::artifactId)
                .filter(published -> !dependencies.contains("<artifactId>" + published + "<"))
                .map(artifact -> "<dependency><groupId>dev.allframe</groupId><artifactId>" + artifact
                        + "</artifactId></dependency>")
                .reduce("", String::concat);
        int end = dependencies.lastIndexOf("</dependencies>");
        outside.write("readme", "pom.xml", """
                <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
                <groupId>com.acme</groupId><artifactId>readme</artifactId><version>1</version>
                """ + dependencies.substring(0, end) + others + dependencies.substring(end) + "</project>\n");
        outside.write("readme", "application.conf", Markdown.blocks(README, "hocon").getFirst().text());
        outside.write("readme", "Use.java", """
                import dev.allframe.runtime.AllFrame;

                final class Use {
                    public static void main(String[] arguments) {
                        try (AllFrame bank = AllFrame.standalone("bank").start()) {
                            System.out.print("durability " + bank.backend().stats().durability());
                        }
                    }
                }
                """);

        String plugin = Module.root().version("maven-dependency-plugin");
        succeeds("readme", "mvn -q org.apache.maven.plugins:maven-dependency-plugin:" + plugin
                + ":build-classpath -Dmdep.outputFile=class-path");
        Outside.Ran ran = succeeds("readme", "java -cp \".:$(cat class-path)\" Use.java");

        assertThat(ran.out()).isEqualTo("durability fsync");
        assertThat(outside.folder("readme").resolve("bank-data/STORE")).exists();
        assertThat(Arrays.stream(outside.run("readme", "cat class-path").out().split(":")))
                .filteredOn(jar -> jar.contains("/dev/allframe/"))
                .hasSizeGreaterThan(5)
                .allMatch(jar -> Path.of(jar).startsWith(outside.folder("repository")));
    }
}
