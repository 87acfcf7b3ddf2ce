/**
 * What recording costs, by programs that are run by hand: {@link dev.botgate.measurement.RecordingCost} of a whole
 * gateway, {@link dev.botgate.measurement.CommitLatency} of the trail alone. On Linux:
 *
 * <pre>{@code
 * mvn -q -Pbench test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp $PWD/target/test-classes:$PWD/target/classes:$(cat target/classpath) dev.botgate.measurement.RecordingCost
 * }</pre>
 *
 * At thousands of mutations per second let collections be rare, by {@code -XX:+UseSerialGC -Xms2g -Xmn1500m}.
 *
 * <p>How long a start takes is told by {@link dev.botgate.measurement.StartTime}, of the packaged jar, with {@code
 * target/botgate.jar 7 HOME...} behind its name.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.measurement;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
