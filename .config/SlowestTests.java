import static java.util.Comparator.comparingDouble;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamReader;

/**
 * Prints the ten test classes of a build that took the longest, by the reports of Surefire below a directory.
 *
 * <p>Arguments: the directory, and the time at which the build began, as of ISO 8601. Older reports are of other
 * builds.
 */
public final class SlowestTests {

    private static final int PRINTED = 10;
    private static final Set<String> WITHOUT_REPORTS = Set.of("src", ".git", "classes", "test-classes");

    private record Result(String module, String name, double seconds, int tests) {}

    private SlowestTests() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]).toRealPath();
        List<Result> results = new ArrayList<>();
        for (Path report : reports(root, Instant.parse(arguments[1]))) {
            XMLStreamReader suite = suite(report);
            results.add(new Result(root.relativize(report).toString().replaceFirst("[/\\\\]target[/\\\\].*", ""),
                    suite.getAttributeValue(null, "name").replaceFirst(".*\\.", ""),
                    Double.parseDouble(suite.getAttributeValue(null, "time").replace(",", "")),
                    Integer.parseInt(suite.getAttributeValue(null, "tests"))));
        }
        if (results.isEmpty()) {
            return; // a build without tests
        }
        results.sort(comparingDouble(Result::seconds).reversed());
        System.out.printf(Locale.ROOT, "The slowest of %d test classes, which took %.0f s together:%n", results.size(),
                results.stream().mapToDouble(Result::seconds).sum());
        for (Result result : results.subList(0, Math.min(PRINTED, results.size()))) {
            System.out.printf(Locale.ROOT, "%7.1f s %5d tests  %s (%s)%n", result.seconds, result.tests, result.name,
                    result.module);
        }
    }

    /** A report's first element: behind it may stand what a test has printed, which need not be XML. */
    private static XMLStreamReader suite(Path report) throws Exception {
        XMLStreamReader reader = XMLInputFactory.newInstance()
                .createXMLStreamReader(new ByteArrayInputStream(Files.readAllBytes(report)));
        reader.nextTag();
        return reader;
    }

    private static List<Path> reports(Path root, Instant begun) throws IOException {
        List<Path> reports = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return WITHOUT_REPORTS.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.startsWith("TEST-") && name.endsWith(".xml")
                        && file.getParent().endsWith("surefire-reports")
                        && !attributes.lastModifiedTime().toInstant().isBefore(begun)) {
                    reports.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return reports;
    }
}
