/**
 * Converts XML to JSON, and JSON to XML, by the connector's schema.
 *
 * <p>{@code XmlReader} reads each of the clients' dialects ({@code XmlDialect}): {@code XmlTreeBuilder} walks the document with
 * one {@code OpenElement} for each element that is open. {@code XmlWriter} writes a reply in an {@code XmlStyle}; a reply that
 * XML cannot express stays JSON.
 *
 * <p>Pure functions over bytes, run on the request's event loop; an instance belongs to one thread. Of {@code normalize} it may
 * import {@code json} only; it must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.normalize.xml;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
