package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The tests of this module run as a user's program does: with no class of Hadoop. */
class NoHadoopTest {

    @Test
    void hadoop_is_not_on_the_class_path_of_any_test() {
        assertThatThrownBy(() -> Class.forName("org.apache.hadoop.conf.Configuration"))
                .isInstanceOf(ClassNotFoundException.class);
    }
}
