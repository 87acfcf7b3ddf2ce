/**
 * Converts {@code application/x-www-form-urlencoded} bodies to JSON by the connector's schema.
 *
 * <p>{@code FormParser} decodes one field after the other and splits its name, and {@code FormTreeBuilder} puts
 * its value into a {@code JsonValue}. Gaps between indices close up.
 *
 * <p>Pure functions over bytes, run on the request's event loop; an instance belongs to one thread. Of {@code normalize} it may
 * import {@code json} only; it must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.normalize.form;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
