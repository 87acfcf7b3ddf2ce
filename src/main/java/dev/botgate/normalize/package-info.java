/**
 * Bodies to the JSON that the connector understands: JSON is checked and kept as it is, XML and forms are converted. And
 * replies to XML, for clients that prefer it.
 *
 * <p>The schema says what is a list, a number, a time; where it says nothing, text stays text, what repeats becomes an
 * array, and names stay as they are. What JSON has no place for (an attribute, text between elements, a second value) is
 * refused rather than dropped, since what is recorded must be what was meant. Refusals tell the place, the property and
 * what was expected, never what the body holds.
 *
 * <ul>
 *   <li>JSON: {@code JsonChecker}, over {@code JsonScanner}, one pass over the bytes, which keeps no values.
 *   <li>XML: {@code XmlReader}, over {@code XmlWalk} with one {@code XmlElement} for each element that is open; the
 *       differences between the clients' dialects are in {@code XmlDialect}.
 *   <li>Forms: {@code FormReader}, over {@code FormFields} and {@code FormTree}. Indices with gaps close up.
 * </ul>
 *
 * <p>XML and forms become a {@code Tree}, whose values cost 24 bytes each, and then text by {@code TreeWriter}. The other
 * way, {@code XmlReplies} asks {@code Accept}, and {@code XmlWriter} makes XML of a {@code Tree} that {@code JsonTree} has
 * read, by {@code XmlValues} in an {@code XmlStyle}; what XML cannot carry stays JSON. Compressed bodies are expanded by
 * {@code Expansion} before anybody looks at them.
 *
 * <p>Pure functions over bytes, run on the request's event loop. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.normalize;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
