package dev.botgate;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Imports run one way, and what runs on event loops does not block. */
@AnalyzeClasses(packages = "dev.botgate", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String OURS = "dev.botgate.";
    private static final String ALL = OURS + ".";
    private static final List<String> BASE = List.of("operation", "schema", "failure", "exchange");
    private static final List<String> CONCERNS =
            List.of("identity", "normalize", "cache", "ratelimit", "audit", "upstream");

    /** Room to the rooms that it may import, itself and {@code failure} apart. */
    private static final Map<String, List<String>> MAY_IMPORT = mayImport();

    /** Outside library to the rooms that may use it. What is not here may be used anywhere. */
    // spotless:off
    private static final Map<List<String>, List<String>> MAY_USE = Map.ofEntries(
            Map.entry(List.of("io.vertx.pgclient..", "io.vertx.sqlclient.."), List.of("audit.postgres")),
            Map.entry(List.of("java.sql..", "javax.sql..", "org.postgresql..", "org.flywaydb.."), List.of("audit.postgres")),
            Map.entry(List.of("org.apache.commons.compress..", "org.tukaani.."), List.of("embedded")),
            Map.entry(List.of("com.github.benmanes.caffeine.."), List.of("cache", "identity", "admin", "ratelimit")),
            Map.entry(List.of("io.vertx.redis.."), List.of("fleet", "ratelimit.redis", "cache.redis")),
            Map.entry(List.of("com.fasterxml.jackson.core.."),
                    List.of("schema", "normalize", "exchange", "identity", "audit", "admin", "sandbox", "cli")),
            Map.entry(List.of("com.fasterxml.jackson.databind.."),
                    List.of("schema", "identity", "normalize", "sandbox", "cli")),
            Map.entry(List.of("javax.xml..", "com.ctc.wstx..", "org.codehaus.stax2.."), List.of("normalize.xml")),
            Map.entry(List.of("io.vertx.ext.web.."), List.of("server", "admin", "identity", "sandbox")),
            // Identity fetches the issuers' keys.
            Map.entry(List.of("io.vertx.core.http.."),
                    List.of("identity", "upstream", "server", "admin", "sandbox", "gateway")),
            Map.entry(List.of("com.nimbusds.."), List.of("identity")),
            Map.entry(List.of("io.netty.."), List.of("exchange", "normalize", "server", "upstream", "audit", "gateway")),
            Map.entry(List.of("io.micrometer.prometheusmetrics.."), List.of("admin", "gateway")),
            Map.entry(List.of("org.snakeyaml.."), List.of("config")),
            Map.entry(List.of("picocli..", "ch.qos.logback..", "net.logstash..", "org.jline.."), List.of("cli")));
    // spotless:on

    /** Start-up and the command line; the classes of the trail's stores that have nothing to do with event loops. */
    private static final DescribedPredicate<JavaClass> MAY_BLOCK = resideInAnyPackage(
                    OURS + "cli..", OURS + "gateway..", OURS + "embedded..", OURS + "config..")
            .or(resideInAnyPackage(OURS + "audit.postgres..", OURS + "audit.journal..")
                    .and(DescribedPredicate.not(asynchronous())))
            .as("may block");

    @ArchTest
    static void everyRoom_isInTheTable(JavaClasses classes) {
        List<String> rooms = classes.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring(OURS.length()).replaceAll("\\..*", ""))
                .distinct()
                .toList();

        assertThat(rooms).isNotEmpty().isSubsetOf(MAY_IMPORT.keySet());
    }

    @ArchTest
    static void roomsImportDownwards_andConcernsNeverEachOther(JavaClasses classes) {
        MAY_IMPORT.forEach((room, allowed) -> classes()
                .that()
                .resideInAPackage(OURS + room + "..")
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackages(ALL)
                        .or(resideInAnyPackage(packages(Stream.concat(allowed.stream(), Stream.of(room, "failure")))))
                        .as("belong to %s, or to nobody of ours", allowed))
                .allowEmptyShould(true)
                .check(classes));
    }

    @ArchTest
    static void librariesAreUsed_whereTheyBelong(JavaClasses classes) {
        MAY_USE.forEach((library, rooms) -> noClasses()
                .that(resideOutsideOfPackages(packages(rooms.stream())))
                .should()
                .dependOnClassesThat(resideInAnyPackage(library.toArray(String[]::new)))
                .allowEmptyShould(true)
                .check(classes));
    }

    @ArchTest
    static final ArchRule theBase_needsNothingButTheJdk = classes()
            .that()
            .resideInAnyPackage(OURS + "operation..", OURS + "failure..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    OURS + "operation..",
                    OURS + "failure..",
                    "java.lang..",
                    "java.util..",
                    "java.time..",
                    "java.nio.charset..",
                    "org.jspecify.annotations..",
                    "com.google.errorprone.annotations..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packages_haveNoCycles =
            slices().matching(OURS + "(**)").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule theConfiguration_knowsTheOthersBySettingsAlone = noClasses()
            .that()
            .resideInAPackage(OURS + "config..")
            .should()
            .dependOnClassesThat(resideInAPackage(ALL)
                    .and(resideOutsideOfPackages(OURS + "config..", OURS + "failure.."))
                    .and(describe("are no settings", c -> !c.getSimpleName().endsWith("Settings"))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theTrailsStore_isKnownToTheWiringAlone = noClasses()
            .that()
            .resideOutsideOfPackages(OURS + "audit.postgres..", OURS + "cli..", OURS + "gateway..", OURS + "config..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(OURS + "audit.postgres..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingBlocks_exceptStartUp = noClasses()
            .that(resideInAPackage(ALL).and(DescribedPredicate.not(MAY_BLOCK)))
            .should()
            .accessTargetWhere(BlockingCalls.any())
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule whatIsAsynchronous_doesNotCallWhatBlocks = noClasses()
            .that(resideOutsideOfPackages(OURS + "cli..", OURS + "gateway..").and(asynchronous()))
            .should()
            .dependOnClassesThat(resideInAPackage(OURS + "embedded..")
                    .or(describe("block", type -> type.getFullName().equals(OURS + "audit.postgres.Migrations"))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyMain_endsTheProcess = noClasses()
            .that(resideInAPackage(ALL)
                    .and(describe("are not Botgate", c -> !c.getFullName().equals(OURS + "cli.Botgate"))))
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheProcessEnd_haltsTheProcess = noClasses()
            .that(resideInAPackage(ALL)
                    .and(describe("are not ProcessEnd", c -> !c.getFullName().equals(OURS + "cli.ProcessEnd"))))
            .should()
            .callMethod(Runtime.class, "halt", int.class)
            .allowEmptyShould(true);

    private static Map<String, List<String>> mayImport() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        table.put("operation", List.of());
        table.put("schema", List.of());
        table.put("failure", List.of());
        table.put("exchange", List.of("operation"));
        table.put("fleet", List.of());
        CONCERNS.forEach(concern -> table.put(concern, BASE));
        List.of("cache", "ratelimit").forEach(shares -> table.put(shares, both(BASE, List.of("fleet"))));
        table.put("pipeline", both(BASE, CONCERNS));
        table.put("server", both(BASE, List.of("pipeline")));
        table.put("admin", both(BASE, both(CONCERNS, List.of("server"))));
        table.put("sandbox", List.of("operation", "exchange"));
        table.put("config", both(CONCERNS, List.of("fleet", "server", "admin", "sandbox")));
        table.put("embedded", List.of());
        table.put("gateway", List.copyOf(table.keySet()));
        table.put("cli", List.copyOf(table.keySet()));
        return table;
    }

    private static List<String> both(List<String> some, List<String> others) {
        List<String> both = new ArrayList<>(some);
        both.addAll(others);
        return List.copyOf(both);
    }

    private static String[] packages(Stream<String> rooms) {
        return rooms.map(room -> OURS + room + "..").toArray(String[]::new);
    }

    private static DescribedPredicate<JavaClass> asynchronous() {
        return describe("use Vert.x", type -> type.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency ->
                        dependency.getTargetClass().getPackageName().startsWith("io.vertx.")));
    }
}
