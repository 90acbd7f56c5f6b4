package dev.allframe.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents say what is so: cited tests exist, quoted code is in the sources, links lead somewhere. */
final class DocumentsTest {

    private static final Path ROOT = root();

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (G\\d+) \\|.*$");
    private static final Pattern CITED = Pattern.compile("`([A-Z]\\w+(?:Test|Conformance))(?:\\.(\\w+))?`");
    private static final Pattern GUARANTEE_OF_TYPE = Pattern
            .compile("@Guarantee\\(([^)]*)\\)\\s+(?:public |abstract |final )*class (\\w+)");
    private static final Pattern GUARANTEE_OF_METHOD = Pattern
            .compile("@Guarantee\\(([^)]*)\\)\\s+(?:@\\w+(?:\\([^)]*\\))?\\s+)*(?:final )?void (\\w+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    /** A line of a comment, or code with a comment behind it. */
    private static final Pattern COMMENT = Pattern.compile("^\\s*(/\\*|\\*|//)|; +//|[{}] +//");

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("CONTRIBUTING.md"))) {
            folder = Optional.ofNullable(folder.getParent())
                    .orElseThrow(() -> new IllegalStateException("no checkout above the working directory"));
        }
        return folder;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static List<Path> files(String ending) throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
                    .toList();
        }
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> byClass = new TreeMap<>();
        for (Path file : files(".java")) {
            String name = file.getFileName().toString();
            byClass.merge(name.substring(0, name.length() - ".java".length()), read(file), (one, other) -> one + other);
        }
        return byClass;
    }

    private static Map<String, String> guaranteeRows() {
        Map<String, String> rows = new TreeMap<>();
        ROW.matcher(read(ROOT.resolve("docs/guarantees.md")))
                .results()
                .forEach(row -> rows.put(row.group(1), row.group()));
        return rows;
    }

    @Test
    void every_test_that_the_guarantees_cite_exists_and_names_its_row() throws IOException {
        Map<String, String> sources = sources();
        assertThat(guaranteeRows()).hasSize(10);

        guaranteeRows().forEach((row, text) -> CITED.matcher(text).results().forEach(cited -> {
            assertThat(sources).as(row + " cites " + cited.group()).containsKey(cited.group(1));
            assertThat(annotated(sources.getOrDefault(cited.group(1), ""), cited))
                    .as(row + " cites " + cited.group() + ", which must be annotated @Guarantee with it")
                    .anyMatch(rows -> rows.contains('"' + row + '"'));
        }));
    }

    private static List<String> annotated(String source, MatchResult cited) {
        List<String> found = new ArrayList<>();
        GUARANTEE_OF_TYPE.matcher(source).results().forEach(match -> found.add(match.group(1)));
        GUARANTEE_OF_METHOD.matcher(source)
                .results()
                .filter(match -> cited.group(2) != null && match.group(2).equals(cited.group(2)))
                .forEach(match -> found.add(match.group(1)));
        return found;
    }

    @Test
    void every_class_that_proves_a_row_stands_in_it() throws IOException {
        Map<String, String> rows = guaranteeRows();

        sources().forEach((name, source) -> GUARANTEE_OF_TYPE.matcher(source)
                .results()
                .forEach(match -> Pattern.compile("G\\d+")
                        .matcher(match.group(1))
                        .results()
                        .forEach(row -> assertThat(rows.get(row.group())).as(name).contains(name))));
    }

    @Test
    void the_code_on_the_first_screen_is_the_bank_s() {
        String readme = read(ROOT.resolve("README.md"));
        String snippet = readme.substring(readme.indexOf("```java") + "```java\n".length(),
                readme.indexOf("```", readme.indexOf("```java") + 3));

        assertThat(read(ROOT.resolve("sample-bank/src/main/java/dev/allframe/sample/bank/account/Accounts.java")))
                .contains(snippet);
    }

    @Test
    void the_code_that_shows_how_events_change_is_compiled() throws IOException {
        String sources = withoutSpace(String.join("\n", sources().values()));

        List<String> blocks = Pattern.compile("(?s)```java\n(.*?)```")
                .matcher(read(ROOT.resolve("docs/events.md")))
                .results()
                .map(block -> block.group(1))
                .toList();

        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(sources).contains(withoutSpace(block)));
    }

    private static String withoutSpace(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void links_between_documents_lead_somewhere() throws IOException {
        for (Path document : files(".md")) {
            LINK.matcher(read(document))
                    .results()
                    .forEach(link -> assertThat(document.resolveSibling(link.group(1)))
                            .as(ROOT.relativize(document) + " links to " + link.group(1))
                            .exists());
        }
    }

    @Test
    void comments_end_at_column_120() throws IOException {
        List<String> longer = new ArrayList<>();
        for (Path source : files(".java")) {
            List<String> lines = Files.readAllLines(source);
            for (int at = 0; at < lines.size(); at++) {
                String line = lines.get(at);
                if (line.length() > 120 && COMMENT.matcher(line).find()) {
                    longer.add(ROOT.relativize(source) + ":" + (at + 1));
                }
            }
        }

        assertThat(longer).isEmpty();
    }

    @Test
    void the_gate_runs_the_command_that_the_readme_names() {
        assertThat(read(ROOT.resolve("README.md"))).contains("```\nmvn verify\n```");
        assertThat(read(ROOT.resolve(".ci/run")).lines().filter(line -> line.contains("mvn ")))
                .allMatch(line -> line.strip().startsWith("exec mvn verify"));
    }
}
