package dev.botgate.fleet;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A cluster node's word that another one has a key: {@code MOVED 3999 10.0.0.2:6381}; without a host, it is the same one. */
final class ClusterRedirect {
    private static final Pattern ELSEWHERE = Pattern.compile("MOVED [0-9]+ (.*):([0-9]{1,5})");

    private ClusterRedirect() {}

    /** Where {@code cause} says that the key is, by the scheme and with the credentials of {@code asked}; empty if it does not. */
    static Optional<URI> to(URI asked, Throwable cause) {
        Matcher matcher = ELSEWHERE.matcher(String.valueOf(cause.getMessage()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1).isEmpty() ? asked.getHost() : matcher.group(1);
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        String credentials = asked.getRawUserInfo() == null ? "" : asked.getRawUserInfo() + "@";
        return Optional.of(URI.create(asked.getScheme() + "://" + credentials + bracketed + ":" + matcher.group(2)));
    }
}
