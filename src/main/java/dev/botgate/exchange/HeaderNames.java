package dev.botgate.exchange;

import io.netty.util.AsciiString;

/** Names of headers that are looked up in every request, with their hash computed once. */
public final class HeaderNames {
    public static final CharSequence ACCEPT = AsciiString.cached("Accept");
    public static final CharSequence ACCEPT_ENCODING = AsciiString.cached("Accept-Encoding");
    public static final CharSequence ACCEPT_LANGUAGE = AsciiString.cached("Accept-Language");
    public static final CharSequence AUTHORIZATION = AsciiString.cached("Authorization");
    public static final CharSequence CACHE_CONTROL = AsciiString.cached("Cache-Control");
    public static final CharSequence CONNECTION = AsciiString.cached("Connection");
    public static final CharSequence CONTENT_LENGTH = AsciiString.cached("Content-Length");
    public static final CharSequence CONTENT_TYPE = AsciiString.cached("Content-Type");
    public static final CharSequence EXPECT = AsciiString.cached("Expect");
    public static final CharSequence HOST = AsciiString.cached("Host");
    public static final CharSequence IF_MATCH = AsciiString.cached("If-Match");
    public static final CharSequence IF_MODIFIED_SINCE = AsciiString.cached("If-Modified-Since");
    public static final CharSequence IF_NONE_MATCH = AsciiString.cached("If-None-Match");
    public static final CharSequence IF_RANGE = AsciiString.cached("If-Range");
    public static final CharSequence IF_UNMODIFIED_SINCE = AsciiString.cached("If-Unmodified-Since");
    public static final CharSequence PRAGMA = AsciiString.cached("Pragma");
    public static final CharSequence PREFER = AsciiString.cached("Prefer");
    public static final CharSequence RANGE = AsciiString.cached("Range");
    public static final CharSequence REQUEST_ID = AsciiString.cached(RequestIds.HEADER);
    public static final CharSequence TRANSFER_ENCODING = AsciiString.cached("Transfer-Encoding");
    public static final CharSequence VARY = AsciiString.cached("Vary");

    private HeaderNames() {}
}
