package dev.botgate.normalize;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.between;

import dev.botgate.failure.SettingCheck;
import dev.botgate.normalize.form.FormReader.FormLimits;
import dev.botgate.normalize.json.JsonChecker.JsonLimits;
import dev.botgate.normalize.xml.XmlReader.XmlLimits;
import dev.botgate.operation.Operation;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Limits on bodies and their conversion.
 *
 * @param maximumBodyBytes the largest body of most operations, in bytes, before and after decompression
 * @param maximumDepth the maximum nesting of objects, arrays and elements
 * @param maximumNodes the maximum number of values in a JSON body
 * @param maximumNames the maximum number of names in a JSON object and those that contain it, together
 * @param maximumElements the maximum number of elements in an XML document, or of values in a form
 * @param maximumFields the maximum number of fields in a form, or of different names in an XML document
 * @param maximumTextBytes the longest single text, in bytes of UTF-8
 * @param operations the settings that differ for an operation, by its id in any letter case
 * @param heldPassThroughBytes the body of a mutation outside the twelve operations is recorded unchecked where its
 *     declared length is at most this; a longer one is streamed, and only its length and digest are recorded
 */
public record NormalizeSettings(
        long maximumBodyBytes,
        int maximumDepth,
        int maximumNodes,
        int maximumNames,
        int maximumElements,
        int maximumFields,
        int maximumTextBytes,
        Map<String, ForOperation> operations,
        long heldPassThroughBytes) {

    /** What differs for one operation. */
    public record ForOperation(long maximumBodyBytes) {
        public ForOperation {
            between("maximum-body-bytes", maximumBodyBytes, 1, 1L << 30);
        }
    }

    public NormalizeSettings {
        between("maximum-body-bytes", maximumBodyBytes, 1, 1L << 30);
        between("maximum-depth", maximumDepth, 1, 1_000);
        between("maximum-nodes", maximumNodes, 1, 100_000_000);
        between("maximum-names", maximumNames, 1, 10_000_000);
        between("maximum-elements", maximumElements, 1, 10_000_000);
        between("maximum-fields", maximumFields, 1, 1_000_000);
        atLeast("maximum-text-bytes", maximumTextBytes, 1);
        // A variable names an operation in lower case, and overrides what comes before it.
        Map<String, ForOperation> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        operations.forEach(anyCase::put);
        operations = Collections.unmodifiableMap(anyCase);
        for (String id : operations.keySet()) {
            if (Operation.withId(id).filter(known -> known != Operation.OTHER).isEmpty()) {
                throw SettingCheck.refused("operations", id, "one of the twelve operations");
            }
        }
        between("held-pass-through-bytes", heldPassThroughBytes, 0, 1L << 30);
    }

    /** The largest body of {@code operation}, in bytes. */
    public long maximumBodyBytes(Operation operation) {
        ForOperation different = operations.get(operation.id());
        return different == null ? maximumBodyBytes : different.maximumBodyBytes();
    }

    /** The largest body of any operation, in bytes. */
    public long maximumBodyBytesOfAll() {
        return Math.max(
                maximumBodyBytes,
                operations.values().stream()
                        .mapToLong(ForOperation::maximumBodyBytes)
                        .max()
                        .orElse(0));
    }

    /** The limits of JSON bodies. */
    public JsonLimits jsonLimits() {
        return new JsonLimits(maximumDepth, maximumNodes, maximumNames, maximumTextBytes);
    }

    /** The limits of XML bodies. */
    public XmlLimits xmlLimits() {
        return new XmlLimits(maximumDepth, maximumElements, maximumFields, maximumTextBytes);
    }

    /** The limits of forms. */
    public FormLimits formLimits() {
        return new FormLimits(maximumFields, maximumElements, maximumDepth, maximumNames, maximumTextBytes);
    }
}
