package dev.allframe.documents;

import static dev.allframe.documents.Checkout.ROOT;
import static dev.allframe.documents.Checkout.documents;
import static dev.allframe.documents.Checkout.files;
import static dev.allframe.documents.Checkout.read;
import static dev.allframe.documents.Checkout.sources;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Documents say what is so: cited tests exist, quoted code is in the sources, links lead somewhere. */
final class DocumentsTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (G\\d+) \\|.*$");
    private static final Pattern CITED = Pattern.compile("`([A-Z]\\w+(?:Test|Conformance))(?:\\.(\\w+))?`");
    private static final Pattern GUARANTEE_OF_TYPE = Pattern
            .compile("@Guarantee\\(([^)]*)\\)\\s+(?:public |abstract |final )*class (\\w+)");
    private static final Pattern GUARANTEE_OF_METHOD = Pattern
            .compile("@Guarantee\\(([^)]*)\\)\\s+(?:@\\w+(?:\\([^)]*\\))?\\s+)*(?:final )?void (\\w+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    /** A line of a comment, or code with a comment behind it. */
    private static final Pattern COMMENT = Pattern.compile("^\\s*(/\\*|\\*|//)|; +//|[{}] +//");

    private static final Pattern COMMENT_OF_CONFIGURATION = Pattern.compile("^\\s*#|\\s# ");

    private static Map<String, String> guaranteeRows() {
        Map<String, String> rows = new TreeMap<>();
        ROW.matcher(read("docs/guarantees.md"))
                .results()
                .forEach(row -> rows.put(row.group(1), row.group()));
        return rows;
    }

    /** A message may be null, or made by code that throws: {@code dev.allframe.failure.Failures} knows. */
    @Test
    void failures_are_put_into_words_in_one_place() throws IOException {
        List<String> elsewhere = new ArrayList<>();
        for (Path file : files(".java")) {
            String name = ROOT.relativize(file).toString();
            if (name.contains("src/main/") && !name.endsWith("/Failures.java")) {
                read(file).lines()
                        .filter(line -> line.replace("violation.getMessage()", "").contains(".getMessage()"))
                        .forEach(line -> elsewhere.add(name + ": " + line.strip()));
            }
        }

        assertThat(elsewhere).as("use Failures.message").isEmpty();
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
        String readme = read("README.md");
        String snippet = readme.substring(readme.indexOf("```java") + "```java\n".length(),
                readme.indexOf("```", readme.indexOf("```java") + 3));

        assertThat(read("sample-bank/src/main/java/dev/allframe/sample/bank/account/Accounts.java"))
                .contains(snippet);
    }

    @Test
    void java_in_documents_is_compiled() {
        String sources = withoutSpace(String.join("\n", sources().values()));
        List<String> missing = new ArrayList<>();
        for (Path document : documents()) {
            for (Markdown.Block block : Markdown.blocks(document, "java")) {
                boolean compiledOutside = document.equals(FirstAggregateIT.PAGE) && !block.file().isEmpty();
                if (!compiledOutside && !sources.contains(withoutSpace(block.text()))) {
                    missing.add(ROOT.relativize(document) + ":\n" + block.text());
                }
            }
        }

        assertThat(missing).as("code that is in no source").isEmpty();
    }

    @Test
    void every_decision_stands_in_the_table() {
        String architecture = read("docs/architecture.md");

        assertThat(files(".md")).filteredOn(file -> file.startsWith(ROOT.resolve("docs/adr")))
                .hasSizeGreaterThan(15)
                .allSatisfy(page -> {
                    String title = read(page).lines().findFirst().orElse("").replaceFirst("^# (\\d+[.:]? )?", "");
                    String number = page.getFileName().toString().substring(0, 4);
                    assertThat(architecture).contains(
                            "| [" + number + "](adr/" + page.getFileName() + ") | " + title.replace("`", "") + " |");
                });
    }

    @Test
    void every_page_stands_in_the_table_of_the_readme() {
        assertThat(files(".md")).filteredOn(file -> file.equals(ROOT.resolve("docs").resolve(file.getFileName())))
                .allSatisfy(page -> assertThat(read("README.md")).contains("| [docs/" + page.getFileName() + "]("));
    }

    /** Code without comments, line breaks and indentation. */
    private static String withoutSpace(String code) {
        return code.replaceAll("(?m)(^|\\s)//.*$", "").replaceAll("\\s+", "");
    }

    @Test
    void links_between_documents_lead_somewhere() throws IOException {
        for (Path document : documents()) {
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
        addLonger(".java", COMMENT, longer);
        addLonger(".conf", COMMENT_OF_CONFIGURATION, longer);

        assertThat(longer).isEmpty();
    }

    private static void addLonger(String ending, Pattern comment, List<String> longer) throws IOException {
        for (Path source : files(ending)) {
            List<String> lines = Files.readAllLines(source);
            for (int at = 0; at < lines.size(); at++) {
                String line = lines.get(at);
                if (line.length() > 120 && comment.matcher(line).find()) {
                    longer.add(ROOT.relativize(source) + ":" + (at + 1));
                }
            }
        }
    }

    @Test
    void the_gate_runs_the_command_that_the_readme_names() {
        assertThat(read("README.md")).contains("```\nmvn verify\n```");
        assertThat(read(".ci/run").lines().filter(line -> line.contains("mvn ")))
                .isNotEmpty()
                .allMatch(line -> line.strip().startsWith("mvn verify"));
    }
}
